"""Write rows as an Excel workbook, row by row: real numbers, dates and yes or no, and texts that stay texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO

from chalicelib.exports.columns import FieldKind
from chalicelib.exports.extras import MissingLibrary
from chalicelib.exports.rows import Row
from chalicelib.exports.typed import Value

# What a sheet and a cell of Excel hold ("Excel specifications and limits").
MOST_ROWS, MOST_CHARACTERS = 1_048_576, 32_767
# What no XML may hold, even escaped; controls are escaped by the library, as Excel itself does it.
_NO_XML = dict.fromkeys((0xFFFE, 0xFFFF))
_WIDTHS: dict[FieldKind, int] = {"utc": 19, "local": 19, "amount": 13, "whole": 9, "flag": 9, "text": 18, "texts": 24}


def write_xlsx(
    stream: BinaryIO, title: str, fields: Sequence[tuple[str, FieldKind]], rows: Iterable[Row], most_rows: int = MOST_ROWS
) -> None:
    """Write a header and the rows into a sheet called `title`, and into further ones where a sheet is full.

    Memory stays bounded: rows go to a file of the system's folder for such, and from there into the workbook.
    """
    try:
        from xlsxwriter import Workbook  # noqa: PLC0415 - needed by this format alone, and installed for it alone
        from xlsxwriter.worksheet import Worksheet  # noqa: PLC0415
    except ImportError:
        raise MissingLibrary("XLSX needs XlsxWriter: pip install -r requirements-exports.txt, or choose --format csv") from None
    book = Workbook(stream, {"constant_memory": True, "in_memory": False, "strings_to_formulas": False})

    class PlainSheet(Worksheet):  # type: ignore[misc]
        """As the library's, which takes a text between `<r>` and `</r>` for markup of its own and escapes nothing in it."""

        def _xml_rich_inline_string(self, string: str, attributes: Any = ()) -> None:
            self._xml_inline_string(string, preserve=False, attributes=attributes)

    book.worksheet_class = PlainSheet
    sheet = _Sheets(book, title, fields, most_rows)
    for row in rows:
        sheet.add(row)
    sheet.end()
    book.close()


class _Sheets:
    """The sheets of a workbook, of which the last one grows."""

    def __init__(self, book: Any, title: str, fields: Sequence[tuple[str, FieldKind]], most_rows: int) -> None:
        self._book = book
        self._title = title
        self._fields = fields
        self._most_rows = most_rows
        self._bold = book.add_format({"bold": True})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._amounts: dict[int, Any] = {}
        self._count = 0
        self._begin()

    def add(self, row: Row) -> None:
        """Write a row below the last one."""
        if self._next == self._most_rows:
            self.end()
            self._begin()
        for column, value in enumerate(row):
            self._write(column, value)
        self._next += 1

    def end(self) -> None:
        """Let the sheet be filtered by its columns."""
        self._sheet.autofilter(0, 0, self._next - 1, len(self._fields) - 1)

    def _begin(self) -> None:
        self._count += 1
        self._sheet = self._book.add_worksheet(self._title if self._count == 1 else f"{self._title} {self._count}")
        for column, (name, kind) in enumerate(self._fields):
            self._sheet.set_column(column, column, max(_WIDTHS[kind], len(name) + 2))
        for column, (name, _) in enumerate(self._fields):
            self._sheet.write_string(0, column, name, self._bold)
        self._sheet.freeze_panes(1, 0)
        self._next = 1

    def _write(self, column: int, value: Value) -> None:
        match value:
            case None | "" | ():
                return
            case str():
                self._sheet.write_string(self._next, column, _fitting(value))
            case bool():
                self._sheet.write_boolean(self._next, column, value)
            case datetime():
                self._sheet.write_datetime(self._next, column, value.replace(tzinfo=None), self._moment)
            case tuple():
                self._sheet.write_string(self._next, column, _fitting("|".join(value)))
            case Decimal():
                self._write_amount(column, value)
            case _:
                self._sheet.write_number(self._next, column, value)

    def _write_amount(self, column: int, amount: Decimal) -> None:
        number = float(amount)
        if Decimal(repr(number)) != amount:
            # More digits than Excel's numbers have: as a text, no digit is lost.
            self._sheet.write_string(self._next, column, f"{amount:f}")
            return
        exponent = amount.as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        if decimals not in self._amounts:
            self._amounts[decimals] = self._book.add_format({"num_format": "0" + ("." + "0" * decimals if decimals else "")})
        self._sheet.write_number(self._next, column, number, self._amounts[decimals])


def _fitting(text: str) -> str:
    """Return so much of a text as a cell holds; Excel counts what is written in two units twice."""
    text = text.translate(_NO_XML)
    if len(text) <= MOST_CHARACTERS // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_CHARACTERS:
        return text
    return units[: 2 * (MOST_CHARACTERS - 1)].decode("utf-16-le", "ignore") + "…"
