"""Write rows as CSV that spreadsheets open and none of them runs."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import BinaryIO, Literal

from chalicelib.exports.columns import FieldKind
from chalicelib.exports.rows import Row
from chalicelib.exports.typed import Value

Separator = Literal["comma", "semicolon", "tab"]
_CHARACTERS: dict[Separator, str] = {"comma": ",", "semicolon": ";", "tab": "\t"}

# What a spreadsheet takes for the beginning of a formula, full-width forms included. It counts at the beginning of a text, and
# wherever a program that expects another separator or another quoting would begin a cell.
# What stands before it and cannot be seen is passed over.
_FORMULA = re.compile(r'(^|[,;\t"])([\s"\u200b-\u200f\u2060\ufeff]*)(?=[=+\-@＝＋－＠])')
# Without any of these there is nothing to do, as in most texts.
_SUSPECT = re.compile(r"[=+\-@＝＋－＠\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BREAKS = re.compile(r"\s*[\r\n\x0b\x0c\x85\u2028\u2029]\s*")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def write_csv(
    stream: BinaryIO, fields: Sequence[tuple[str, FieldKind]], rows: Iterable[Row], *, bom: bool, separator: Separator = "comma"
) -> None:
    """Write a header and the rows, in UTF-8 with CRLF; `bom` puts the mark in front by which Excel knows UTF-8.

    Moments are written as spreadsheets know them, `2026-03-10 12:00:00`; the column says in which zone.
    """
    if bom:
        stream.write(codecs.BOM_UTF8)
    writer = csv.writer(_Encoded(stream), delimiter=_CHARACTERS[separator], lineterminator="\r\n")
    writer.writerow([name for name, _ in fields])
    for row in rows:
        writer.writerow([_cell(value) for value in row])


class _Encoded:
    """Text that goes into a stream of bytes, which it leaves open whatever happens."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(text.encode())


def harmless(text: str) -> str:
    """Return a text on one line, with an apostrophe before whatever a spreadsheet could take for a formula."""
    if not _SUSPECT.search(text):
        return text
    return _FORMULA.sub(r"\1\2'", _CONTROLS.sub("", _BREAKS.sub(" ", text)))


def _cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat(" ")[:19]
        case tuple():
            return harmless("|".join(value))
    return f"{value:f}" if not isinstance(value, int) else str(value)
