"""Which figures a report is made of: small tables that any engine can fill, each row a key and sums, exact to the last digit.

The standard library fills them while it reads an export (`counting.py`), DuckDB by one query each (`analytics/`). Whoever
fills them, they are equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

Key = tuple[str, ...]
Row = tuple[object, ...]
Table = Mapping[Key, Row]


@dataclass(frozen=True, slots=True)
class Span:
    """What a report is about: days of the shop's calendar, both included, None for open; `as_of` is the export's moment."""

    since: date | None
    until: date | None
    as_of: datetime

    def holds(self, day: date) -> bool:
        """Say whether a day of the shop's calendar is within."""
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


TABLES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # Counted by the day of the request, in the shop's zone.
    "requested": (("day", "currency"), ("returns", "lines", "units", "value")),
    "states": (("status",), ("returns",)),
    "reasons": (("product", "reason", "currency"), ("lines", "units", "value")),
    "outcomes": (("outcome", "currency"), ("lines", "units", "promised", "settled_lines", "settled")),
    "fees": (("fee", "currency"), ("lines", "amount")),
    "kept": (("currency",), ("fees", "reductions", "charges")),
    "cycles": (("stage", "hours"), ("returns",)),
    "overdue": (("status",), ("returns", "oldest")),
    "contradictions": (("grants", "refuses"), ("lines", "waiting", "given", "turned_down")),
    "names": (("product",), ("name",)),
    # Counted by the day of the purchase, whenever the return was asked for: only where the export holds orders.
    "sold": (("day", "currency"), ("orders", "units", "value")),
    "came_back": (("day", "currency"), ("orders", "units", "value")),
    "products_sold": (("product",), ("units",)),
    "products_back": (("product",), ("units",)),
}
"""Each table's key and sums, by name.

`value` is unit price by units, before fees; `promised` is what the chosen outcome gives. A line that the customer took back
or that the shop turned down counts as asked for, never as promised; what was taken back, turned down or never sent did not
come back. `fees`, `reductions` and `charges` are what the shop kept
of settled lines. `hours` are whole hours. `grants` and `refuses` are the ids of clauses, joined by commas.
"""

PROMISED = frozenset({"authorised", "received", "accepted", "settled"})
"""Where a line stands for which the shop owes, or gave, an outcome."""

STAGES: Mapping[str, tuple[str, str]] = {
    "approved": ("requested", "approved"),
    "sent": ("approved", "sent"),
    "received": ("sent", "received"),
    "settled": ("received", "settled"),
    "whole": ("requested", "settled"),
}
"""The ways of a return that are timed, from its first of one moment to its last of the other."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The tables of one shop, by name, and how many items could not be counted."""

    tables: Mapping[str, Table]
    unreadable: int = 0

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]
