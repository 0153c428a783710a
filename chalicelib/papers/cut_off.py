"""The address label at the foot of a slip, to be cut off and stuck on a parcel that the customer pays for."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.papers.sheet import NUMBER, SMALL, Sheet, Type
from chalicelib.papers.words import Slip, from_lines

HEIGHT = 68.0
"""What the label takes of the page, from the line on which it is cut off."""
BARS_WIDTH = 84.0
BAR_HEIGHT = 13.0
PADDING = 5.0
SIZES = (13.0, 11.5, 10.0, 9.0, 8.0, 7.0, 6.0)
"""The sizes of type in which an address is tried, until it fits."""


def draw_label(sheet: Sheet, slip: Slip, margin: float, top: float) -> None:
    """Draw the line to cut along and the label below it: whom it is for, who sends it, and the return's number."""
    inner = sheet.width - 2 * margin
    sheet.rule(0, top, sheet.width, grey=90, dashed=True)
    sheet.write(slip.words.cut, SMALL, margin, top + 0.5)
    top += SMALL.height + 1
    bottom = top + HEIGHT - SMALL.height - 1
    sheet.frame(margin, top, inner, bottom - top)
    left, top = margin + PADDING, top + 2
    wide = inner - BARS_WIDTH - 3 * PADDING
    sheet.write(slip.words.to, SMALL, left, top)
    _fitted(sheet, _addressee(slip), SIZES, (left, top + SMALL.height), (wide, bottom - top - SMALL.height))
    right = sheet.width - margin - PADDING - BARS_WIDTH
    sheet.write(slip.rma, NUMBER, right, top, direction="ltr")
    y = top + NUMBER.height
    sheet.bars(slip.rma, right, y, BAR_HEIGHT)
    _sender(sheet, slip, right, y + BAR_HEIGHT + 2, bottom)


def _addressee(slip: Slip) -> list[str]:
    to = slip.to
    abroad = slip.wording.countries().get(to.country, to.country) if slip.made.country != to.country else ""
    return [to.name, *to.lines, abroad]


def _sender(sheet: Sheet, slip: Slip, x: float, y: float, bottom: float) -> None:
    """Write the sender, or lines to write them on."""
    sheet.write(slip.words.sender, SMALL, x, y)
    y += SMALL.height
    if slip.sender is None:
        for number in range(1, 4):
            sheet.rule(x, y + number * 6.5, BARS_WIDTH, grey=120)
    else:
        lines = from_lines(slip.sender, slip.to.country, slip.wording)
        _fitted(sheet, lines, SIZES[2:], (x, y), (BARS_WIDTH, bottom - y - 1))


def _fitted(
    sheet: Sheet, texts: Sequence[str], sizes: Sequence[float], place: tuple[float, float], room: tuple[float, float]
) -> None:
    """Write an address, its first line bold, in the largest type in which it fits into a box."""
    (x, y), (width, height) = place, room
    for size in sizes:
        styles = (Type(size + 1, bold=True), *(Type(size),) * (len(texts) - 1))
        lines = [(line, style) for text, style in zip(texts, styles, strict=True) for line in sheet.wrapped(text, style, width)]
        if sum(style.height for _, style in lines) <= height or size == sizes[-1]:
            break
    for line, style in lines:
        if y + style.height > place[1] + height:
            break
        sheet.write(line, style, x, y, direction=sheet.natural(line))
        y += style.height
