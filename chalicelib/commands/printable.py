"""Print what others wrote so that a terminal shows it and obeys none of it."""

from __future__ import annotations

# They join letters in Persian and in emoji, and move nothing.
_JOINERS = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")


def printable(text: str) -> str:
    """Return text on one line in which controls, overrides of direction and what cannot be shown stand as escapes."""
    return "".join(char if char.isprintable() or char in _JOINERS else ascii(char)[1:-1] for char in text)
