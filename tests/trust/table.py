"""What came of trying to break the promises: one row for each promise, printed as one table, plain or as markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests import columns

HEADINGS = ("", "promise", "how it was tried", "tries", "lost", "and")
NUMBERS = {0, 3, 4}  # columns that stand at the right


@dataclass(frozen=True)
class Tried:
    """A promise, how it was tried, how often, how often that broke it (`lost`), and in few words what else (`said`)."""

    promise: str
    how: str
    tries: int
    lost: int
    said: str = ""


@dataclass(frozen=True)
class Row:
    """What was tried, the number of the promise, how many seconds it took, and in `broken` why it was not tried to its end."""

    number: int
    tried: Tried
    seconds: float
    broken: str = ""

    @property
    def kept(self) -> bool:
        """Tell whether the promise was tried at all and nothing was lost."""
        return not self.broken and self.tried.tries > 0 and self.tried.lost == 0

    def cells(self) -> tuple[str, ...]:
        """Return the words under the headings."""
        said = "; ".join(filter(None, (self.broken, self.tried.said, f"{self.seconds:,.0f} s")))
        lost = "?" if self.broken else f"{self.tried.lost:,}"
        return (str(self.number), self.tried.promise, self.tried.how, f"{self.tried.tries:,}", lost, said)


def summary(rows: Sequence[Row], size: str, seed: int, took: float) -> str:
    """Return the sentence under the table: what was kept, in how many seconds, and what makes the table again."""
    kept = sum(row.kept for row in rows)
    again = f"seed {seed}: `python -m tests.trust --size {size} --seed {seed}` makes it again"
    return f"{kept} of {len(rows)} promises kept in {took:,.0f} s, {again}"


def plain(rows: Sequence[Row]) -> str:
    """Return the table in aligned columns for a terminal."""
    return columns.plain(HEADINGS, [row.cells() for row in rows], NUMBERS)


def markdown(rows: Sequence[Row]) -> str:
    """Return the table as markdown."""
    return columns.markdown(HEADINGS, [row.cells() for row in rows], NUMBERS)
