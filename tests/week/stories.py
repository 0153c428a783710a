"""Forty returns of one week at three shops: who asks for what, how it ends, and what it must come to by plain arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle
from typing import Any, Literal

Fate = Literal[
    "waiting", "rejected", "cancelled", "sent", "expired", "late", "settled", "short", "reduced", "refused",
    "inspected", "forgotten", "overridden",
]  # fmt: skip

SETTLED: frozenset[Fate] = frozenset({"late", "settled", "short", "reduced", "forgotten", "overridden"})
ARRIVES: frozenset[Fate] = SETTLED | {"refused", "inspected"}
STATUS: dict[Fate, str] = {
    "waiting": "under_review", "rejected": "rejected", "cancelled": "cancelled", "sent": "sent",
    "expired": "expired", "refused": "refused", "inspected": "accepted",
} | dict.fromkeys(SETTLED, "settled")  # fmt: skip


@dataclass(frozen=True)
class Story:
    """One return of `units` units of one line, for `outcome`, and its end.

    `price` is per unit in the shop's currency; `fee` is what the shop keeps of it, in hundredths. `reviewed` says that a
    person has to decide.
    """

    shop: str
    number: str
    language: str
    fate: Fate
    outcome: str
    units: int
    price: Decimal
    fee: int
    reviewed: bool

    @property
    def email(self) -> str:
        """Who asks for it."""
        return f"{self.number.lower()}@example.com"

    @property
    def arrived(self) -> int:
        """How many units come back in the end."""
        return 0 if self.fate not in ARRIVES else self.units - 1 if self.fate == "short" else self.units

    @property
    def reduction(self) -> Decimal:
        """What is taken off at the inspection: a quarter."""
        return self.worth(self.arrived) / 4 if self.fate == "reduced" else Decimal(0)

    def worth(self, units: int) -> Decimal:
        """Return what so many units bring, before an inspection."""
        return self.price * units * (100 - self.fee) / 100

    @property
    def granted(self) -> Decimal:
        """All that was paid: what a person gives in place of the policy's outcome."""
        return self.price * self.units

    @property
    def value(self) -> Decimal:
        """What the line is worth at the end of the week."""
        if self.fate == "overridden":
            return self.granted
        if self.fate == "refused":
            return Decimal(0)
        return self.worth(self.arrived) - self.reduction if self.fate in ARRIVES else self.worth(self.units)


def stories() -> tuple[Story, ...]:
    """Return the week's stories, fourteen or thirteen at each shop, in three languages by turns."""
    languages = cycle(["es", "en", "fa"])
    return tuple(
        Story(shop, f"{prefix}-{4001 + place}", next(languages), fate, outcome, units, Decimal(price), fee, reviewed)
        for shop, prefix, price, fee in _SHOPS
        for place, (fate, outcome, units, reviewed) in enumerate(_OF_SHOP[shop])
    )  # fmt: skip


_SHOPS = (("azulu", "AZ", "199000", 10), ("alustoora", "AL", "79.00", 0), ("nurana", "NU", "18500000", 0))
_OF_SHOP: dict[str, list[tuple[Fate, str, int, bool]]] = {
    "azulu": [
        ("settled", "exchange", 1, False), ("settled", "store_credit", 2, False), ("settled", "refund", 1, True),
        ("short", "store_credit", 2, False), ("reduced", "exchange", 1, False), ("refused", "store_credit", 1, False),
        ("expired", "exchange", 1, False), ("late", "store_credit", 1, False), ("cancelled", "exchange", 2, False),
        ("rejected", "refund", 1, True), ("waiting", "refund", 2, True), ("forgotten", "refund", 1, True),
        ("overridden", "exchange", 1, False), ("sent", "exchange", 1, False),
    ],
    "alustoora": [
        ("settled", "exchange", 1, False), ("settled", "exchange", 2, False), ("short", "exchange", 2, False),
        ("reduced", "exchange", 1, False), ("reduced", "exchange", 2, False), ("refused", "exchange", 1, False),
        ("expired", "exchange", 1, False), ("late", "exchange", 2, False), ("cancelled", "exchange", 1, False),
        ("expired", "exchange", 2, False), ("sent", "exchange", 2, False), ("forgotten", "exchange", 1, False),
        ("inspected", "exchange", 1, False),
    ],
    "nurana": [
        ("settled", "exchange", 1, True), ("settled", "store_credit", 1, True), ("settled", "store_credit", 2, True),
        ("short", "store_credit", 2, True), ("reduced", "exchange", 1, True), ("refused", "store_credit", 1, True),
        ("rejected", "exchange", 1, True), ("rejected", "store_credit", 2, True), ("waiting", "exchange", 1, True),
        ("waiting", "store_credit", 1, True), ("cancelled", "exchange", 1, True), ("forgotten", "store_credit", 1, True),
        ("overridden", "store_credit", 1, True),
    ],
}  # fmt: skip


def expected(told: Iterable[Story]) -> dict[str, Any]:
    """Return what a report must say of these stories of one shop, without regard to days."""
    told = tuple(told)
    promised = [story for story in told if STATUS[story.fate] in {"sent", "accepted", "settled"}]
    settled = [story for story in told if story.fate in SETTLED]
    kept = [story for story in settled if story.fate != "overridden"]
    return {
        "requested": (
            len(told),
            len(told),
            sum(story.units for story in told),
            _sum(story.price * story.units for story in told),
        ),
        "states": dict(Counter(STATUS[story.fate] for story in told)),
        "outcomes": {
            outcome: (
                len(lines := [story for story in promised if _outcome(story) == outcome]),
                sum(story.units for story in lines),
                _sum(story.value for story in lines),
                len(done := [story for story in lines if story.fate in SETTLED]),
                _sum(story.value for story in done),
            )
            for outcome in {_outcome(story) for story in promised}
        },
        "kept": (
            _sum(story.price * story.arrived - story.worth(story.arrived) for story in kept),
            _sum(story.reduction for story in kept),
            Decimal(0),
        ),
        "waiting": sum(story.fate == "waiting" for story in told),
    }


def _outcome(story: Story) -> str:
    return "refund" if story.fate == "overridden" else story.outcome


def _sum(amounts: Iterable[Decimal] | Iterator[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
