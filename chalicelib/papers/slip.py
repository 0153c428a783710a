"""The return slip as a PDF: one page for a usual return, more where its lines need them, the label to cut off at the end."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.papers.cut_off import HEIGHT, draw_label
from chalicelib.papers.printable import GAP
from chalicelib.papers.sheet import BRAND, HEADING, NUMBER, SMALL, STRONG, TEXT, TITLE, Direction, Sheet, Type, paper_of
from chalicelib.papers.words import Fact, Goods, Slip
from chalicelib.rendering import render

MARGIN = 15.0
SPACE = 3.5
QR_WIDTH = 32.0
BAR_HEIGHT = 14.0
QUANTITY_WIDTH = 18.0
REASON_WIDTH = 50.0
QUIET = 4 / 45
"""The share of a QR code's width that is its light margin, about."""


def slip_pdf(slip: Slip) -> bytes:
    """Return the slip as a PDF file, the same bytes whenever the same return is asked for."""
    made, words = slip.made, slip.words
    language = slip.wording.language
    sheet = Sheet(paper_of(made.country), language.code, language.direction, made.created_at, f"RMA {slip.rma}")
    writer = _Writer(slip, sheet)
    writer.head()
    writer.facts(words.facts)
    writer.goods(words.goods)
    writer.steps(words.steps)
    writer.end()
    return sheet.finished()


