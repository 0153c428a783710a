"""What secrets say of where links and sessions are kept: right for every order number, and nothing for anything else."""

from __future__ import annotations

import re
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.identifiers import ORDER_NUMBER_LENGTH, fold_order_number
from chalicelib.domain.seats import Seat, Ticket, beside, cookie_beside, cookie_in_link, digest, link_seat, ticket
from tests.made import NOON

SECRET = "s" * 43
numbers = st.text(min_size=1, max_size=ORDER_NUMBER_LENGTH).map(fold_order_number).filter(
    lambda number: 0 < len(number) <= ORDER_NUMBER_LENGTH and fold_order_number(number) == number
)  # fmt: skip


@given(numbers)
def test_a_link_leads_to_its_order_whatever_letters_its_number_has(number: str) -> None:
    secret = beside(number, NOON, SECRET)
    seat = link_seat(secret)
    assert seat is not None
    assert (seat.digest, seat.number) == (digest(secret), number)
    assert re.fullmatch(r"[A-Za-z0-9_~-]+", secret), "no escapes in an address, and no point that firewalls take for a file's"


@given(numbers)
def test_cookies_lead_to_their_sessions(number: str) -> None:
    own = cookie_beside(number, NOON, SECRET)
    held = ticket(own)
    assert held is not None
    assert (held.seat.number, held.seat.digest, held.digest, held.in_link) == (number, digest(own), digest(own), False)
    link = link_seat(beside(number, NOON, SECRET))
    assert link is not None
    cookie = cookie_in_link(link, SECRET)
    assert ticket(cookie) == Ticket(link, digest(cookie), in_link=True)
    assert len(cookie) < 450, "a cookie has room for the longest number"


def test_what_is_kept_apart_says_no_number() -> None:
    assert link_seat(SECRET) == Seat(digest(SECRET))
    assert ticket(SECRET) == Ticket(Seat(digest(SECRET)), digest(SECRET))
    cookie = cookie_in_link(Seat(digest(SECRET)), SECRET)
    assert ticket(cookie) == Ticket(Seat(digest(SECRET)), digest(cookie), in_link=True)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_the_newest_comes_first(after: int, later: int) -> None:
    moments = NOON + timedelta(seconds=after), NOON + timedelta(seconds=after + later)
    first, second = (ticket(cookie_beside("AZ1001", moment, SECRET)) for moment in moments)
    assert first is not None
    assert second is not None
    assert second.seat.stamp < first.seat.stamp


@given(st.text() | st.lists(st.text(alphabet="0123456789abcdefAZ_-~", max_size=80), max_size=5).map(".".join))
def test_anything_else_leads_nowhere_or_to_one_place_only(text: str) -> None:
    seat = link_seat(text)
    assert seat is None or not seat.number or (seat.number == fold_order_number(seat.number) and "#" not in seat.number)
    held = ticket(text)
    assert held is None or held.digest == digest(text)


def test_a_number_that_is_none_as_it_is_folded_is_no_place() -> None:
    for number in ("az1001", "AZ-1001", "AZ#1", "", "A" * (ORDER_NUMBER_LENGTH + 1)):
        assert link_seat(beside(number, NOON, SECRET)) is None
        assert ticket(cookie_beside(number, NOON, SECRET)) is None or not number
