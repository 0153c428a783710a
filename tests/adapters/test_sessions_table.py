"""The contract of the sessions table, on every DynamoDB there is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.adapters.draft_items import EXPIRES, draft_to_item
from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.link_items import NOBODY
from chalicelib.adapters.sessions_table import SessionsTable
from chalicelib.domain.claims import Claim
from chalicelib.domain.drafts import Draft
from chalicelib.domain.seats import Seat, Ticket
from chalicelib.domain.visits import LINK_LIFE, LOOKUP_LIFE, SESSION_LIFE, SESSION_MEMORY, Link, Lookup, Session
from tests.conftest import Tables
from tests.made import EMAIL, NOON

LOOKUP = Lookup(
    id="l", merchant="azulu", number="AZ1001", email=EMAIL, language="es", purpose="access", source="0" * 64, asked_at=NOON
)
LINK = Link(
    digest="d",
    merchant="azulu",
    number="AZ1001",
    written="AZ-1001",
    email=EMAIL,
    language="es",
    purpose="access",
    expires_at=NOON + LINK_LIFE["access"],
)
SESSION = Session(digest="s", merchant="azulu", number="AZ1001", email=EMAIL, language="es", expires_at=NOON + SESSION_LIFE)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(any_tables: Tables, clock: Callable[[], datetime]) -> SessionsTable:
    return SessionsTable(Table(any_tables.client, any_tables.sessions), Table(any_tables.client, any_tables.returns), clock)


def test_a_lookup_waits_until_it_is_finished(sessions: SessionsTable) -> None:
    sessions.add_lookup(LOOKUP)
    assert sessions.lookup("l") == LOOKUP
    assert list(sessions.unanswered(NOON)) == []
    assert list(sessions.unanswered(NOON + timedelta(minutes=1))) == [LOOKUP]
    sessions.finish_lookup("l")
    assert sessions.lookup("l") is None
    assert list(sessions.unanswered(NOON + timedelta(minutes=1))) == []


def test_a_lookup_is_claimed_by_the_first_of_two(sessions: SessionsTable) -> None:
    sessions.add_lookup(LOOKUP)
    first = Claim(by="stream", at=NOON + timedelta(minutes=1))
    assert sessions.claim_lookup(LOOKUP, first)
    assert sessions.claim_lookup(LOOKUP, first), "the SDK may send a write twice"
    assert not sessions.claim_lookup(LOOKUP, Claim(by="sweep", at=NOON + timedelta(minutes=2)))
    claimed = sessions.lookup("l")
    assert claimed == LOOKUP.model_copy(update={"claim": first})
    assert list(sessions.unanswered(first.at)) == [], "it was not left alone since before"
    assert sessions.claim_lookup(claimed, Claim(by="sweep", at=NOON + timedelta(minutes=3)))
    sessions.finish_lookup("l")
    assert not sessions.claim_lookup(claimed, first)


def test_finishing_a_lookup_that_is_gone_does_nothing(sessions: SessionsTable) -> None:
    sessions.finish_lookup("l")
    assert sessions.lookup("l") is None


def test_a_lookup_past_its_time_is_no_longer_answered_but_still_swept(sessions: SessionsTable, clock: Clock) -> None:
    sessions.add_lookup(LOOKUP)
    clock.at = NOON + LOOKUP_LIFE
    assert sessions.lookup("l") is None
    assert list(sessions.unanswered(clock.at)) == [LOOKUP]


@pytest.fixture(params=[Seat("d"), Seat("d", "AZ1001", "f")], ids=["apart", "beside the order"])
def seat(request: pytest.FixtureRequest) -> Seat:
    """Where a link is kept, or a session."""
    kept: Seat = request.param
    return kept


def opened_by(seat: Seat, digest: str = "s") -> Ticket:
    """Return the ticket of a session that the link of a seat opened."""
    return Ticket(seat, digest, in_link=True)


def test_a_link_is_used_once_also_by_fifty_at_once(sessions: SessionsTable, seat: Seat) -> None:
    sessions.add_link(LINK, seat)
    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(lambda number: sessions.open_link("azulu", seat, f"s{number}", NOON), range(50)))
    (link,) = [each for each in won if each]
    assert link == LINK.model_copy(update={"used_at": NOON}) == sessions.link("azulu", seat)
    opened = [sessions.session("azulu", opened_by(seat, f"s{number}")) for number in range(50)]
    assert [bool(each) for each in opened] == [bool(each) for each in won]


def test_the_same_use_of_a_link_sent_twice_counts_once(sessions: SessionsTable, seat: Seat) -> None:
    sessions.add_link(LINK, seat)
    assert sessions.open_link("azulu", seat, "s", NOON)
    assert sessions.open_link("azulu", seat, "s", NOON)


@pytest.mark.parametrize(
    "changes", [{"merchant": "nurana"}, {"purpose": "resume"}, {"expires_at": NOON}, {"used_at": NOON}, {"digest": "other"}]
)
def test_a_link_that_was_never_mailed_or_is_over_or_anothers_or_for_more_than_one_use_is_not_used_up(
    sessions: SessionsTable, seat: Seat, changes: dict[str, Any]
) -> None:
    kept = LINK.model_copy(update=changes)
    mailed = seat._replace(digest=kept.digest)
    sessions.add_link(kept, mailed)
    assert sessions.open_link("azulu", seat, "s", NOON) is None
    assert sessions.session("azulu", opened_by(seat)) is None
    assert sessions.link(kept.merchant, mailed) == kept


def test_a_session_that_its_link_keeps_ends_and_leaves_the_link_used(sessions: SessionsTable, clock: Clock, seat: Seat) -> None:
    sessions.add_link(LINK, seat)
    sessions.open_link("azulu", seat, "s", NOON)
    ticket = opened_by(seat)
    session = sessions.session("azulu", ticket)
    assert session == SESSION.model_copy(update={"link": "d"})
    assert sessions.session("azulu", opened_by(seat, "t")) is None
    assert sessions.session("azulu", Ticket(seat, "d")) is None, "the link itself is no session"
    clock.at = SESSION.expires_at
    assert sessions.session("azulu", ticket) == session, "remembered, although over"
    clock.at = SESSION.expires_at + SESSION_MEMORY
    assert sessions.session("azulu", ticket) is None
    clock.at = NOON
    sessions.end_session("azulu", ticket)
    assert sessions.session("azulu", ticket) is None
    assert sessions.session("azulu", opened_by(seat, NOBODY)) is not None, "no digest is so short"
    assert sessions.open_link("azulu", seat, "s", NOON) is None
    assert sessions.link("azulu", seat).used_at == NOON  # type: ignore[union-attr]


def test_an_expired_link_is_remembered_so_that_its_page_can_say_so(sessions: SessionsTable, clock: Clock, seat: Seat) -> None:
    sessions.add_link(LINK, seat)
    clock.at = LINK.expires_at + timedelta(days=1)
    kept = sessions.link("azulu", seat)
    assert kept == LINK
    assert LINK.trouble(clock.at) == "expired"


def test_a_session_is_remembered_for_a_day_after_its_end_unless_it_is_ended(
    sessions: SessionsTable, clock: Clock, seat: Seat
) -> None:
    sessions.add_session(SESSION, seat)
    ticket = Ticket(seat, "s")
    clock.at = SESSION.expires_at
    assert sessions.session("azulu", ticket) == SESSION
    clock.at = SESSION.expires_at + SESSION_MEMORY
    assert sessions.session("azulu", ticket) is None
    clock.at = NOON
    sessions.end_session("azulu", ticket)
    assert sessions.session("azulu", ticket) is None


def test_what_is_kept_beside_an_order_is_another_shops_nowhere(sessions: SessionsTable) -> None:
    beside = Seat("d", "AZ1001", "f")
    sessions.add_link(LINK, beside)
    sessions.add_session(SESSION, Seat("s", "AZ1001", "f"))
    assert sessions.link("nurana", beside) is None
    assert sessions.open_link("nurana", beside, "s", NOON) is None
    assert sessions.session("nurana", Ticket(Seat("s", "AZ1001", "f"), "s")) is None


def test_no_more_are_admitted_within_a_window_than_may_be(sessions: SessionsTable) -> None:
    with ThreadPoolExecutor(16) as pool:
        admitted = list(pool.map(lambda number: sessions.admit("order/x", f"l{number}", 5, NOON, 3600), range(40)))
    assert sum(admitted) == 5
    assert not sessions.admit("order/x", "late", 5, NOON, 3600)
    assert sessions.admit("order/x", "late", 5, NOON + timedelta(hours=1), 3600)
    assert sessions.admit("order/y", "late", 5, NOON, 3600)


def test_who_was_admitted_is_admitted_again_and_takes_nobody_elses_place(sessions: SessionsTable) -> None:
    for _ in range(9):
        assert sessions.admit("order/x", "first", 2, NOON, 3600)
    assert sessions.admit("order/x", "second", 2, NOON, 3600)
    assert not sessions.admit("order/x", "third", 2, NOON, 3600)
    assert sessions.admit("order/x", "first", 2, NOON, 3600)


def test_a_link_is_remembered_until_all_is_gone_that_was_drafted_through_it(tables: Tables, clock: Clock) -> None:
    last = LINK.expires_at + SESSION_LIFE + SESSION_MEMORY
    drafted = draft_to_item("azulu", "AZ1001", "somebody", Draft(id="d"), last)
    expiring, beside = (Table(tables.client, name) for name in (tables.sessions, tables.returns))
    SessionsTable(expiring, beside, clock).add_link(LINK, Seat("d"))
    assert Table(tables.client, tables.sessions).get("LINK#d", "LINK")["expires_at"] >= drafted[EXPIRES]  # type: ignore[index]
