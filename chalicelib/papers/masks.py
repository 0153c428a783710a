"""Under which of the eight masks of ISO/IEC 18004 a QR code is told best from its surroundings, and the code under it.

The whole code is one number, row after row with the first module in its highest bit, so that each rule is a few steps for
all modules together: trying eight masks is most of the work of drawing a code. Which one is best is as `segno` finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import segno
from segno.encoder import add_alignment_patterns, add_finder_patterns, make_matrix

MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, _: i % 2 == 0,
    lambda _, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
"""Whether the module in row i, column j is turned round (7.8.2, table 10)."""


@dataclass(frozen=True)
class Modules:
    """A square of modules: how many in a row, and all of them as one number."""

    size: int
    bits: int

    def rows(self) -> Iterator[str]:
        """Yield each row as a text of `1` where it is dark and `0` where it is light."""
        written = f"{self.bits:0{self.size**2}b}"
        return (written[start : start + self.size] for start in range(0, len(written), self.size))


def best_code(text: str) -> Modules:
    """Return the modules of a QR code that survives the fold and the tape of a parcel (level M)."""
    code = segno.make_qr(text, error="m", mask=0)
    shape = _shape(int(code.version))
    data = (_number(code.matrix) ^ shape.masks[0]) & shape.data
    mask = min(range(len(MASKS)), key=lambda number: shape.score((data ^ shape.masks[number]) | shape.known))
    return Modules(shape.size, (data ^ shape.masks[mask]) | _frame(int(code.version), str(code.error), mask))


@dataclass(frozen=True)
class _Shape:
    """What codes of one size share: which modules hold data, which are dark from the start, each mask on the data's."""

    size: int
    data: int
    known: int
    masks: tuple[int, ...]

    def score(self, bits: int) -> int:
        """Return how badly scanners would tell this code from other things, over all four rules (7.8.3.1)."""
        rows = lines_of(self.size)
        alike = rows.alike(bits)
        blocks = alike & (alike << self.size) & ~(bits ^ (bits << self.size)) & rows.not_last
        uneven = int(abs(bits.bit_count() / self.size**2 * 100 - 50) / 5)
        columns = self._turned(bits)
        return (
            rows.runs(alike)
            + rows.runs(rows.alike(columns))
            + 3 * blocks.bit_count()
            + 40 * (rows.finders(bits) + rows.finders(columns))
            + 10 * uneven
        )

    def _turned(self, bits: int) -> int:
        written = f"{bits:0{self.size**2}b}"
        return int("".join(written[column :: self.size] for column in range(self.size)), 2)


@dataclass(frozen=True)
class Lines:
    """The lines of a square of this size; `from_column[k]` has the modules with k others before them in their line."""

    size: int
    from_column: tuple[int, ...]

    @property
    def not_last(self) -> int:
        """The modules of all lines but the last."""
        return (1 << self.size**2) - (1 << self.size)

    def until(self, after: int) -> int:
        """Return the modules that have so many others after them in their line."""
        return self.from_column[after] << after

    def alike(self, bits: int) -> int:
        """Return the modules that are as dark as the next one in their line."""
        return ~(bits ^ (bits << 1)) & self.until(1)

    @staticmethod
    def runs(alike: int) -> int:
        """Score unbroken runs: three for five modules of one colour in a line, one for each that follows."""
        five = alike & (alike << 1) & (alike << 2) & (alike << 3)
        return five.bit_count() + 2 * (five & ~(five >> 1)).bit_count()

    def finders(self, bits: int) -> int:
        """Count what looks like the middle of a corner, 1011101 with four light modules or the border on one side."""
        found = bits & ~(bits << 1) & (bits << 2) & (bits << 3) & (bits << 4) & ~(bits << 5) & (bits << 6) & self.until(6)
        before, after = 0, 0
        for step in range(1, 5):
            before |= (bits >> step) & self.from_column[step]
            after |= (bits << (6 + step)) & self.until(6 + step)
        alone = found & ~(before & after)
        if not found & (found >> 4 | found >> 6):
            return alone.bit_count()
        count = 0
        while found:
            place = found.bit_length() - 1
            counts = alone >> place & 1
            count += counts
            # One that counts has its seven modules to itself.
            found &= (1 << (place - 6 if counts and place > 6 else place)) - 1
        return count


@lru_cache(maxsize=8)
def lines_of(size: int) -> Lines:
    """Return the lines of a square with so many modules in each."""
    return Lines(size, tuple(int(("0" * column + "1" * (size - column)) * size, 2) for column in range(11)))


@lru_cache(maxsize=8)
def _shape(version: int) -> _Shape:
    size = 17 + 4 * version
    patterns: tuple[bytearray, ...] = make_matrix(size, size)  # type: ignore[no-untyped-call]
    add_finder_patterns(patterns, size, size)  # type: ignore[no-untyped-call]
    add_alignment_patterns(patterns, size, size)  # type: ignore[no-untyped-call]
    known = _number((module == 1 for module in row) for row in patterns)
    # The one module that is always dark is written with level and mask, once the mask is chosen; what is neither is data.
    patterns[-8][8] = 1
    data = _number((module > 1 for module in row) for row in patterns)
    masks = (_number((turns(i, j) for j in range(size)) for i in range(size)) & data for turns in MASKS)
    return _Shape(size, data, known, tuple(masks))


@lru_cache(maxsize=64)
def _frame(version: int, level: str, mask: int) -> int:
    """Return the dark modules around the data, which say level and mask and are the same for every text."""
    code = segno.make_qr("", version=version, error=level, mask=mask, boost_error=False)
    return _number(code.matrix) & ~_shape(version).data


def _number(rows: Iterable[Iterable[int]]) -> int:
    return int("".join("1" if dark else "0" for row in rows for dark in row), 2)
