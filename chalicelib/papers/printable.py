"""Which characters reach paper: what a font lacks is written otherwise or owned up to, and nothing steers the direction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator

GAP = "[…]"
"""Stands where letters of a script are left out that the paper's font does not have."""

_ISOLATES = frozenset("\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")
_BLANKS = frozenset({"Cc", "Zs", "Zl", "Zp"})
# Marks that steer, code points of no character, and pictures: nothing that names goods or people.
_SILENT = frozenset({"Cf", "Cs", "Co", "Cn", "So", "Sk", "Mn", "Me"})
_GAPS = re.compile(rf"{re.escape(GAP)}(?:\s*{re.escape(GAP)})+")
_SPACES = re.compile(" +")
MOST_MARKS = 3
"""Marks that may stand on one letter; more than any language needs would run over other lines."""


def printable(text: str, font: Container[int]) -> str:
    """Return text as a font can print it on one line; `font` holds the code points that it has.

    What it lacks becomes its plain letters (`ế` is `e`, `Ａ` is `A`), its digit, or, a run of letters at once, `GAP`. Pictures,
    controls and marks of direction go, all but isolates, which our own sentences use and which steer no other line.
    """
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(_written(char, font) for char in _marked(composed))
    # Where something went or became plain, what stands together now may be one letter, or too many marks.
    if kept != composed:
        return printable(kept, font)
    return _SPACES.sub(" ", _GAPS.sub(GAP, kept)).strip(" ")


def _marked(text: str) -> Iterator[str]:
    """Yield the characters of a text without the marks that are too many on one letter."""
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks <= MOST_MARKS:
            yield char


def _written(char: str, font: Container[int]) -> str:
    if char in _ISOLATES or char in _JOINERS:
        return char
    category = unicodedata.category(char)
    if category in _BLANKS:
        return "\N{NO-BREAK SPACE}" if char in "\u00a0\u202f" else " "
    if category == "Cf":
        return ""
    if ord(char) in font:
        return char
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category in _SILENT:
        return ""
    plain = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return plain if plain and all(ord(part) in font for part in plain) else GAP
