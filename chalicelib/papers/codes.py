"""An RMA number as machines read it: a QR code that opens the shop's page for receiving it, a Code 128 of the number itself."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from barcode.codex import Code128

from chalicelib.papers.masks import best_code

QUIET_QR = 4
"""Light modules around a QR code (ISO/IEC 18004)."""
QUIET_BARS = 10
"""Light modules before and after a Code 128 (ISO/IEC 15417)."""
PIXELS_A_MODULE = 12
"""A code of the usual 45 modules with its margin is 540 pixels wide: large on a phone, and sharp when it is scaled."""


def receiving_address(portal_url: str, merchant: str, rma: str) -> str:
    """Return where staff receive a parcel: a phone's camera opens it, a scanner that types finds the RMA number in it."""
    return f"{portal_url}/{merchant}/staff/receive?rma={rma}"


def qr_rows(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of a QR code row by row, True where it is dark, without the light margin."""
    return tuple(tuple(module == "1" for module in row) for row in best_code(text).rows())


def qr_png(text: str) -> bytes:
    """Return a QR code with its margin as a PNG picture in black and white, the same bytes for the same text."""
    code = best_code(text)
    side = (code.size + 2 * QUIET_QR) * PIXELS_A_MODULE
    margin = "0" * QUIET_QR
    light = "0" * (code.size + 2 * QUIET_QR)
    rows = (*[light] * QUIET_QR, *(margin + row + margin for row in code.rows()), *[light] * QUIET_QR)
    # Of the lines of pixels that a row of modules takes, all but the first are written as "like the one above".
    again = (b"\2" + bytes(-(-side // 8))) * (PIXELS_A_MODULE - 1)
    lines = b"".join(b"\0" + _pixels(row) + again for row in rows)
    header = side.to_bytes(4) + side.to_bytes(4) + b"\1\0\0\0\0"
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _pixels(row: str) -> bytes:
    """Return the pixels of a row of modules from left to right, a bit each, 0 where they are black."""
    bits = row.translate({ord("0"): "1" * PIXELS_A_MODULE, ord("1"): "0" * PIXELS_A_MODULE})
    length = -(-len(bits) // 8)
    return int(bits.ljust(length * 8, "0"), 2).to_bytes(length)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)


def inlined(png: bytes) -> str:
    """Return a PNG picture as an address that holds it whole, for pages that load nothing."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


@dataclass(frozen=True)
class Bars:
    """A Code 128 as a picture of lines: how many modules wide with its light margins, and each dark bar's place and width."""

    width: int
    dark: tuple[tuple[int, int], ...]


def bar_picture(text: str) -> Bars:
    """Return a Code 128 with its light margins."""
    modules = bar_modules(text)
    return Bars(len(modules) + 2 * QUIET_BARS, tuple((QUIET_BARS + place, length) for place, length in dark_runs(modules)))


def bar_modules(text: str) -> tuple[bool, ...]:
    """Return the modules of a Code 128 from left to right, True where it is dark, without the light margins."""
    (modules,) = Code128(text).build()
    return tuple(module == "1" for module in modules)


def dark_runs(modules: Iterable[bool]) -> Iterator[tuple[int, int]]:
    """Yield where each unbroken run of dark modules begins, and how many it has."""
    place = 0
    for dark, run in groupby(modules):
        length = len(list(run))
        if dark:
            yield place, length
        place += length
