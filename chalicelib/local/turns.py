"""Let moto's DynamoDB answer one call at a time, as if each were the atomic step that it is on AWS.

moto looks whether a condition holds and writes afterwards, with nothing in between that keeps other threads out: two
writers can both be told that they were first. DynamoDB itself serialises the writes of an item.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

from moto.dynamodb.responses import DynamoHandler

_turn = threading.RLock()


@cache
def take_turns() -> None:
    """Put the lock around moto's DynamoDB, once, for as long as this interpreter lives."""
    answer = DynamoHandler.call_action

    def in_turn(self: DynamoHandler) -> Any:
        with _turn:
            return answer(self)

    DynamoHandler.call_action = in_turn  # type: ignore[method-assign]
