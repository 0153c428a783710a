"""Give orders that customers do not find any more their form as items: what was called off, and what lost its customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.adapters.items import Item, order_key
from chalicelib.domain.places import sortable
from chalicelib.domain.shapes import check_shape

_WITHDRAWN = "withdrawn"
_FORGOTTEN = "forgotten"
_KEPT = ("pk", "sk", "type", "merchant", "number", "channel", "placed_at", "delivered_at", "country", "currency", "updated_at")
_KEPT_OF_A_LINE = (
    "id", "sku", "product", "name", "quantity", "unit_price", "lowest_price_14d", "categories", "tags",
)  # fmt: skip


def withdrawn_order(merchant: str, number: str, updated_at: datetime) -> Item:
    """Return the item that takes the place of an order which was called off: an older file cannot bring that back."""
    at = sortable(updated_at)
    own = {"type": _WITHDRAWN, "merchant": merchant, "number": number}
    return order_key(merchant, number) | own | {"updated_at": at, "version": at, "content": _WITHDRAWN}


def forgotten_order(item: Mapping[str, Any], at: datetime) -> Item:
    """Return an order's item without its customer: what was sold, when and for how much. No file brings the customer back.

    What is kept is named, so that nothing that an order may come to hold is kept by oversight.
    """
    kept: Item = {name: item[name] for name in _KEPT if name in item}
    lines = [{name: line[name] for name in _KEPT_OF_A_LINE if name in line} for line in item["lines"]]
    # Versions are compared as text: this one comes after every moment.
    own = {"version": f"{_FORGOTTEN} {sortable(at)}", "content": _FORGOTTEN, "forgotten_at": at.isoformat()}
    return kept | {"lines": lines, "tags": []} | own


def is_withdrawn(item: Mapping[str, Any]) -> bool:
    """Say whether customers do not find this order any more."""
    check_shape(item)
    return item.get("type") == _WITHDRAWN or "forgotten_at" in item
