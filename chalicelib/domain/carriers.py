"""Which carrier a tracking number belongs to, where its form and its check digit say so."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.identifiers import fold_digits

_BETWEEN = re.compile(r"[\s./\-\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Tracking:
    """A tracking number in the carrier's own spelling, and the carrier's name."""

    carrier: str
    number: str


def recognise(typed: str) -> Tracking | None:
    """Return the carrier of a number in whatever spacing, case and digits it was typed; None if no known form fits."""
    number = _BETWEEN.sub("", fold_digits(typed)).upper()
    for carrier, form, holds in _CARRIERS:
        if form.fullmatch(number) and holds(number):
            return Tracking(carrier, number)
    return None


def _always(_number: str) -> bool:
    return True


def _ups(number: str) -> bool:
    """Check the last digit of `1Z` and sixteen characters: odd places count once, even ones twice; letters stand for digits."""
    values = [int(char) if char.isdigit() else (ord(char) - 63) % 10 for char in number[2:]]
    total = sum(value * (2 if place % 2 else 1) for place, value in enumerate(values[:-1]))
    return -total % 10 == values[-1]


def _mod10(number: str) -> bool:
    """Check the last digit by weights 3 and 1 from the right, as the USPS and GS1 do."""
    digits = [int(char) for char in number]
    total = sum(digit * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits[:-1])))
    return -total % 10 == digits[-1]


def _s10(number: str) -> bool:
    """Check the ninth digit of a number of the Universal Postal Union (S10): two letters, nine digits, a country."""
    digits = [int(char) for char in number[2:11]]
    remainder = 11 - sum(digit * weight for digit, weight in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=False)) % 11
    return {10: 0, 11: 5}.get(remainder, remainder) == digits[8]


def _fedex(number: str) -> bool:
    """Check the last of twelve digits: weights 3, 1 and 7, modulo 11, ten written as 0."""
    digits = [int(char) for char in number]
    total = sum(digit * weight for digit, weight in zip(digits[:11], (3, 1, 7) * 4, strict=False))
    return total % 11 % 10 == digits[11]


_POSTS = {
    "US": "USPS",
    "CO": "4-72",
    "IR": "Iran Post",
    "ES": "Correos",
    "DE": "Deutsche Post",
    "GB": "Royal Mail",
    "CN": "China Post",
}

_CARRIERS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("UPS", re.compile(r"1Z[0-9A-Z]{15}[0-9]"), _ups),
    ("USPS", re.compile(r"(420[0-9]{5})?9[1-5][0-9]{20}"), lambda number: _mod10(number[-22:])),
    *((name, re.compile(rf"[A-Z]{{2}}[0-9]{{9}}{country}"), _s10) for country, name in _POSTS.items()),
    ("Iran Post", re.compile(r"[0-9]{24}"), _always),
    ("Tipax", re.compile(r"[0-9]{21}"), _always),
    ("FedEx", re.compile(r"[0-9]{12}"), _fedex),
    ("DHL", re.compile(r"JJD[0-9]{15,18}|JD[0-9]{18}"), _always),
    ("Servientrega", re.compile(r"[29][0-9]{9}"), _always),
    ("Coordinadora", re.compile(r"[0-9]{11}"), _always),
    ("Inter Rapidísimo", re.compile(r"[27][0-9]{11}"), _always),
)
"""Tried in this order: forms that only one carrier has, and those with a check digit, before those that are only a length."""
