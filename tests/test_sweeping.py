"""What time asks for is done once, whatever breaks and whoever else is at work; and nothing of it keeps mails waiting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.adapters.dynamodb import packed
from chalicelib.adapters.return_items import return_to_item
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.lifecycle import cancelled, sent
from chalicelib.domain.returns import Parcel, Return
from chalicelib.message import MailHeld
from chalicelib.worker import SUPERSEDED
from tests.conftest import Tables
from tests.made import NOON, made
from tests.mailroom import Faults, Mailroom

DEADLINE = NOON + timedelta(days=8)
"""Of everything that `made` makes: Wednesday noon in Bogotá."""
REMIND_AT = DEADLINE - timedelta(hours=48)


@pytest.fixture
def room(tables: Tables) -> Mailroom:
    return Mailroom(tables)


def new(slot: int = 1, **changes: Any) -> Return:
    """Return a return whose first mail has left long ago."""
    plain = made("authorised", slot=slot, draft_id=str(slot), **{"remind_hours": 48, "grace_days": 1} | changes)
    return plain.model_copy(update={"outbox": tuple(mail.model_copy(update={"sent_at": NOON}) for mail in plain.outbox)})


def sweep(room: Mailroom, **time: float) -> None:
    """Let time pass, then do what is done every few minutes."""
    room.at += timedelta(**time)
    room.sweeping(Faults()).run()


def kept(room: Mailroom, slot: int = 1) -> Return:
    found = room.returns.by_slot("azulu", "AZ-1001", slot)
    assert found is not None
    return found


def of_time(current: Return) -> list[str]:
    return [event.act for event in current.timeline if event.by == "time"]


def test_a_return_is_reminded_of_once_and_expires_once_and_then_rests(room: Mailroom) -> None:
    room.has(new())
    room.at = REMIND_AT - timedelta(minutes=1)
    sweep(room)
    assert of_time(kept(room)) == []
    for _ in range(3):
        sweep(room, minutes=5)
    assert of_time(kept(room)) == ["reminded"]
    room.at = DEADLINE + timedelta(days=1, minutes=5)
    for _ in range(3):
        sweep(room, minutes=5)
    assert of_time(kept(room)) == ["reminded", "expired"]
    assert [mail.message for mail in kept(room).outbox] == ["approved", "reminder", "expired"]
    assert len(room.postbox.mails) == 2
    assert list(room.returns.waking(room.at + timedelta(days=999))) == []


def test_what_rests_costs_a_sweep_no_read_of_any_return(room: Mailroom) -> None:
    parcel = Parcel(carrier="", tracking="1", added_at=NOON)
    room.has(new(1), sent(new(2), parcel), cancelled(new(3), NOON))
    faults = Faults()
    room.sweeping(faults).run()
    assert "by_slot" not in faults.calls


def test_a_customer_who_acts_first_is_neither_reminded_nor_overwritten(room: Mailroom) -> None:
    room.has(new())
    room.at = REMIND_AT + timedelta(minutes=1)

    def tells_of_the_parcel() -> None:
        assert room.returns.change(sent(kept(room), Parcel(carrier="", tracking="77", added_at=room.at)))

    room.sweeping(Faults(before={"change": tells_of_the_parcel})).run()
    assert kept(room).parcel is not None
    assert of_time(kept(room)) == []
    assert room.postbox.mails == []


def test_of_two_sweeps_at_once_one_reminds(room: Mailroom) -> None:
    room.has(new())
    room.at = REMIND_AT + timedelta(minutes=1)
    another = room.sweeping(Faults()).run
    room.sweeping(Faults(before={"change": another})).run()
    sweep(room, minutes=5)
    assert of_time(kept(room)) == ["reminded"]
    assert len(room.postbox.mails) == 1


def test_one_return_that_cannot_be_read_and_one_of_a_shop_that_is_gone_keep_no_others_waiting(room: Mailroom) -> None:
    room.has(new())
    gone = new(2, merchant="gone", order_number="G-1")
    broken = packed(return_to_item(new(3))) | {"lines": {"S": "none"}}
    for item in (packed(return_to_item(gone)), broken):
        room.tables.client.put_item(TableName=room.tables.returns, Item=item)
    room.at = DEADLINE + timedelta(days=2)
    faults = Faults()
    room.sweeping(faults).run()
    assert kept(room).status == "expired"
    assert faults.calls.count("by_slot") == 1, "the other two took no turn"


def test_returns_that_fail_and_chores_that_break_keep_neither_mails_nor_others_waiting(room: Mailroom) -> None:
    room.has(*(new(slot) for slot in range(1, 4)))
    room.has(made("authorised", slot=9, draft_id="9"))
    room.at = REMIND_AT + timedelta(minutes=1)

    def breaks() -> Iterator[partial[None]]:
        yield partial(room.postbox.send, None, None, None)  # type: ignore[call-arg]
        raise KeyError("a chore")

    faults = Faults(error=Unavailable("table", "throttled"), named={"waking"})
    room.sweeping(faults, breaks).run()
    assert len(room.postbox.mails) == 1, "the mail that waited"
    done: list[int] = []
    room.sweeping(Faults(), breaks, lambda: iter([partial(done.append, 1)])).run()
    assert done == [1]
    assert all(of_time(kept(room, slot)) == ["reminded"] for slot in range(1, 4))


def test_a_flood_of_returns_leaves_the_mails_their_share(room: Mailroom) -> None:
    room.has(*(new(slot) for slot in range(1, 9)))
    room.has(*(made("authorised", slot=slot, draft_id=str(slot)) for slot in range(20, 24)))
    room.at = REMIND_AT + timedelta(minutes=1)

    def slow(message: object) -> None:
        room.at += timedelta(seconds=12)

    room.postbox.answer = slow
    room.sweeping(Faults()).run()
    assert len(room.postbox.mails) == 4, "as many as there was time for"


def test_mails_that_wait_for_an_operator_do_not_stop_time(room: Mailroom) -> None:
    def held(message: object) -> None:
        raise MailHeld("identity")

    room.postbox.answer = held
    room.has(new())
    room.at = REMIND_AT + timedelta(minutes=1)
    sweep(room)
    room.at = DEADLINE + timedelta(days=1, minutes=5)
    sweep(room)
    assert of_time(kept(room)) == ["reminded", "expired"]


def test_a_reminder_that_could_not_leave_before_the_deadline_is_not_sent_after_it(room: Mailroom) -> None:
    def held(message: object) -> None:
        raise MailHeld("identity")

    room.postbox.answer = held
    room.has(new())
    room.at = REMIND_AT
    sweep(room, minutes=5)
    sweep(room, minutes=5)
    room.postbox.answer = lambda message: None
    room.at = DEADLINE
    sweep(room, minutes=5)
    assert kept(room).outbox[-1].failed == SUPERSEDED
    assert room.postbox.mails == []
