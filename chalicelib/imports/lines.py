"""Read a file as numbered lines of text, whatever it holds, in bounded memory."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO, Literal

from chalicelib.domain.errors import VueltaError

Format = Literal["jsonl", "csv"]
FORMATS: dict[str, Format] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}

# No order that fits into an item of DynamoDB (400 KB) needs a longer line.
LONGEST_LINE = 1024 * 1024
_SHOWN_OF_A_LONG_LINE = 200
_BOM = b"\xef\xbb\xbf"


class ImportRefusedError(VueltaError):
    """Nothing can be imported, or nothing of a file be read; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file, counted from 1, without its end; `fault` says why it cannot be read at all."""

    number: int
    text: str
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was not taken from a file: the line that is wrong, why and how to mend it, and the text as it stands there."""

    line: int
    reason: str
    text: str


def read_lines(stream: BinaryIO, passed: Callable[[int], object] | None = None) -> Iterator[Line]:
    """Yield the lines that are not blank; `passed`, if any, is told the bytes of each line read.

    Lines end with LF or CRLF, the last one perhaps with nothing. A line that is too long or not UTF-8 comes with its fault.
    """
    passed = passed or _ignore
    for number in itertools.count(1):
        raw = stream.readline(LONGEST_LINE + 1)
        if not raw:
            return
        passed(len(raw))
        if len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
            _skip_rest(stream, passed)
            shown = raw[:_SHOWN_OF_A_LONG_LINE].decode(errors="backslashreplace") + "…"
            yield Line(number, shown, f"the line is longer than {LONGEST_LINE // 1024} KiB")
            continue
        if number == 1:
            raw = raw.removeprefix(_BOM)
            _check_encoding(raw)
        line = _decoded(number, raw.removesuffix(b"\n").removesuffix(b"\r"))
        if line.text.strip():
            yield line


def sniffed(lines: Iterator[Line], name: str, asked: Format | None) -> tuple[Format, Iterator[Line]]:
    """Tell the format of a file by what was asked for, else by its name, else by how it begins; give the lines back whole.

    ImportRefusedError if there is no line, or if it is JSON of another kind.
    """
    first = next(lines, None)
    if first is None:
        raise ImportRefusedError("the file is empty")
    start = first.text.lstrip()[:1]
    known = asked or FORMATS.get(PurePath(name).suffix.lower()) or ("jsonl" if start in ("{", "[") else "csv")
    if known == "jsonl" and start == "[":
        raise ImportRefusedError("the file is one JSON array: write each object on a line of its own (jq -c '.[]' does it)")
    return known, itertools.chain([first], lines)


def _ignore(_size: int) -> None:
    pass


def _skip_rest(stream: BinaryIO, passed: Callable[[int], object]) -> None:
    while part := stream.readline(LONGEST_LINE):
        passed(len(part))
        if part.endswith(b"\n"):
            return


def _check_encoding(start: bytes) -> None:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ImportRefusedError("the file is UTF-16: save it as UTF-8 (in Excel: CSV UTF-8)")
    if start.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        raise ImportRefusedError("the file is compressed or a spreadsheet: save it as CSV UTF-8 or JSON Lines")


def _decoded(number: int, raw: bytes) -> Line:
    try:
        return Line(number, raw.decode())
    except UnicodeDecodeError as error:
        fault = f"byte {error.start + 1} of the line is not UTF-8: save the file as UTF-8"
        return Line(number, raw.decode(errors="backslashreplace"), fault)
