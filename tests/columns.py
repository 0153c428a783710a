"""Tables of words, for a terminal and as markdown; columns of numbers stand at the right."""

from __future__ import annotations

from collections.abc import Collection, Sequence

Line = Sequence[str]


def plain(headings: Line, lines: Sequence[Line], numbers: Collection[int]) -> str:
    """Return the table in aligned columns for a terminal."""
    cells = [headings, *lines]
    widths = [max(len(line[column]) for line in cells) for column in range(len(headings))]
    sides = [str.rjust if column in numbers else str.ljust for column in range(len(headings))]
    aligned = ("  ".join(side(cell, width) for side, cell, width in zip(sides, line, widths, strict=True)) for line in cells)
    return "\n".join(line.rstrip() for line in aligned)


def markdown(headings: Line, lines: Sequence[Line], numbers: Collection[int]) -> str:
    """Return the table as markdown."""
    rule = ["---:" if column in numbers else "---" for column in range(len(headings))]
    cells = [headings, rule, *([cell.replace("|", "\\|") for cell in line] for line in lines)]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
