"""Give orders and variants their keys and their form as items of the returns table, and read them back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.domain.identifiers import fold_gift_code, fold_order_number
from chalicelib.domain.orders import StoredOrder, Variant
from chalicelib.domain.places import sortable
from chalicelib.domain.shapes import check_shape

Item = dict[str, Any]
"""An item in plain Python values, as `attributes` packs them; amounts and times are strings."""

ORDER_KEY = "ORDER"
EXPIRES = "draft_expires_at"
"""By this attribute DynamoDB tidies the table: drafts, links and sessions have it, and nothing else can ever expire."""
# DynamoDB takes 400 KiB. The last one is left for what comes to a record on its way to the table, such as its version.
LARGEST_ITEM = 399 * 1024
# What an item holds besides the value itself.
_FURNITURE = frozenset({"pk", "sk", "type", "updated_at", "version", "content", "contact", "gift", "shape"})
# What an order's item holds of its customer, who is no part of the order itself.
_BESIDE = ("email", "language", "ship_to", "gift_code")


def order_key(merchant: str, number: str) -> dict[str, str]:
    """Return the key of an order, whose number may be written in any way that a person types it."""
    return {"pk": f"{merchant}#{fold_order_number(number)}", "sk": ORDER_KEY}


def contact_key(merchant: str, email: str) -> str:
    """Return under what an order and its returns are found by the customer's folded e-mail address."""
    return f"{merchant}#{email}"


def gift_key(merchant: str, code: str) -> str:
    """Return under what an order is found by the code on its gift receipt, however that is typed."""
    return f"{merchant}#{fold_gift_code(code)}"


def product_partition(merchant: str, product: str) -> str:
    """Return the partition that holds every variant of a product.

    No order's partition can equal it, since a folded number holds no `#`.
    """
    return f"{merchant}#PRODUCT#{product}"


def product_key(merchant: str, product: str, sku: str) -> dict[str, str]:
    """Return the key of one variant of a product."""
    return {"pk": product_partition(merchant, product), "sk": f"SKU#{sku}"}


def order_to_item(stored: StoredOrder) -> Item:
    """Return the order as an item; what is None is left out."""
    order = stored.order
    value = order.model_dump(exclude_none=True) | {"email": stored.email}
    value["placed_at"] = order.placed_at.isoformat()
    if order.delivered_at is not None:
        value["delivered_at"] = order.delivered_at.isoformat()
    if stored.language is not None:
        value["language"] = stored.language
    if stored.ship_to is not None:
        value["ship_to"] = stored.ship_to.model_dump(exclude_defaults=True)
    if stored.gift_code is not None:
        value["gift_code"] = stored.gift_code
    value["tags"] = list(order.tags)
    value["lines"] = [_line(line) for line in value["lines"]]
    item = _item(order_key(order.merchant, order.number), "order", value, stored.updated_at)
    gift = {"gift": gift_key(order.merchant, stored.gift_code)} if stored.gift_code is not None else {}
    return item | {"contact": contact_key(order.merchant, stored.email)} | gift


def item_to_order(item: Mapping[str, Any]) -> StoredOrder:
    """Read an order back from its item, numbers being Decimals as DynamoDB gives them."""
    check_shape(item)
    value = {name: value for name, value in item.items() if name not in _FURNITURE}
    beside = {name: value.pop(name) for name in _BESIDE if name in value}
    # Not strict: times are strings and quantities Decimals here, which were checked strictly when they came in.
    return StoredOrder.model_validate({"order": value, **beside, "updated_at": item["updated_at"]}, strict=False)


def product_to_item(variant: Variant, updated_at: datetime) -> Item:
    """Return the variant as an item, as the shop knew it at `updated_at`."""
    value = variant.model_dump() | {"price": str(variant.price)}
    return _item(product_key(variant.merchant, variant.product, variant.sku), "product", value, updated_at)


def item_to_variant(item: Mapping[str, Any]) -> Variant:
    """Read a variant back from its item."""
    check_shape(item)
    value = {name: value for name, value in item.items() if name not in _FURNITURE}
    return Variant.model_validate(value, strict=False)


def item_size(item: Item) -> int:
    """Return how many bytes DynamoDB counts for an item: names and texts in UTF-8, and a little for each list, map and number.

    Source: the developer guide, "DynamoDB item sizes and formats"; it says of numbers only "approximately", so we take the most.
    """
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Any) -> int:
    match value:
        case str():
            return len(value.encode())
        case dict():
            return 3 + len(value) + item_size(value)
        case list():
            return 3 + len(value) + sum(map(_value_size, value))
    return 21


def _item(key: dict[str, str], kind: str, value: Item, updated_at: datetime) -> Item:
    content = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    at = sortable(updated_at)
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return key | {"type": kind} | value | {"updated_at": at, "version": at, "content": sha256}


def _line(line: Item) -> Item:
    amounts = {name: str(line[name]) for name in ("unit_price", "lowest_price_14d") if name in line}
    return line | amounts | {"categories": list(line["categories"]), "tags": list(line["tags"])}
