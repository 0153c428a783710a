"""In which order the parts of a line are seen where scripts of both directions meet (UAX #9).

The levels are fpdf2's; it puts no runs of more than two levels in order, such as a number inside Persian inside Spanish.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))


def runs_of(text: str, direction: TextDirection) -> list[tuple[str, int]]:
    """Return the unbroken runs of one embedding level (UAX #9), in the order of reading."""
    # fpdf2 gives joiners the level of what is around a word, which would tear it in two; they have that of the letter before.
    others = BidiParagraph(text.translate(_JOINERS), direction, preserve_bn_chars=True).characters
    levels = iter([each.embedding_level for each in others])
    level = 0 if direction == TextDirection.LTR else 1
    placed: list[tuple[str, int]] = []
    for char in text:
        level = level if ord(char) in _JOINERS else next(levels)
        placed.append((char, level))
    return [("".join(char for char, _ in run), level) for level, run in groupby(placed, key=itemgetter(1))]


def seen_order(levels: Sequence[int]) -> list[int]:
    """Return the numbers of runs in the order in which they are seen from left to right (UAX #9, L2)."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        turned: list[int] = []
        for together, numbers in groupby(order, key=lambda number: levels[number] >= level):
            found = list(numbers)
            turned += reversed(found) if together else found
        order = turned
    return order
