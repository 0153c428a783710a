"""One line of a case as a table's row sees it, and the plain arithmetic of R1, R5, R7 and R8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

SHOP_FAULT = {"damaged", "defective", "wrong_item", "not_as_described"}
MINOR_UNIT = {"USD": Decimal("0.01"), "COP": Decimal(1), "IRR": Decimal(1)}


@dataclass(frozen=True)
class Ask:
    """One line of a case: the order's line and the customer's wish for it, with what the whole case says around them."""

    at: datetime
    order: Mapping[str, Any]
    request: Mapping[str, Any]
    line: Mapping[str, Any]
    wish: Mapping[str, Any]

    @property
    def placed(self) -> datetime:
        """When the order was placed."""
        return datetime.fromisoformat(self.order["placed_at"])

    @property
    def in_hand(self) -> datetime | None:
        """When the customer had the goods; a store purchase is in hand at once (R8)."""
        if self.order.get("delivered_at") is not None:
            return datetime.fromisoformat(self.order["delivered_at"])
        return self.placed if self.order["channel"] == "store" else None

    @property
    def fault(self) -> bool:
        """Whether the reason is the shop's fault (R7)."""
        return self.wish["reason"] in SHOP_FAULT

    def marked(self, field: str, *words: str) -> bool:
        """Say whether the line's categories or tags hold any of these words."""
        return not set(words).isdisjoint(self.line.get(field, ()))

    def confirms(self, *conditions: str) -> bool:
        """Say whether the customer confirmed all of these; conditions that were not asked yet are taken to hold."""
        attested = self.wish.get("attested")
        return attested is None or set(conditions) <= set(attested)

    def amount(self, unit_price: Decimal) -> Decimal:
        """Return what the units asked back cost at this price each."""
        return unit_price * self.wish["quantity"]

    def money(self, amount: Decimal) -> str:
        """Write an amount in the usual form of the order's currency."""
        return str(amount.quantize(MINOR_UNIT[self.order["currency"]], ROUND_HALF_UP))

    @property
    def out_of_stock(self) -> bool:
        """Whether the customer wants something that the shop does not have."""
        replacement = self.wish.get("replacement")
        return replacement is not None and not replacement["in_stock"]


def end_of_day(anchor: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the last instant of the Nth day after the anchor's own, in the shop's time zone (R1)."""
    day: date = anchor.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time.max, zone)


def hours_after(anchor: datetime, hours: int) -> datetime:
    """Return anchor + hours x 3600 s, whatever the clocks do meanwhile (R1)."""
    return anchor.astimezone(UTC) + timedelta(hours=hours)


def deadline(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """Write a moment in the shop's offset."""
    return None if moment is None else moment.astimezone(zone).isoformat()
