"""Put the rows of a table together into orders: consecutive rows with one order number are one order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.identifiers import fold_order_number, order_number_fault
from chalicelib.imports.faults import Fault, Place, reason, written
from chalicelib.imports.jsonl import Record
from chalicelib.imports.lines import Rejected
from chalicelib.imports.table import Columns, Row, split_list

# A customer chooses among all lines of an order on one page, and a return of them all is one item of the table, several KB a
# line. What comes after so many rows is not kept in memory either.
MOST_LINES = 200

_ORDER = {
    "number": "number",
    "merchant": "merchant",
    "email": "email",
    "language": "language",
    "channel": "channel",
    "placed_at": "placed_at",
    "delivered_at": "delivered_at",
    "country": "country",
    "currency": "currency",
    "order_tags": "tags",
    "gift_code": "gift_code",
    "updated_at": "updated_at",
}
_LINE = {
    "line_id": "id",
    "sku": "sku",
    "product": "product",
    "name": "name",
    "quantity": "quantity",
    "unit_price": "unit_price",
    "lowest_price_14d": "lowest_price_14d",
    "categories": "categories",
    "line_tags": "tags",
}
_LISTS = frozenset({"tags", "categories"})
_OPTIONAL = frozenset({"merchant", "language", "delivered_at", "order_tags", "gift_code", "updated_at"})
_OPTIONAL |= {"product", "lowest_price_14d", "categories", "line_tags"}
ORDER_COLUMNS: Columns = {column: column not in _OPTIONAL for column in (*_ORDER, *_LINE)}

_ORDER_COLUMN = {name: column for column, name in _ORDER.items()}
_LINE_COLUMN = {name: column for column, name in _LINE.items()}
_WHOLE = re.compile(r"[0-9]{1,12}", re.ASCII)

Naming = Callable[[Place], Place]


@dataclass(slots=True)
class Rows:
    """The rows of one order, or one row of which nobody knows to which order it belongs.

    `beside` is the line of such a row right before or after these: it may have been one of them. `column` names the column
    in which what stands at a place of an order was told.
    """

    rows: list[Row]
    column: Naming
    beside: int | None = None
    too_many: bool = False

    @property
    def line(self) -> int:
        """The line where the order begins."""
        return self.rows[0].line.number

    @property
    def text(self) -> str:
        """The rows as they stand in the file."""
        return "\n".join(row.line.text for row in self.rows)

    @property
    def number(self) -> str | None:
        """The order number as written; None for a row of which it cannot be known."""
        return _number(self.rows[0])

    def identity(self) -> tuple[str, str | None]:
        """Return which edition of which order this is: one file may tell of several editions by their `updated_at`."""
        first = self.rows[0].cells
        return fold_order_number(first["number"]), first.get("updated_at")

    def faults(self) -> list[Fault]:
        """Return why these rows make no order, at places as if they had: unreadable, at odds with each other, too many."""
        found = [Fault(("order", "lines", index), row.fault) for index, row in enumerate(self.rows) if row.fault]
        if not found and self.number is None:
            found.append(Fault(("order", "number"), "is missing: every row names its order"))
        if self.beside is not None:
            words = f"line {self.beside} beside it cannot be read and may belong to this order: mend that line first"
            found.append(Fault(("order", "lines", 0), words))
        if self.too_many:
            found.append(lines_fault())
        return found or list(self._odds())

    def record(self) -> Record:
        """Return what the rows say, as an order of JSON Lines would say it."""
        return _values(self.rows[0], _ORDER) | {"lines": [_values(row, _LINE) for row in self.rows]}

    def rejected(self, faults: Sequence[Fault]) -> Rejected:
        """Return the rejection of the whole order for these faults, naming columns and lines instead of places in JSON."""
        first = self._row(faults[0].place).line.number
        columns = []
        for fault in faults:
            line = self._row(fault.place).line.number
            elsewhere = "" if line == first else f" (line {line})"
            columns.append(Fault(self.column(fault.place), fault.words + elsewhere))
        return Rejected(first, reason(columns), self.text)

    def _odds(self) -> Iterator[Fault]:
        first = self.rows[0].cells
        for index, row in enumerate(self.rows):
            for column, name in _ORDER.items():
                cell = row.cells.get(column)
                if cell is not None and cell != first.get(column):
                    told = written(self.column(("order", name)))
                    words = f"{told} differs from line {self.line} of the same order: write the same, or leave it empty"
                    yield Fault(("order", "lines", index), words)

    def _row(self, place: Place) -> Row:
        match place:
            case ("order", "lines", int(index), *_):
                return self.rows[index]
        return self.rows[0]


def lines_fault() -> Fault:
    """Return what is said of an order that has more lines than the portal can serve."""
    words = f"the order has more than {MOST_LINES} lines, the most that the portal can serve: leave it out"
    return Fault(("order", "lines"), words)


def grouped(rows: Iterator[Row], column: Naming | None = None) -> Iterator[Rows]:
    """Yield the rows order by order; a row without a number by itself, and what stands beside it knows so."""
    current: Rows | None = None
    for row in rows:
        number = _number(row)
        if current and number is not None and number == current.number:
            if len(current.rows) < MOST_LINES:
                current.rows.append(row)
            else:
                current.too_many = True
            continue
        following = Rows([row], column or _column)
        if current:
            _mark_neighbours(current, following)
            yield current
        current = following
    if current:
        yield current


def _number(row: Row) -> str | None:
    number = row.cells.get("number")
    # A broken row still tells its order, unless what broke it reaches into the number.
    if number is None or (row.fault and order_number_fault(number)):
        return None
    return number


def _mark_neighbours(one: Rows, other: Rows) -> None:
    if one.number is None and other.number is not None:
        other.beside = one.line
    elif other.number is None and one.number is not None:
        one.beside = other.line


def _values(row: Row, names: dict[str, str]) -> Record:
    return {name: _value(name, row.cells[column]) for column, name in names.items() if column in row.cells}


def _value(name: str, cell: str) -> str | int | list[str]:
    if name in _LISTS:
        return split_list(cell)
    if name == "quantity" and _WHOLE.fullmatch(cell):
        return int(cell)
    return cell


def _column(place: Place) -> Place:
    match place:
        case ("order", "lines", int(), str(name), *_):
            return (_LINE_COLUMN.get(name, name),)
        case ("order", str(name), *_) if name != "lines":
            return (_ORDER_COLUMN.get(name, name),)
        case (str(name),) if name != "order":
            return (name,)
    return ()