class _Writer:
    """Writes a slip from top to bottom; `y` is how far down it is."""

    def __init__(self, slip: Slip, sheet: Sheet) -> None:
        self._slip = slip
        self._sheet = sheet
        self._words = slip.words
        self._gaps = False
        self._bottom = sheet.height - MARGIN
        self._inner = sheet.width - 2 * MARGIN
        self._y = MARGIN
        sheet.add_page()

    def head(self) -> None:
        """Write whose slip this is, and the return's number for people and for both kinds of scanner."""
        sheet, words = self._sheet, self._words
        sheet.write(words.title, TITLE, sheet.width - MARGIN, self._y + BRAND.height - TITLE.height - 1, "end")
        self._line(words.shop, BRAND, natural=True)
        sheet.rule(MARGIN, self._y, self._inner)
        top = self._y + 1
        # The code's own light margin may reach into the page's.
        sheet.qr(self._slip.receiving, sheet.width - MARGIN - QR_WIDTH + QR_WIDTH * QUIET, top, QR_WIDTH)
        self._y += SPACE
        self._line(words.rma_label, SMALL)
        sheet.write(self._slip.rma, NUMBER, MARGIN, self._y, direction="ltr")
        self._y += NUMBER.height + 1
        sheet.bars(self._slip.rma, MARGIN, self._y, BAR_HEIGHT)
        self._y = max(self._y + BAR_HEIGHT + 2, top + QR_WIDTH)
        self._paragraph(words.hint, STRONG)
        self._y += 2

    def facts(self, facts: Sequence[Fact]) -> None:
        """Write what is to be known at a glance, and beside it where the goods go to."""
        top, half = self._y, (self._inner - SPACE) / 2
        for fact in facts:
            self._line(fact.label, SMALL)
            for line in self._wrapped(fact.value, STRONG, half):
                self._sheet.write(line, STRONG, MARGIN, self._y, direction="ltr" if fact.code else None)
                self._y += STRONG.height
        left, self._y = self._y, top
        self._address(MARGIN + half + SPACE, half)
        self._y = max(self._y, left) + SPACE

    def goods(self, goods: Sequence[Goods]) -> None:
        """Write what comes back, line by line, its heads again on each page that it goes on to."""
        self._heading(self._words.goods_title)
        self._columns()
        for each in goods:
            self._good(each)
        self._y += SPACE

    def steps(self, steps: Sequence[str]) -> None:
        """Write what the customer does now, numbered."""
        inset = 8.0
        self._heading(self._words.steps_title, TEXT.height * 2)
        for number, step in enumerate(steps, start=1):
            lines = self._wrapped(step, TEXT, self._inner - inset)
            self._room(TEXT.height * min(len(lines), 4))
            self._sheet.write(self._slip.wording.number(number) + ".", STRONG, MARGIN, self._y)
            for line in lines:
                self._room(TEXT.height)
                self._sheet.write(line, TEXT, MARGIN + inset, self._y)
                self._y += TEXT.height
        self._y += 2
        self._paragraph(self._words.questions, SMALL)

    def end(self) -> None:
        """Write the label to cut off at the bottom, and at the foot what holds for all pages."""
        sheet = self._sheet
        if self._gaps:
            self._paragraph(self._words.gap, SMALL)
        if self._slip.cut_off:
            top = self._bottom - HEIGHT
            if self._y + 1 > top:
                self._next_page()
                top = self._y + SPACE
            draw_label(sheet, self._slip, MARGIN, top)
        pages = sheet.pages
        for page in range(1, pages + 1 if pages > 1 else 1):
            sheet.turn_to(page)
            said = render("papers/page.txt", self._slip.wording, page=page, pages=pages).strip()
            sheet.write(said, SMALL, sheet.width - MARGIN, sheet.height - MARGIN + 0.5, "end")

    def _address(self, x: float, width: float) -> None:
        to = self._slip.to
        self._sheet.write(self._words.to_title, SMALL, x, self._y)
        self._y += SMALL.height
        for text, style in [(to.name, STRONG), *((line, TEXT) for line in to.lines), (self._words.hours, SMALL)]:
            for line in self._wrapped(text, style, width):
                self._sheet.write(line, style, x, self._y, direction=self._sheet.natural(line))
                self._y += style.height

    def _columns(self) -> None:
        words = self._words
        name = MARGIN + QUANTITY_WIDTH
        reason = MARGIN + self._inner - REASON_WIDTH
        for text, x in ((words.quantity, MARGIN), (words.item, name), (words.reason, reason)):
            self._sheet.write(text, SMALL, x, self._y)
        self._y += SMALL.height + 0.5
        self._sheet.rule(MARGIN, self._y, self._inner, grey=120)
        self._y += 1

    def _good(self, goods: Goods) -> None:
        name = self._wrapped(goods.name, TEXT, self._inner - QUANTITY_WIDTH - REASON_WIDTH - SPACE)
        code = self._wrapped(goods.sku, SMALL, self._inner - QUANTITY_WIDTH - REASON_WIDTH - SPACE)
        reason = self._wrapped(goods.reason, TEXT, REASON_WIDTH)
        height = max(TEXT.height * len(name) + SMALL.height * len(code), TEXT.height * len(reason)) + 2
        if self._y + height > self._bottom:
            self._next_page()
            self._columns()
        natural = self._sheet.natural(goods.name)
        self._sheet.write(f"{goods.quantity} ×", STRONG, MARGIN, self._y)
        x = MARGIN + QUANTITY_WIDTH
        self._column(name, TEXT, x, self._y, natural=natural)
        self._column(code, SMALL, x, self._y + TEXT.height * len(name), natural="ltr")
        self._column(reason, TEXT, MARGIN + self._inner - REASON_WIDTH, self._y)
        self._y += height - 1
        self._sheet.rule(MARGIN, self._y, self._inner)
        self._y += 1

    def _heading(self, text: str, following: float = TEXT.height) -> None:
        """Write a heading on a page that also has room for what follows it."""
        self._room(HEADING.height + following + 8)
        self._line(text, HEADING)
        self._y += 1

    def _paragraph(self, text: str, style: Type) -> None:
        for line in self._wrapped(text, style, self._inner):
            self._room(style.height)
            self._line(line, style)

    def _line(self, text: str, style: Type, *, natural: bool = False) -> None:
        direction = self._sheet.natural(text) if natural else None
        self._sheet.write(text, style, MARGIN, self._y, direction=direction)
        self._y += style.height

    def _column(self, lines: Sequence[str], style: Type, x: float, y: float, natural: Direction | None = None) -> None:
        for number, line in enumerate(lines):
            self._sheet.write(line, style, x, y + number * style.height, direction=natural)

    def _wrapped(self, text: str, style: Type, width: float) -> list[str]:
        lines = self._sheet.wrapped(text, style, width)
        self._gaps = self._gaps or any(GAP in line for line in lines)
        return lines

    def _room(self, height: float) -> None:
        if self._y + height > self._bottom:
            self._next_page()

    def _next_page(self) -> None:
        """Begin a page that says whose it is, should it get lost."""
        self._sheet.add_page()
        self._y = MARGIN
        self._sheet.write(self._words.title, SMALL, MARGIN, self._y)
        self._sheet.write(self._slip.rma, STRONG, self._sheet.width - MARGIN, self._y, "end", "ltr")
        self._y += STRONG.height
        self._sheet.rule(MARGIN, self._y, self._inner)
        self._y += SPACE
