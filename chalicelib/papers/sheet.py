"""Sheets of paper that are written on from either side: shaped text, wrapped lines, rules and dark squares, as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.bidi import auto_detect_base_direction
from fpdf.enums import TextDirection
from fpdf.fonts import TTFFont

from chalicelib.papers.codes import QUIET_QR, bar_modules, dark_runs, qr_code
from chalicelib.papers.printable import printable
from chalicelib.papers.runs import runs_of, seen_order

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Vazirmatn"

Direction = Literal["ltr", "rtl"]
Side = Literal["start", "end", "middle"]
Format = Literal["a4", "letter"]

# Where CLDR's supplemental data say that paper is Letter and not A4.
_LETTER = frozenset("BZ CA CL CO CR GT MX NI PA PH PR SV US VE".split())
_DIRECTIONS: dict[Direction, TextDirection] = {"ltr": TextDirection.LTR, "rtl": TextDirection.RTL}
_UNSEEN = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
_MM_A_POINT = 25.4 / 72
MODULE = 0.33
"""The width of a bar's narrowest module in millimetres; scanners read from 0.25 on."""


def paper_of(country: str) -> Format:
    """Return the format of the paper in a country's printers."""
    return "letter" if country in _LETTER else "a4"


@dataclass(frozen=True)
class Type:
    """How text is set: its size in points, its weight, and how dark it is (0 is black, 255 white)."""

    size: float
    bold: bool = False
    grey: int = 0

    @property
    def height(self) -> float:
        """The height of a line in millimetres, with room for Persian above and below."""
        return self.size * 1.5 * _MM_A_POINT


BRAND, TITLE, NUMBER = Type(17, bold=True), Type(11, grey=70), Type(17, bold=True)
HEADING, TEXT, STRONG, SMALL = Type(11.5, bold=True), Type(10), Type(10, bold=True), Type(8.5, grey=70)


