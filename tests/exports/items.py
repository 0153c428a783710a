"""Items as the returns table holds them, for exports in tests."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from chalicelib.adapters.items import Item, order_to_item, product_to_item
from chalicelib.adapters.return_items import return_to_item
from chalicelib.domain.orders import Variant
from tests.made import NOON, made, stored


def return_item(number: str = "AZ-1001", **changes: Any) -> Item:
    """Return a return's item, one line authorised."""
    return return_to_item(made(order_number=number, **changes))


def order_item() -> Item:
    """Return an order's item."""
    return order_to_item(stored())


def product_item() -> Item:
    """Return the item of a variant in the catalogue."""
    variant = Variant(merchant="azulu", product="DR", sku="DR-1", name="Dress", price=Decimal(1), currency="COP", stock=1)
    return product_to_item(variant, NOON)


def some_items(count: int = 5) -> list[Item]:
    """Return an order, a variant and so many returns."""
    returns = [return_item(f"AZ-{number}", created_at=NOON + timedelta(hours=number)) for number in range(1, count + 1)]
    return [order_item(), product_item(), *returns]
