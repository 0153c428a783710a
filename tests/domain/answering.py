"""Put a case in the contract's form to the engine, through the very words that the command speaks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.contract import answer, read_case
from chalicelib.domain.decisions import decide
from chalicelib.shops import load_shops


def answered_lines(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of the engine's answer, each with the `cause` that the engine gave besides."""
    asked = read_case(json.dumps(case).encode())
    policy = load_shops()[asked.order.merchant].policy_for(asked.order.placed_at)
    decision = decide(asked.order, asked.request, policy, asked.at)
    told = json.loads(json.dumps(answer(asked.case, decision)))["lines"]
    return [{**line, "cause": decided.cause} for line, decided in zip(told, decision.lines, strict=True)]
