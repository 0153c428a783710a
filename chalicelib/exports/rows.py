"""Make rows of a table's columns from the returns that are asked for: of a shop, from a day, until a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from chalicelib.exports.columns import Column, Table
from chalicelib.exports.damages import Damages
from chalicelib.exports.reading import Found
from chalicelib.exports.typed import Typed, Unreadable, Value, moment, parts, text

Row = tuple[Value, ...]
"""One value for each field of the table's columns; moments are aware, in UTC and in the shop's zone."""

_NEEDED = ("merchant", "order_number", "slot", "created_at", "lines")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which returns are asked for: of one shop (None: of all), submitted on days of their shop's calendar, both ends included.

    `zones` holds the shops' zones; the days of a shop that it does not name are those of UTC.
    """

    zones: Mapping[str, tzinfo]
    shop: str | None = None
    since: date | None = None
    until: date | None = None

    def takes(self, made: Typed) -> bool:
        """Say whether a return is among them; Unreadable if it lacks what every return has."""
        for name in _NEEDED:
            if name not in made:
                raise Unreadable(f"the return lacks {name}")
        shop = text(made, "merchant")
        if self.shop is not None and shop != self.shop:
            return False
        if self.since is None and self.until is None:
            return True
        at = moment(made, "created_at")
        assert at is not None
        day = at.astimezone(self.zones.get(shop or "", UTC)).date()
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass
class Counts:
    """How many returns became how many rows, how many were not asked for, and the shops whose zone is not known."""

    returns: int = 0
    rows: int = 0
    left_out: int = 0
    unknown_shops: set[str] = field(default_factory=set)


def rows(
    found: Iterator[Found], table: Table, wanted: Wanted, damages: Damages, columns: Sequence[Column] = ()
) -> tuple[Counts, Iterator[Row]]:
    """Return counts, which are complete when the rows have been taken, and the rows of these columns (else all of them).

    A return that cannot be read gives no row at all: it is told among the damages, and the others go on.
    """
    counts = Counts()
    return counts, _rows(found, table, wanted, damages, counts, tuple(columns) or table.columns)


def _rows(
    found: Iterator[Found], table: Table, wanted: Wanted, damages: Damages, counts: Counts, columns: Sequence[Column]
) -> Iterator[Row]:
    for item, kind, file, line in found:
        if kind != "return":
            continue
        try:
            if not wanted.takes(item):
                counts.left_out += 1
                continue
            made = _of_return(item, table, wanted, counts, columns)
        except Unreadable as error:
            damages.add(file, line, f"{error}: this return is left out")
            continue
        counts.returns += 1
        counts.rows += len(made)
        yield from made


def _of_return(made: Typed, table: Table, wanted: Wanted, counts: Counts, columns: Sequence[Column]) -> list[Row]:
    shop = text(made, "merchant") or ""
    zone = wanted.zones.get(shop)
    if zone is None:
        counts.unknown_shops.add(shop)
    if table.each is None:
        return [_row(made, made, columns, zone)]
    return [_row(made, element, columns, zone) for element in parts(made, table.each)]


def _row(made: Typed, element: Typed, columns: Sequence[Column], zone: tzinfo | None) -> Row:
    row: list[Value] = []
    for column in columns:
        try:
            value = column.read(made, element)
        except Unreadable as error:
            raise Unreadable(f"{column.name}: {error}") from None
        if isinstance(value, datetime):
            row += (value.astimezone(UTC), value.astimezone(zone) if zone else None)
        elif column.kind == "moment":
            row += (None, None)
        else:
            row.append(value)
    return tuple(row)
