"""Where links and sessions are kept, and how a link's address and a session's cookie say it: beside their order, or apart.

What is kept beside its order comes with it in one read. Its secret then begins with its place: a stamp of the time, the newest
first, and the order's number. What belongs to a gift is kept apart, because whoever got it must not learn that number.
"""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import NamedTuple

from chalicelib.domain.identifiers import ORDER_NUMBER_LENGTH, fold_order_number

_STAMP_LENGTH = 10
_LAST_SECOND = 16**_STAMP_LENGTH - 1
# A point in an address, with chance behind it, could look to a firewall like the extension of a file that nobody may fetch.
_IN_ADDRESS = "~"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PLACE = re.compile(rf"([0-9a-f]{{{_STAMP_LENGTH}}})([A-Za-z0-9_-]{{1,{ORDER_NUMBER_LENGTH * 6}}})")


class Seat(NamedTuple):
    """Where a shop's link or session is kept: `digest` is that of its secret; without a `number` it is kept apart."""

    digest: str
    number: str = ""
    stamp: str = ""

    @property
    def place(self) -> str:
        """What secrets that are kept here begin with."""
        return f"{self.stamp}{_written(self.number)}" if self.number else ""


class Ticket(NamedTuple):
    """What a session's cookie says: where to look, the digest that must be found there, and whether that is a link's item."""

    seat: Seat
    digest: str
    in_link: bool = False


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret in hexadecimal: all that is stored of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def beside(number: str, at: datetime, secret: str) -> str:
    """Return the secret of a link that is kept beside the order with this folded number."""
    return f"{_place(number, at)}{_IN_ADDRESS}{secret}"


def cookie_beside(number: str, at: datetime, secret: str) -> str:
    """Return the cookie of a session that is kept beside the order with this folded number."""
    return f"{_place(number, at)}..{secret}"


def cookie_in_link(seat: Seat, secret: str) -> str:
    """Return the cookie of a session that is kept in the link of this seat."""
    return ".".join(part for part in (seat.place, seat.digest, secret) if part)


def link_seat(secret: str) -> Seat | None:
    """Return where the link with this secret is kept; None if no link can have it."""
    place, parted, _ = secret.rpartition(_IN_ADDRESS)
    return _seat(place, digest(secret)) if parted else Seat(digest(secret))


def ticket(cookie: str) -> Ticket | None:
    """Return what a session's cookie says; None if no session can have it."""
    match cookie.split("."):
        case [_]:
            return Ticket(Seat(digest(cookie)), digest(cookie))
        case [link, _] if _DIGEST.fullmatch(link):
            return Ticket(Seat(link), digest(cookie), in_link=True)
        case [place, link, _] if (not link or _DIGEST.fullmatch(link)) and (seat := _seat(place, link or digest(cookie))):
            return Ticket(seat, digest(cookie), in_link=bool(link))
    return None


def _place(number: str, at: datetime) -> str:
    return Seat("", number, f"{_LAST_SECOND - int(at.timestamp()):0{_STAMP_LENGTH}x}").place


def _seat(place: str, name: str) -> Seat | None:
    found = _PLACE.fullmatch(place)
    number = _read(found[2]) if found else None
    return Seat(name, number, found[1]) if found and number else None


def _written(number: str) -> str:
    return urlsafe_b64encode(number.encode()).decode().rstrip("=")


def _read(written: str) -> str | None:
    """Return the order number that stands in a place; None unless it is one as it is folded."""
    try:
        number = urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode()
    except ValueError:
        return None
    return number if len(number) <= ORDER_NUMBER_LENGTH and number == fold_order_number(number) else None
