"""A page's one read: the session and its order together, nothing without the session, and no more than a few others' sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters.dynamodb import Table, packed
from chalicelib.adapters.items import order_to_item
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.adapters.sessions_table import SessionsTable
from chalicelib.domain.drafts import Draft
from chalicelib.domain.seats import Seat, Ticket, beside, cookie_beside, cookie_in_link, digest, link_seat, ticket
from chalicelib.domain.visits import LINK_LIFE, SESSION_LIFE, SESSION_MEMORY, Link, Session
from tests.conftest import Tables
from tests.made import EMAIL, NOON, made, stored

DRAFT = Draft(id="d", version=1)
MANY = 200


@dataclass
class Partition:
    """Ana's order with a return and a draft, and sessions beside it."""

    tables: Tables

    def __post_init__(self) -> None:
        self.returns = ReturnsTable(Table(self.tables.client, self.tables.returns))
        expiring, partition = (Table(self.tables.client, name) for name in (self.tables.sessions, self.tables.returns))
        self.sessions = SessionsTable(expiring, partition, lambda: NOON)
        self.tables.client.put_item(TableName=self.tables.returns, Item=packed(order_to_item(stored())))
        self.returns.add(made())
        self.returns.save_draft("azulu", "AZ1001", "", DRAFT, NOON)

    def open(self, seconds: float = 0, **changes: Any) -> tuple[Session, Ticket]:
        """Open a session of Ana's, so many seconds after noon."""
        at = NOON + timedelta(seconds=seconds)
        held = ticket(cookie_beside("AZ1001", at, f"secret-{seconds}"))
        assert held is not None
        plain: dict[str, Any] = {"merchant": "azulu", "number": "AZ1001", "email": EMAIL, "language": "es"}
        session = Session(digest=held.digest, expires_at=at + SESSION_LIFE, **plain | changes)
        self.sessions.add_session(session, held.seat)
        return session, held


@pytest.fixture
def partition(any_tables: Tables) -> Partition:
    return Partition(any_tables)


@pytest.mark.parametrize("consistent", [True, False])
def test_a_session_comes_with_its_order_returns_and_draft(partition: Partition, consistent: bool) -> None:
    session, held = partition.open()
    found = partition.returns.order_with_session("azulu", held, NOON, consistent=consistent)
    assert found == (session, (stored(), (made(),), DRAFT))


def test_a_session_that_its_link_keeps_comes_so_too(partition: Partition) -> None:
    secret = beside("AZ1001", NOON, "secret")
    seat = link_seat(secret)
    assert seat is not None
    link = Link(
        digest=seat.digest, merchant="azulu", number="AZ1001", written="AZ-1001", email=EMAIL, language="es", purpose="access",
        expires_at=NOON + LINK_LIFE["access"],
    )  # fmt: skip
    partition.sessions.add_link(link, seat)
    held = ticket(cookie_in_link(seat, "other"))
    assert held is not None
    assert partition.returns.order_with_session("azulu", held, NOON) is None, "nobody has opened it"
    partition.sessions.open_link("azulu", seat, held.digest, NOON)
    session, standing = partition.returns.order_with_session("azulu", held, NOON) or (None, None)
    assert session == partition.sessions.session("azulu", held)
    assert standing == (stored(), (made(),), DRAFT)


def test_nothing_comes_without_the_session(partition: Partition) -> None:
    _, held = partition.open()
    other = Ticket(held.seat._replace(digest=digest("other")), digest("other"))
    for told in (
        other,
        held._replace(digest=digest("other")),
        held._replace(in_link=True),
        held._replace(seat=held.seat._replace(number="AZ1002")),
        held._replace(seat=held.seat._replace(stamp="0000000000")),
        held._replace(seat=held.seat._replace(stamp="ffffffffff")),
    ):
        assert partition.returns.order_with_session("azulu", told, NOON) is None
    assert partition.returns.order_with_session("nurana", held, NOON) is None
    forgotten = NOON + SESSION_LIFE + SESSION_MEMORY
    assert partition.returns.order_with_session("azulu", held, forgotten - timedelta(seconds=1)) is not None
    assert partition.returns.order_with_session("azulu", held, forgotten) is None
    partition.sessions.end_session("azulu", held)
    assert partition.returns.order_with_session("azulu", held, NOON) is None


def test_a_gifts_session_brings_no_order_even_where_it_were_kept_beside_it(partition: Partition) -> None:
    _, held = partition.open(as_gift=True)
    assert partition.returns.order_with_session("azulu", held, NOON) is None, "the giver's draft would come with it"


def test_however_many_sessions_there_are_a_page_reads_a_few_of_them(partition: Partition) -> None:
    opened = [partition.open(second)[1] for second in range(MANY)]
    read: list[int] = []
    partition.tables.client.meta.events.register("after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["Count"]))
    assert partition.returns.order_with_session("azulu", opened[-1], NOON)
    assert read == [4], "none that is older"
    read.clear()
    assert partition.returns.order_with_session("azulu", opened[-5], NOON)
    assert read == [8]
    read.clear()
    assert partition.returns.order_with_session("azulu", opened[0], NOON) is None, "left to a read of its own"
    assert len(read) == 1
    assert read[0] <= 60
    assert partition.sessions.session("azulu", opened[0])
    read.clear()
    assert partition.returns.order_with_returns("azulu", "AZ1001") == (stored(), (made(),))
    assert partition.returns.order_with_draft("azulu", "AZ1001", "", NOON) == (stored(), (made(),), DRAFT)
    assert read == [3, 3], "whoever needs no session reads none"


def test_whoever_looks_for_a_customers_returns_meets_no_sessions(partition: Partition) -> None:
    partition.open()
    assert partition.returns.by_contact("azulu", EMAIL) == (made(),)
    assert partition.returns.orders_of("azulu", EMAIL, 10) == (stored(),)


def test_a_seat_is_of_one_shop(partition: Partition) -> None:
    _, held = partition.open(merchant="nurana")
    assert held.seat == Seat(held.digest, "AZ1001", held.seat.stamp)
    assert partition.returns.order_with_session("azulu", held, NOON) is None
    found = partition.returns.order_with_session("nurana", held, NOON)
    assert found is not None
    assert found[1] == (None, (), None)
