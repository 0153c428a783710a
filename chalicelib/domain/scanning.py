"""What a scanner read or a person typed at the parcel table: a return's number, wherever it stands, or something else."""

from __future__ import annotations

import re
from typing import Literal

from chalicelib.domain.carriers import recognise
from chalicelib.domain.errors import InvalidRma
from chalicelib.domain.identifiers import fold_digits
from chalicelib.domain.rma import parse_rma

Trouble = Literal["missing", "tracking", "product", "keyboard", "address", "length", "alphabet", "check", "unknown"]
"""Why something is no return's number: nothing there, a carrier's number, a product's barcode, letters of another keyboard,
an address without a number, too long or short, a letter that no number has, a mistyped one, nothing that we know.
"""

# Scanners may say first which code they read (ISO/IEC 15424), such as `]C0` for Code 128.
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9]")
_PARTS = re.compile(r"[/?&=#\s]+")
# A scanner types as on a keyboard of the US: where the computer's is another, dashes come out as apostrophes or the like.
_BETWEEN = re.compile(r"[^0-9A-Za-z]+")
_OTHER_KEYBOARD = re.compile(r"[\u0370-\u06ff\u0750-\u077f]")
_ABOUT_SIXTEEN = range(12, 21)


def rma_in(typed: str) -> str | None:
    """Return the RMA number that stands in what was read: alone, in any spelling, or somewhere in an address of the web."""
    plain = _plain(typed)
    for part in (plain, _BETWEEN.sub("", plain), *(_BETWEEN.sub("", each) for each in _PARTS.split(plain))):
        try:
            return parse_rma(part)
        except InvalidRma:
            continue
    return None


def trouble(typed: str) -> Trouble:
    """Say why something that names no return names none: what to tell whoever scanned it."""
    plain = _plain(typed)
    if not plain:
        return "missing"
    if recognise(plain):
        return "tracking"
    if _is_gtin(plain):
        return "product"
    if _OTHER_KEYBOARD.search(plain):
        return "keyboard"
    if "://" in plain:
        return "address"
    letters = _BETWEEN.sub("", plain).upper().removeprefix("RMA")
    if len(letters) not in _ABOUT_SIXTEEN:
        return "unknown"
    try:
        parse_rma(letters)
    except InvalidRma as error:
        return next(why for why in ("length", "alphabet", "check") if why == error.why)
    return "unknown"


def _plain(typed: str) -> str:
    """Return what was read in plain digits, without marks that nobody sees."""
    seen = "".join(letter if letter.isprintable() else " " for letter in fold_digits(typed))
    return _SYMBOLOGY.sub("", seen.strip())


def _is_gtin(plain: str) -> bool:
    """Say whether it is the number in a product's barcode: 8, 12, 13 or 14 digits, the last one a check (GS1)."""
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", plain):
        return False
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(plain[:-1])))
    return -total % 10 == int(plain[-1])
