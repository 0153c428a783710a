"""What was measured: one row for each figure, ours beside its rival's, printed as one table, plain or as markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests import columns

HEADINGS = ("what", "ours", "rival", "ratio", "asked for", "spread", "")
NUMBERS = {1, 2, 3}  # columns that stand at the right


@dataclass(frozen=True)
class Figure:
    """A figure of ours in its unit, and a rival's from the same run, None where there is none.

    Of `ratio`, `at_most` and `at_least` those that are asked for are given: the most that ours may be as a share of the
    rival's, and bounds of ours in its own unit. `asked` says the same in words, `spread` the least and the most of ours.
    """

    what: str
    ours: float
    unit: str
    rival: float | None = None
    rival_name: str = ""
    ratio: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    spread: tuple[float, float] | None = None

    @property
    def share(self) -> float | None:
        """Ours as a share of the rival's."""
        return self.ours / self.rival if self.rival else None

    @property
    def kept(self) -> bool:
        """Tell whether what was asked for is reached; a figure for which nothing is asked always is."""
        if self.ratio is not None and (self.share is None or self.share > self.ratio):
            return False
        if self.at_most is not None and self.ours > self.at_most:
            return False
        return self.at_least is None or self.ours >= self.at_least

    @property
    def asked(self) -> str:
        """Say in words what is asked for."""
        said = []
        if self.ratio is not None:
            said.append(f"≤ {self.ratio:g} ×")
        if self.at_most is not None:
            said.append(f"≤ {number(self.at_most)} {self.unit}")
        if self.at_least is not None:
            said.append(f"≥ {number(self.at_least)} {self.unit}")
        return ", ".join(said)

    def cells(self) -> tuple[str, ...]:
        """Return the words under the headings."""
        rival = "" if self.rival is None else f"{number(self.rival)} {self.unit} ({self.rival_name})"
        share = "" if self.share is None else f"{self.share:.2f}"
        spread = "" if self.spread is None else f"{number(self.spread[0])}–{number(self.spread[1])}"
        judged = ("yes" if self.kept else "NO") if self.asked else ""
        return (self.what, f"{number(self.ours)} {self.unit}", rival, share, self.asked, spread, judged)


def of_rounds(what: str, ours: Sequence[float], unit: str, rival: Sequence[float] = (), **said: float | str) -> Figure:
    """Return the figure of several rounds: medians, and the spread of ours."""
    spread = (min(ours), max(ours))
    beside = median(rival) if rival else None
    return Figure(what, median(ours), unit, beside, spread=spread, **said)  # type: ignore[arg-type]


def number(value: float) -> str:
    """Write a figure with three digits that count, or with all of its whole ones."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def plain(figures: Sequence[Figure]) -> str:
    """Return the table in aligned columns for a terminal."""
    return columns.plain(HEADINGS, [figure.cells() for figure in figures], NUMBERS)


def markdown(figures: Sequence[Figure]) -> str:
    """Return the table as markdown."""
    return columns.markdown(HEADINGS, [figure.cells() for figure in figures], NUMBERS)


def summary(figures: Sequence[Figure]) -> str:
    """Return the sentence under the table: how many of the bounds hold, and which do not."""
    asked = [figure for figure in figures if figure.asked]
    short = [figure.what for figure in asked if not figure.kept]
    missed = f"; short of it: {', '.join(short)}" if short else ""
    return f"{len(asked) - len(short)} of {len(asked)} bounds hold{missed}"
