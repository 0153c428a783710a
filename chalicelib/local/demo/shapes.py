"""What a demo order is, and how one is written down from the present moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.orders import Reason
from chalicelib.domain.verdicts import Cause, Verdict

Record = dict[str, Any]
"""A record as an import file holds it, one JSON object a line."""


@dataclass(frozen=True)
class Days:
    """The past, counted back from now in a shop's zone; moments are RFC 3339 with the shop's offset."""

    zone: ZoneInfo
    now: datetime

    def ago(self, days: int, at: time = time(11, 30)) -> str:
        """Return that time of day so many days before today, at least one."""
        day = self.now.astimezone(self.zone).date() - timedelta(days=days)
        return datetime.combine(day, at, self.zone).isoformat()

    def hours_ago(self, hours: int) -> str:
        """Return the moment so many hours ago, to the minute."""
        moment = self.now.astimezone(self.zone) - timedelta(hours=hours)
        return moment.replace(second=0, microsecond=0).isoformat()


@dataclass(frozen=True)
class DemoOrder:
    """An order to try: where, with which number and address, what it shows, and what becomes of each line.

    `says` gives per line its verdict, or why it is refused, for the reason in `because` (else a change of mind) by mail.
    """

    shop: str
    email: str
    shows: str
    says: Mapping[str, Verdict | Cause]
    record: Record
    because: Mapping[str, Reason] = field(default_factory=dict)
    returned: Mapping[str, int] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The order's number, as the customer types it."""
        return str(self.record["number"])


def line(
    number: int,
    sku: str,
    name: str,
    price: str,
    *categories: str,
    quantity: int = 1,
    product: str | None = None,
    tags: tuple[str, ...] = (),
    lowest: str | None = None,
) -> Record:
    """Return one line of an order."""
    written = {
        "id": str(number),
        "sku": sku,
        "name": name,
        "quantity": quantity,
        "unit_price": price,
        "categories": list(categories),
        "tags": list(tags),
    }
    more = {"product": product, "lowest_price_14d": lowest}
    return written | {name: value for name, value in more.items() if value is not None}


def variant(product: str, sku: str, name: str, price: str, stock: int, **options: str) -> Record:
    """Return one variant of a product in the catalogue, without the shop's currency."""
    return {"product": product, "sku": sku, "name": name, "options": options, "price": price, "stock": stock}
