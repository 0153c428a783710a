"""Give drafts their keys and their form as items of the returns table, beside the order that they are of, and read them back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from chalicelib.adapters.dynamodb import from_values, readable, to_values
from chalicelib.adapters.items import EXPIRES, ORDER_KEY, Item, order_key
from chalicelib.domain.drafts import Draft
from chalicelib.domain.visits import DRAFT_LIFE

# The owner's draft follows the order, so that one Query reads both and every return; the drafts of those who got the order as a
# gift stand before it, where that Query does not begin.
_OWNERS = f"{ORDER_KEY}#DRAFT"
_RECIPIENTS = "GIFT#"


def draft_key(merchant: str, number: str, recipient: str) -> dict[str, str]:
    """Return the key of an order's draft; `recipient` is empty or names whoever got the order as a gift."""
    return order_key(merchant, number) | {"sk": f"{_RECIPIENTS}{recipient}" if recipient else _OWNERS}


def is_owners_draft(item: Mapping[str, Any]) -> bool:
    """Say whether an item of an order's partition is its owner's draft."""
    return bool(item["sk"] == _OWNERS)


def draft_to_item(merchant: str, number: str, recipient: str, draft: Draft, at: datetime) -> Item:
    """Return the draft as an item that expires when nobody has touched it for long enough."""
    key = draft_key(merchant, number, recipient)
    return {**to_values(draft), **key, "type": "draft", EXPIRES: int((at + DRAFT_LIFE).timestamp())}


def item_to_draft(item: Item, at: datetime) -> Draft | None:
    """Read a draft back; None where its time is over, or where another release wrote it and this one cannot read it."""
    return readable(partial(from_values, Draft), item) if item[EXPIRES] > at.timestamp() else None
