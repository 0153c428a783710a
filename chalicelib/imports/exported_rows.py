"""Read the table of a platform's export: cells may hold line breaks, and of its many columns only some concern us."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.imports.lines import LONGEST_LINE, ImportRefusedError, Line
from chalicelib.imports.platforms import Columns, Platform
from chalicelib.imports.table import Row, best_separator, cells_of, column_name, header_names

# A customer's note runs to some lines; a quote that never closes would swallow the file.
_MOST_JOINED = 200
_SHIP_TO = "ship_to."
# Of these every column counts that is filled.
_SEVERAL = frozenset({"categories"})


def read_export(lines: Iterator[Line], platform: Platform, also: Mapping[str, str]) -> Iterator[Row]:
    """Yield the rows below the header, cells by what we ask; ImportRefusedError if columns are missing that tell it.

    `also` names what is needed besides this time, and says for what. Parts of the address stand under `ship_to.`.
    """
    header = next(lines, None)
    if header is None:
        raise ImportRefusedError("the file is empty")
    if header.fault:
        raise ImportRefusedError(f"line {header.number}: {header.fault}")
    known = {column_name(part) for columns in platform.columns.values() for column in columns for part in column.split("+")}
    separator = best_separator(header.text, known)
    names = header_names(header.text, separator)
    _check_header(header.number, names, platform, also)

    def whole(text: str) -> bool:
        cells, fault = cells_of(text, separator)
        return fault is None and len(cells) == len(names)

    layout = _Layout.of(platform, names, separator)
    return (layout.row(line) for line in whole_rows(lines, whole))


def whole_rows(lines: Iterator[Line], whole: Callable[[str], bool]) -> Iterator[Line]:
    """Join the lines of each row whose quoted cells hold line breaks.

    Lines that do not make a `whole` row together come one by one: a quote left open then spoils its own row only.
    """
    waiting: deque[Line] = deque()
    while True:
        _fill(waiting, lines, 1)
        if not waiting:
            return
        count = _closed(waiting, lines)
        text = "\n".join(waiting[index].text for index in range(count))
        if count > 1 and whole(text):
            parts = [waiting.popleft() for _ in range(count)]
            yield Line(parts[0].number, text, next((part.fault for part in parts if part.fault), None))
        else:
            yield waiting.popleft()


def address_of(cells: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of the address that a row tells, without the mark that keeps spreadsheets from counting with them."""
    return {ask.removeprefix(_SHIP_TO): _on_one_line(cell.lstrip("'")) for ask, cell in cells.items() if ask.startswith(_SHIP_TO)}


def split_cell(cell: str) -> list[str]:
    """Return the parts of a cell that commas separate, each once."""
    parts: list[str] = next(csv.reader([_on_one_line(cell)], skipinitialspace=True), [])
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _closed(waiting: deque[Line], lines: Iterator[Line]) -> int:
    """Return how many of the lines, more of which are read if need be, have all their quotes closed; 1 if none have."""
    quotes = size = 0
    for count in range(1, _MOST_JOINED + 1):
        _fill(waiting, lines, count)
        if len(waiting) < count or size > LONGEST_LINE:
            return 1
        quotes += waiting[count - 1].text.count('"')
        size += len(waiting[count - 1].text)
        if quotes % 2 == 0:
            return count
    return 1


def _fill(waiting: deque[Line], lines: Iterator[Line], count: int) -> None:
    while len(waiting) < count and (line := next(lines, None)):
        waiting.append(line)


def _check_header(number: int, names: Sequence[str], platform: Platform, also: Mapping[str, str]) -> None:
    if missing := list(_missing(names, platform, platform.needed)):
        which = f"it lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
        raise ImportRefusedError(f"line {number} is no header of a {platform.name} order export: {which}; {platform.export}")
    for ask, why in also.items():
        for columns in _missing(names, platform, [ask]):
            raise ImportRefusedError(f"line {number}, the header: the column {columns} is missing, {why}: add it to the export")


def _missing(names: Sequence[str], platform: Platform, needed: Iterable[str]) -> Iterator[str]:
    for ask in needed:
        columns = platform.all_columns(ask)
        if not any(column_name(column) in names for column in columns):
            yield " or ".join(repr(column) for column in columns)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where in a row stands what we ask: for each, the places of its columns, those that are read together side by side."""

    separator: str
    width: int
    asks: Mapping[str, Sequence[Sequence[int]]]

    @classmethod
    def of(cls, platform: Platform, names: Sequence[str], separator: str) -> _Layout:
        """Return the layout of a table with these columns; of two with one name the first counts."""
        places: dict[str, int] = {}
        for place, name in enumerate(names):
            places.setdefault(name, place)
        asked: dict[str, Columns] = {str(ask): columns for ask, columns in platform.columns.items()}
        asked |= {f"{_SHIP_TO}{part}": columns for part, columns in platform.ship_to.items()}
        found = {ask: [_places(column, places) for column in columns] for ask, columns in asked.items()}
        return cls(separator, len(names), {ask: [each for each in columns if each] for ask, columns in found.items()})

    def row(self, line: Line) -> Row:
        """Return a row with the cells that are filled, by what they tell."""
        cells, fault = cells_of(line.text, self.separator)
        if fault is None and len(cells) != self.width:
            fault = f"the row has {len(cells)} cells where the header has {self.width}: export it again, and do not edit it"
        stripped = [cell.strip() for cell in cells] + [""] * (self.width - len(cells))
        told = {ask: _told(columns, stripped, several=ask in _SEVERAL) for ask, columns in self.asks.items()}
        return Row(line, {ask: cell for ask, cell in told.items() if cell}, line.fault or fault)


def _places(column: str, places: Mapping[str, int]) -> list[int]:
    return [places[name] for name in map(column_name, column.split("+")) if name in places]


def _told(columns: Sequence[Sequence[int]], cells: Sequence[str], *, several: bool) -> str:
    """Return the first column that is filled, or all of those that are as a list."""
    found = []
    for places in columns:
        cell = cells[places[0]] if len(places) == 1 else " ".join(filter(None, (cells[place] for place in places)))
        if cell and not several:
            return cell
        if cell:
            found.append('"' + cell.replace('"', '""') + '"')
    return ",".join(found)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
