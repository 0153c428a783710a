"""Tables of words, for a terminal and as markdown; columns of numbers stand at the right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import zip_longest
from textwrap import wrap

Line = Sequence[str]
WIDEST = 44  # characters of a column on a terminal


def plain(headings: Line, lines: Sequence[Line], numbers: Collection[int]) -> str:
    """Return the table in aligned columns for a terminal; what is longer than `WIDEST` goes on in the next line."""
    wrapped = [[wrap(cell, WIDEST) for cell in line] for line in (headings, *lines)]
    cells = [row for line in wrapped for row in zip_longest(*line, fillvalue="")]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    sides = [str.rjust if column in numbers else str.ljust for column in range(len(headings))]
    aligned = ("  ".join(side(cell, width) for side, cell, width in zip(sides, line, widths, strict=True)) for line in cells)
    return "\n".join(line.rstrip() for line in aligned)


def markdown(headings: Line, lines: Sequence[Line], numbers: Collection[int]) -> str:
    """Return the table as markdown."""
    rule = ["---:" if column in numbers else "---" for column in range(len(headings))]
    cells = [headings, rule, *([cell.replace("|", "\\|") for cell in line] for line in lines)]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
