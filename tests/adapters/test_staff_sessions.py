"""The contract of the staff's links and sessions, on every DynamoDB there is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.sessions_table import SessionsTable
from chalicelib.adapters.staff_sessions import StaffSessionsTable
from chalicelib.domain.seats import Seat, Ticket
from chalicelib.domain.staff import STAFF_IDLE, STAFF_LINK_LIFE, STAFF_SESSION_LIFE, StaffLink, StaffSession
from tests.conftest import Tables
from tests.made import NOON

WHO = "ana@azulu.example"
LINK = StaffLink(digest="d", merchant="azulu", email=WHO, language="es", expires_at=NOON + STAFF_LINK_LIFE)
SESSION = StaffSession(digest="s", merchant="azulu", email=WHO, expires_at=NOON + STAFF_SESSION_LIFE, idle_at=NOON + STAFF_IDLE)


def shelf(tables: Tables, at: datetime = NOON) -> StaffSessionsTable:
    """The staff's sessions as they are at a moment."""
    return StaffSessionsTable(Table(tables.client, tables.sessions), lambda: at)


def test_what_is_kept_comes_back_to_the_microsecond(any_tables: Tables) -> None:
    staff = shelf(any_tables)
    precise = timedelta(microseconds=7)
    link = LINK.model_copy(update={"expires_at": LINK.expires_at + precise})
    session = SESSION.model_copy(update={"idle_at": SESSION.idle_at + precise, "expires_at": SESSION.expires_at + precise})
    staff.add_link(link)
    staff.add_session(session)
    assert (staff.link("d"), staff.session("s")) == (link, session)
    assert (staff.link("x"), staff.session("x")) == (None, None)


def test_a_link_is_used_once_however_many_try(any_tables: Tables) -> None:
    staff = shelf(any_tables)
    staff.add_link(LINK)
    moments = [NOON + timedelta(seconds=second) for second in range(8)]
    with ThreadPoolExecutor(8) as pool:
        used = list(pool.map(lambda at: staff.use_link(LINK, at), moments))
    assert used.count(True) == 1
    kept = staff.link("d")
    assert kept is not None
    assert kept.used_at == moments[used.index(True)]
    assert not staff.use_link(LINK.model_copy(update={"digest": "never"}), NOON)


def test_a_session_is_renewed_until_it_is_ended_and_never_comes_back(any_tables: Tables) -> None:
    staff = shelf(any_tables)
    staff.add_session(SESSION)
    later = SESSION.model_copy(update={"idle_at": SESSION.idle_at + timedelta(minutes=30)})
    staff.renew(later)
    assert staff.session("s") == later
    staff.end_session("s")
    staff.renew(later)
    assert staff.session("s") is None


def test_a_session_past_its_time_is_not_there_even_before_the_table_tidies(any_tables: Tables) -> None:
    shelf(any_tables).add_session(SESSION)
    assert shelf(any_tables, NOON + STAFF_SESSION_LIFE).session("s") is None


def test_neither_door_reads_the_other_s_secrets(any_tables: Tables) -> None:
    expiring, beside = (Table(any_tables.client, name) for name in (any_tables.sessions, any_tables.returns))
    staff, customers = shelf(any_tables), SessionsTable(expiring, beside, lambda: NOON)
    staff.add_link(LINK)
    staff.add_session(SESSION)
    assert customers.link("azulu", Seat("d")) is None
    assert customers.session("azulu", Ticket(Seat("s"), "s")) is None
