"""Give an order that nothing can be returned of its form as an item: its place and its version stay, its content is gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.adapters.items import Item, order_key
from chalicelib.domain.places import sortable

_WITHDRAWN = "withdrawn"


def withdrawn_order(merchant: str, number: str, updated_at: datetime) -> Item:
    """Return the item that takes the place of an order which was called off: an older file cannot bring that back."""
    at = sortable(updated_at)
    own = {"type": _WITHDRAWN, "merchant": merchant, "number": number}
    return order_key(merchant, number) | own | {"updated_at": at, "version": at, "content": _WITHDRAWN}


def is_withdrawn(item: Mapping[str, Any]) -> bool:
    """Say whether an item only keeps the place of an order."""
    return bool(item.get("type") == _WITHDRAWN)
