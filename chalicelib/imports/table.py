"""Read a CSV table: a header of known columns, then one row on each line."""

from __future__ import annotations

import csv
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from chalicelib.imports.faults import did_you_mean
from chalicelib.imports.lines import ImportRefusedError, Line

Columns = Mapping[str, bool]
"""Every column that a table may have, and whether it must."""

_SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the cells that are not empty by column, or why the row cannot be read (and then the cells as far as they can)."""

    line: Line
    cells: Mapping[str, str] = field(default_factory=dict)
    fault: str | None = None


def read_table(lines: Iterator[Line], columns: Columns) -> Iterator[Row]:
    """Yield the rows below the header; ImportRefusedError if the header is not one of these columns."""
    header = next(lines, None)
    if header is None:
        raise ImportRefusedError("the file is empty")
    if header.fault:
        raise ImportRefusedError(f"line {header.number}: {header.fault}")
    separator = best_separator(header.text, columns)
    names = header_names(header.text, separator)
    if not any(name in columns for name in names):
        raise ImportRefusedError(f"line {header.number} is no header of known columns, which are {', '.join(columns)}")
    mistakes = list(_header_mistakes(names, columns))
    if mistakes:
        raise ImportRefusedError(f"line {header.number}, the header: " + "; ".join(mistakes))
    for line in lines:
        yield _row(line, separator, names)


def split_list(cell: str) -> list[str]:
    """Return the parts of a cell that `|` separates, without blanks around them."""
    return [part.strip() for part in cell.split("|") if part.strip()]


def best_separator(text: str, known: Container[str]) -> str:
    """Return the separator that finds most known columns in a header; the comma if none does better."""
    return max(_SEPARATORS, key=lambda separator: sum(name in known for name in header_names(text, separator)))


def header_names(text: str, separator: str) -> list[str]:
    """Return the columns that a header names, in the one form in which names are compared; none if it cannot be read."""
    try:
        cells: list[str] = next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return []
    return [column_name(cell) for cell in cells]


def column_name(column: str) -> str:
    """Return the name of a column in the one form in which names are compared: `Placed At` and `placed-at` are `placed_at`."""
    return column.strip().lower().replace(" ", "_").replace("-", "_")


def cells_of(text: str, separator: str) -> tuple[list[str], str | None]:
    """Return the cells of one row as far as they can be read, and why not all of them can.

    Each row by itself: a quote that was left open then spoils one row, not the rest of the file.
    """
    try:
        return next(csv.reader([text], delimiter=separator, strict=True)), None
    except csv.Error as error:
        fault = "the row's quotes do not close on its line: double a quote inside a quoted cell, and keep line breaks out"
        if "field limit" in str(error):
            fault = f"a cell is longer than {csv.field_size_limit() // 1024} KiB"
    try:
        return next(csv.reader([text], delimiter=separator)), fault
    except csv.Error:
        return [], fault


def _header_mistakes(names: Iterable[str], columns: Columns) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if not name:
            yield "a column has no name: name it, or remove it and its separators"
        elif name in seen:
            yield f"the column {name!r} stands twice: keep one"
        elif name not in columns:
            yield f"{name!r} is not a known column" + did_you_mean(name, columns)
        seen.add(name)
    for name, needed in columns.items():
        if needed and name not in seen:
            yield f"the column {name!r} is missing: add it"


def _row(line: Line, separator: str, names: list[str]) -> Row:
    cells, fault = cells_of(line.text, separator)
    if fault is None and len(cells) != len(names):
        fault = f"the row has {len(cells)} cells where the header has {len(names)}: quote cells that hold a {separator!r}"
    named = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if cell.strip()}
    return Row(line, named, line.fault or fault)
