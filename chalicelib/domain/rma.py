"""RMA numbers: sixteen characters that a person can read out, write on a parcel and mistype without harm.

Fifteen random characters (75 bits, so that neither uniqueness nor guessing needs a thought) and one check character, in
Crockford's base 32, which leaves out I, L, O and U. The check is a weighted sum over the field of 32 elements: every single
wrong character and every two that changed places are noticed.
"""

from __future__ import annotations

import re

from chalicelib.domain.errors import InvalidRma
from chalicelib.domain.identifiers import fold_digits

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {character: value for value, character in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_LENGTH = 16
_RANDOM_BITS = 5 * (_LENGTH - 1)
_IGNORED = re.compile(r"[\s\-‐-―#:._\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")


def new_rma(random_bits: int) -> str:
    """Return the RMA number made from 75 random bits, as `7K3M-2Q9X-4TDV-H0PA`."""
    values = [(random_bits >> shift) & 31 for shift in range(0, _RANDOM_BITS, 5)]
    characters = "".join(ALPHABET[value] for value in [*values, _check(values)])
    return "-".join(characters[start : start + 4] for start in range(0, _LENGTH, 4))


def parse_rma(typed: str) -> str:
    """Return the RMA number that a person meant: any case, digits, dashes and spaces, with or without the word RMA.

    Raises InvalidRma where the length, a character or the check is wrong.
    """
    folded = _IGNORED.sub("", fold_digits(typed)).upper().removeprefix("RMA")
    if len(folded) != _LENGTH:
        raise InvalidRma(typed, "length")
    if any(character not in _VALUE for character in folded):
        raise InvalidRma(typed, "alphabet")
    values = [_VALUE[character] for character in folded]
    if _check(values[:-1]) != values[-1]:
        raise InvalidRma(typed, "check")
    return "-".join("".join(ALPHABET[value] for value in values[start : start + 4]) for start in range(0, _LENGTH, 4))


def _check(values: list[int]) -> int:
    """Return the weighted sum with weights 2, 4, 8 … of GF(32), all different and none zero."""
    total = 0
    for value in reversed(values):
        total = _doubled(total ^ value)
    return total


def _doubled(value: int) -> int:
    """Multiply by x modulo x⁵ + x² + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
