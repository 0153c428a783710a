"""What a browser posts, read into typed forms: what was typed is kept as it was, and every mistake has a name and a field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.identifiers import (
    fold_digits,
    fold_email,
    fold_gift_code,
    fold_order_number,
    gift_code_fault,
    order_number_fault,
)

Fields = Mapping[str, str]

LONGEST_LINE = 200
_EMAIL = re.compile(r"[^@\s<>()\[\]\\,;:\"]+@[^@\s<>()\[\]\\,;:\"]+\.[^@\s<>()\[\]\\,;:\"]+")
_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\u0085]")
# Controls, and what overrides the direction of the text around it; joiners stay, Persian is written with them.
_UNWANTED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a field: `field` is the id of its input, `code` the name of the message, `shown` what it names."""

    field: str
    code: str
    shown: str = ""


def one_line(text: str) -> str:
    """Return what was typed into a field of one line, without line breaks, controls and blanks around it."""
    return " ".join(several_lines(text).split())


def several_lines(text: str) -> str:
    """Return what was typed into a field of several lines, without controls, its line breaks made one kind."""
    return _UNWANTED.sub("", _BREAKS.sub("\n", text).replace("\t", " ")).strip()


@dataclass
class FindForm:
    """Order number and e-mail address of someone who asks for a link."""

    number: str = ""
    email: str = ""
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def read(cls, fields: Fields) -> FindForm:
        """Read what was posted."""
        form = cls(one_line(fields.get("number", ""))[:LONGEST_LINE], one_line(fields.get("email", ""))[: LONGEST_LINE * 2])
        if not fold_order_number(form.number):
            form.mistakes.append(Mistake("number", "number_missing"))
        elif order_number_fault(form.number):
            form.mistakes.append(Mistake("number", "number_wrong"))
        address = fold_email(form.email)
        if not address:
            form.mistakes.append(Mistake("email", "email_missing"))
        elif not _reachable(address):
            form.mistakes.append(Mistake("email", "email_wrong"))
        return form


@dataclass
class SignInForm:
    """E-mail address of someone who says that they are one of the shop's people."""

    email: str = ""
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def read(cls, fields: Fields) -> SignInForm:
        """Read what was posted."""
        form = cls(one_line(fields.get("email", ""))[: LONGEST_LINE * 2])
        address = fold_email(form.email)
        if not address:
            form.mistakes.append(Mistake("email", "own_email_missing"))
        elif len(address) > 254 or not _EMAIL.fullmatch(address):
            form.mistakes.append(Mistake("email", "email_wrong"))
        return form


@dataclass
class GiftForm:
    """The code of a gift receipt, and the address of whoever got the gift."""

    code: str = ""
    email: str = ""
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def read(cls, fields: Fields) -> GiftForm:
        """Read what was posted."""
        form = cls(one_line(fields.get("code", ""))[:LONGEST_LINE], one_line(fields.get("email", ""))[: LONGEST_LINE * 2])
        if not fold_gift_code(form.code):
            form.mistakes.append(Mistake("code", "code_missing"))
        elif gift_code_fault(form.code):
            form.mistakes.append(Mistake("code", "code_wrong"))
        address = fold_email(form.email)
        if not address:
            form.mistakes.append(Mistake("email", "own_email_missing"))
        elif not _reachable(address):
            form.mistakes.append(Mistake("email", "email_wrong"))
        return form


@dataclass
class TrackingForm:
    """The parcel's number and, if it does not say so itself, who carries it."""

    tracking: str = ""
    carrier: str = ""
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def read(cls, fields: Fields) -> TrackingForm:
        """Read what was posted."""
        form = cls(one_line(fields.get("tracking", ""))[:LONGEST_LINE], one_line(fields.get("carrier", ""))[:LONGEST_LINE])
        if not form.tracking:
            form.mistakes.append(Mistake("tracking", "tracking_missing"))
        elif not re.fullmatch(r"[A-Z0-9][A-Z0-9 ./-]{3,49}", fold_digits(form.tracking).upper()):
            form.mistakes.append(Mistake("tracking", "tracking_wrong"))
        if len(form.carrier) > 60:
            form.mistakes.append(Mistake("carrier", "carrier_long"))
        return form


def _reachable(address: str) -> bool:
    return len(address) <= 254 and _EMAIL.fullmatch(address) is not None