class Sheet:
    """The pages of one paper. Places are millimetres from the top and from the side at which its language begins to read."""

    def __init__(self, paper: Format, language: str, direction: Direction, made_at: datetime, title: str) -> None:
        self.direction: Direction = direction
        self._pdf = pdf = FPDF(format=paper, unit="mm")
        pdf.set_creation_date(made_at)
        pdf.set_title(title)
        pdf.set_lang(language)
        pdf.set_auto_page_break(auto=False)
        pdf.str_alias_nb_pages = ""  # Or "{nb}" in anybody's words would become the number of pages.
        pdf.c_margin = 0
        pdf.add_font(FAMILY, "", FONTS / "Vazirmatn-Regular.ttf")
        pdf.add_font(FAMILY, "B", FONTS / "Vazirmatn-Bold.ttf")
        pdf.set_line_width(0.2)
        self._letters = letters()
        self._widths: dict[tuple[str, float, bool], float] = {}

    @property
    def width(self) -> float:
        """The width of a page."""
        return float(self._pdf.w)

    @property
    def height(self) -> float:
        """The height of a page."""
        return float(self._pdf.h)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return len(self._pdf.pages)

    def add_page(self) -> None:
        """Begin a new page."""
        self._pdf.add_page()

    def turn_to(self, page: int) -> None:
        """Go back to a page, counted from 1, to write on it."""
        self._pdf.page = page
        # A type that is set already is not written again, though this page may have ended in another.
        self._pdf.set_font(FAMILY, "B", 1)

    def clean(self, text: str) -> str:
        """Return text as this paper can show it."""
        return printable(text, self._letters)

    def wrapped(self, text: str, style: Type, width: float) -> list[str]:
        """Return text as lines of at most this width; a word that is wider by itself is broken where the line ends."""
        lines: list[str] = []
        line = ""
        for word in self.clean(text).split(" "):
            longer = f"{line} {word}" if line else word
            if self._measured(longer, style) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            *whole, line = self._broken(word, style, width)
            lines += whole
        return [*lines, line] if line else lines

    def write(self, text: str, style: Type, x: float, y: float, side: Side = "start", direction: Direction | None = None) -> None:
        """Write one line whose top is at `y`, its start, end or middle at `x`; its direction is the paper's unless given."""
        text = self.clean(text)
        width = self._measured(text, style)
        begins = self._from_left(x, 0)
        if side == "middle":
            left = begins - width / 2
        else:
            left = begins if (side == "start") == (self.direction == "ltr") else begins - width
        for run, offset, way in self._placed(text, style, direction or self.direction):
            self._pdf.set_text_shaping(direction=way)
            self._pdf.set_xy(left + offset, y)
            self._pdf.cell(w=None, h=style.height, text=run)

    def measured(self, text: str, style: Type) -> float:
        """Return how wide a line of text is."""
        return self._measured(self.clean(text), style)

    def natural(self, text: str) -> Direction:
        """Return the direction of a text of its own, such as a name: that of its first letter that has one."""
        return "rtl" if auto_detect_base_direction(text) == TextDirection.RTL else "ltr"

    def rule(self, x: float, y: float, width: float, *, grey: int = 200, dashed: bool = False) -> None:
        """Draw a line across."""
        left = self._from_left(x, width)
        self._pdf.set_draw_color(grey)
        if dashed:
            self._pdf.set_dash_pattern(dash=2, gap=1.6)
        self._pdf.line(left, y, left + width, y)
        self._pdf.set_dash_pattern()

    def frame(self, x: float, y: float, width: float, height: float, *, grey: int = 0) -> None:
        """Draw the outline of a box."""
        self._pdf.set_draw_color(grey)
        self._pdf.rect(self._from_left(x, width), y, width, height)

    def qr(self, text: str, x: float, y: float, width: float) -> None:
        """Draw a QR code with its light margin in a square of this width."""
        self._squares(qr_code(text).matrix, x, y, width, width, QUIET_QR, QUIET_QR)

    def bars(self, text: str, x: float, y: float, height: float) -> float:
        """Draw a Code 128 without its light margins, to be kept free around it; return how wide it is."""
        modules = bar_modules(text)
        width = len(modules) * MODULE
        self._squares([modules], x, y, width, height, 0, 0)
        return width

    def finished(self) -> bytes:
        """Return the paper as a PDF file; nothing can be written on it after that."""
        written = bytes(self._pdf.output())
        for font in self._pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()
        return written

    def _squares(
        self, rows: Sequence[Sequence[int]], x: float, y: float, width: float, height: float, across: int, down: int
    ) -> None:
        """Draw the dark modules of rows in a box, so many light ones around them.

        They are never mirrored: what machines read has one direction.
        """
        left = self._from_left(x, width)
        module, tall = width / (len(rows[0]) + 2 * across), height / (len(rows) + 2 * down)
        self._pdf.set_fill_color(0)
        for number, row in enumerate(rows, start=down):
            for place, length in dark_runs(row):
                self._pdf.rect(left + (place + across) * module, y + number * tall, length * module, tall, style="F")

    def _from_left(self, x: float, width: float) -> float:
        return x if self.direction == "ltr" else self.width - x - width

    def _broken(self, word: str, style: Type, width: float) -> list[str]:
        """Return a word in pieces that fit; whole if it does."""
        pieces = [""]
        for char in word:
            if pieces[-1] and self._measured(pieces[-1] + char, style) > width:
                pieces.append("")
            pieces[-1] += char
        return pieces

    def _placed(self, text: str, style: Type, direction: Direction) -> list[tuple[str, float, TextDirection]]:
        """Return the runs of a line in the order of reading, each with its distance from the line's left edge."""
        runs = runs_of(text, _DIRECTIONS[direction])
        widths = [self._measured(run, style) for run, _ in runs]
        offsets = [0.0] * len(runs)
        reached = 0.0
        for number in seen_order([level for _, level in runs]):
            offsets[number] = reached
            reached += widths[number]
        return [
            (run.translate(_UNSEEN), offset, TextDirection.RTL if level % 2 else TextDirection.LTR)
            for (run, level), offset in zip(runs, offsets, strict=True)
            if run.translate(_UNSEEN)
        ]

    def _measured(self, text: str, style: Type) -> float:
        """Return the width of text that was cleaned; also sets the type for what is written next."""
        self._pdf.set_font(FAMILY, "B" if style.bold else "", style.size)
        self._pdf.set_text_color(style.grey)
        key = (text, style.size, style.bold)
        if key not in self._widths:
            self._pdf.set_text_shaping()
            self._widths[key] = float(self._pdf.get_string_width(text.translate(_UNSEEN)))
        return self._widths[key]


@cache
def letters() -> frozenset[int]:
    """The code points that the fonts have, both weights."""
    found = []
    for path in FONTS.glob("*.ttf"):
        with TTFont(path, lazy=True) as font:
            found.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*found)
