"""What a report shows, worked out of a shop's facts: spans of time, shares, medians; pure, and in no language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from math import ceil
from typing import Any

from chalicelib.domain.verdicts import OutcomeKind
from chalicelib.reports.facts import STAGES, Facts, Key, Span

MOST_COLUMNS = 31
MOST_PRODUCTS = 10
RETAINED: frozenset[OutcomeKind] = frozenset({"exchange", "store_credit", "gift_card"})
"""What keeps the money in the shop."""
ZERO = Decimal(0)


@dataclass
class Period:
    """Some days on end: how much was asked back in them, or bought and come back of what was bought in them."""

    first: date
    last: date
    sums: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Product:
    """A product with its units that were asked back, by reason, and how many were sold, None where no order tells."""

    name: str
    units: Mapping[str, int]
    sold: int | None
    back: int

    @property
    def total(self) -> int:
        """All units asked back."""
        return sum(self.units.values())

    @property
    def rate(self) -> Decimal | None:
        """How many of a hundred units sold came back."""
        return share(self.back, self.sold) if self.sold else None


@dataclass(frozen=True)
class Cycle:
    """How long a stage took, in whole hours: for how many returns, half of them at most, nine of ten at most."""

    stage: str
    returns: int
    median: int
    ninth: int


@dataclass(frozen=True)
class Figures:
    """A shop's facts as a report shows them. `starts` gives the first day of the month of a date in the report's calendar.

    `window` is the longest time, in days, in which the policy lets things come back: younger purchases are no full count yet.
    """

    facts: Facts
    span: Span
    starts: Callable[[date], str]
    first_weekday: int
    window: int

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of the returns, that of most returns first."""
        returns: dict[str, int] = {}
        for (_, currency), row in self.facts["requested"].items():
            returns[currency] = returns.get(currency, 0) + int(str(row[0]))
        return tuple(sorted(returns, key=lambda currency: (-returns[currency], currency)))

    def total(self, table: str, column: int, currency: str | None = None) -> Any:
        """Return the sum of one column of a table, for one currency or all."""
        rows = (row for key, row in self.facts[table].items() if currency in (None, key[-1]))
        return sum((row[column] for row in rows), 0)  # type: ignore[misc]

    @cached_property
    def over_time(self) -> tuple[Period, ...]:
        """Returns by the day of the request: days, weeks or months, so that not too many columns stand beside each other."""
        return self._periods(self.facts["requested"], ("returns", "lines", "units", "value"))

    @cached_property
    def purchases(self) -> tuple[Period, ...]:
        """Orders by the day of the purchase, and what came back of them; empty where the export holds no orders."""
        if not self.facts["sold"]:
            return ()
        found = self._periods(self.facts["sold"], ("orders", "units", "value"), whole=True)
        back = {day: row for (day, _), row in _by_day(self.facts["came_back"]).items()}
        for period in found:
            inside = [row for day, row in back.items() if period.first.isoformat() <= day <= period.last.isoformat()]
            period.sums |= {"orders_back": _column(inside, 0), "units_back": _column(inside, 1)}
        return found

    def young(self, period: Period) -> bool:
        """Say whether things bought in this period may still come back, so that its rate will rise."""
        return period.last + timedelta(days=self.window) >= self.span.as_of.date()

    @cached_property
    def products(self) -> tuple[Product, ...]:
        """The products of which most units were asked back."""
        units: dict[str, dict[str, int]] = {}
        for (product, reason, _), row in self.facts["reasons"].items():
            by_reason = units.setdefault(product, {})
            by_reason[reason] = by_reason.get(reason, 0) + int(str(row[1]))
        names, sold, back = self.facts["names"], self.facts["products_sold"], self.facts["products_back"]
        found = [
            Product(
                name=str(names.get((product,), (product,))[0]),
                units=by_reason,
                sold=int(str(sold[(product,)][0])) if (product,) in sold else None,
                back=int(str(back.get((product,), (0,))[0])),
            )
            for product, by_reason in units.items()
        ]
        return tuple(sorted(found, key=lambda product: (-product.total, product.name))[:MOST_PRODUCTS])

    @cached_property
    def reasons(self) -> Mapping[str, int]:
        """Units asked back by reason, the commonest first."""
        units: dict[str, int] = {}
        for (_, reason, _), row in self.facts["reasons"].items():
            units[reason] = units.get(reason, 0) + int(str(row[1]))
        return dict(sorted(units.items(), key=lambda pair: (-pair[1], pair[0])))

    def outcomes(self, currency: str) -> Mapping[str, tuple[int, int, Decimal, int, Decimal]]:
        """Return lines, units, promised value, settled lines and settled value by outcome."""
        rows = {kind: row for (kind, each), row in self.facts["outcomes"].items() if each == currency}
        return dict(sorted(rows.items()))  # type: ignore[arg-type]

    def retained(self, currency: str) -> Decimal | None:
        """Return how many per cent of what was promised stay in the shop; None where nothing was promised."""
        promised = {kind: row[2] for kind, row in self.outcomes(currency).items()}
        kept = sum((value for kind, value in promised.items() if kind in RETAINED), ZERO)
        return share(kept, sum(promised.values(), ZERO))

    @cached_property
    def cycles(self) -> tuple[Cycle, ...]:
        """How long each stage took, for the stages that some return went through."""
        hours: dict[str, dict[int, int]] = {}
        for (stage, hour), row in self.facts["cycles"].items():
            hours.setdefault(stage, {})[int(hour)] = int(str(row[0]))
        return tuple(
            Cycle(stage, sum(hours[stage].values()), quantile(hours[stage], 50), quantile(hours[stage], 90))
            for stage in STAGES
            if stage in hours
        )

    @property
    def whole_cycle(self) -> Cycle | None:
        """How long returns took from the request to the last settlement."""
        return next((cycle for cycle in self.cycles if cycle.stage == "whole"), None)

    @property
    def overdue(self) -> int:
        """How many returns waited for the shop past what it promised, when the export was made."""
        return int(self.total("overdue", 0))

    def _periods(self, table: Mapping[Key, Any], columns: tuple[str, ...], *, whole: bool = False) -> tuple[Period, ...]:
        rows = _by_day(table)
        days = sorted({date.fromisoformat(day) for day, _ in rows})
        if not days:
            return ()
        first, last = self.span.since or days[0], self.span.until or days[-1]
        length = (last - first).days + 1
        label = self._start_of(length, months=whole)
        periods: dict[str, Period] = {}
        for day in (first + timedelta(days=step) for step in range(length)):
            period = periods.setdefault(label(day), Period(day, day, dict.fromkeys(columns, 0)))
            period.last = day
        for (day_text, _), row in rows.items():
            period = periods[label(date.fromisoformat(day_text))]
            for column, value in zip(columns, row, strict=True):
                period.sums[column] += value
        return tuple(periods.values())

    def _start_of(self, length: int, *, months: bool) -> Callable[[date], str]:
        if length <= MOST_COLUMNS and not months:
            return date.isoformat
        if length <= MOST_COLUMNS * 7 and not months:
            return lambda day: (day - timedelta(days=(day.weekday() - self.first_weekday) % 7)).isoformat()
        return self.starts


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Return a part in per cent of the whole, to one decimal; None of nothing."""
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1")) if whole else None


def in_days(hours: int) -> Decimal:
    """Return hours as days, to one decimal."""
    return (Decimal(hours) / 24).quantize(Decimal("0.1"))


def quantile(counts: Mapping[int, int], percent: int) -> int:
    """Return the least value that so many per cent of all are not above (the nearest rank)."""
    rank = ceil(sum(counts.values()) * percent / 100)
    for value, number in sorted(counts.items()):
        rank -= number
        if rank <= 0:
            return value
    raise ValueError("nothing was counted")


def _by_day(table: Mapping[Key, Any]) -> dict[tuple[str, str], Any]:
    return {(key[0], key[1]): row for key, row in table.items()}


def _column(rows: Iterable[Any], column: int) -> int:
    return sum(int(row[column]) for row in rows)
