"""Time reminds once, in the shop's hours and before the deadline, and lets expire only what was never sent, after the grace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.domain.label_steps import labelled
from chalicelib.domain.labels import Label
from chalicelib.domain.lifecycle import cancelled, decided, sent
from chalicelib.domain.merchant import Merchant
from chalicelib.domain.returns import Parcel, Return
from chalicelib.domain.timing import CLOSES, OPENS, opens_at, wakes_at, woken
from chalicelib.shops import load_shops
from tests.made import NOON, made

HOUR = timedelta(hours=1)
DEADLINE = NOON + timedelta(days=8)
"""Of everything that `made` makes: Wednesday noon in Bogotá."""


@cache
def azulu() -> Merchant:
    return load_shops()["azulu"].merchant


def closed(*days: date) -> Merchant:
    """Return azulu with holidays on these days."""
    return azulu().model_copy(update={"holidays": frozenset(days)})


def approved(*, remind_hours: int = 48, grace_days: int = 7, deadlines: tuple[timedelta, ...] = (timedelta(days=8),)) -> Return:
    """Return a return whose lines are all approved, with these deadlines counted from noon."""
    plain = made(*("authorised" for _ in deadlines), remind_hours=remind_hours, grace_days=grace_days)
    lines = tuple(
        line.model_copy(update={"ship_by": NOON + deadline}) for line, deadline in zip(plain.lines, deadlines, strict=True)
    )
    return plain.model_copy(update={"lines": lines})


def acts(current: Return) -> list[str]:
    return [event.act for event in current.timeline if event.by == "time"]


def test_a_customer_is_reminded_once_so_long_before_the_deadline_as_the_shop_says() -> None:
    current = approved()
    assert wakes_at(current) == DEADLINE - 48 * HOUR
    assert woken(current, DEADLINE - 49 * HOUR, azulu()) is current
    reminded = woken(current, DEADLINE - 48 * HOUR, azulu())
    assert reminded.outbox[-1].message == "reminder"
    assert acts(reminded) == ["reminded"]
    assert woken(reminded, DEADLINE - 47 * HOUR, azulu()) is reminded
    assert wakes_at(reminded) == DEADLINE + timedelta(days=7)


def test_a_shop_that_wants_no_reminder_sends_none() -> None:
    assert wakes_at(approved(remind_hours=0)) == DEADLINE + timedelta(days=7)


def test_whoever_was_told_just_now_needs_no_reminder() -> None:
    short = approved(grace_days=1, deadlines=(timedelta(hours=59),))
    assert wakes_at(short) == NOON + timedelta(hours=59) + timedelta(days=1)
    assert wakes_at(approved(deadlines=(timedelta(hours=61),))) == NOON + 13 * HOUR
    waits = made("under_review", remind_hours=8 * 24 - 11)
    answered = decided(waits, ("1",), approve=True, by="Ana", note="", at=NOON + HOUR)
    assert wakes_at(answered) == DEADLINE + HOUR, "the deadline moved with the answer"


def test_a_reminder_waits_for_the_morning_and_for_a_business_day() -> None:
    night = datetime(2026, 3, 13, 3, 30, tzinfo=UTC)  # Thursday, 22:30 in Bogotá.
    latest = night + timedelta(days=30)
    friday = datetime(2026, 3, 13, 14, tzinfo=UTC)
    assert opens_at(night, azulu(), latest) == friday
    assert opens_at(friday, azulu(), latest) == friday
    assert opens_at(night, closed(date(2026, 3, 13)), latest) == friday + timedelta(days=3), "a weekend follows"


def test_a_reminder_that_could_not_wait_for_a_business_day_leaves_by_day_and_else_at_once() -> None:
    night = datetime(2026, 3, 14, 3, 30, tzinfo=UTC)  # Friday, 22:30 in Bogotá.
    saturday = datetime(2026, 3, 14, 14, tzinfo=UTC)
    assert opens_at(night, azulu(), saturday + HOUR) == saturday
    assert opens_at(night, azulu(), saturday - HOUR) == night


def test_a_reminder_that_is_put_off_is_written_down_and_leaves_when_the_shop_opens() -> None:
    current = approved(deadlines=(timedelta(days=6, hours=12),))  # Tuesday 00:00 in Bogotá, so that it would leave on Saturday.
    at = wakes_at(current)
    assert at is not None
    put_off = woken(current, at, azulu())
    assert put_off.outbox == current.outbox
    assert put_off.version == current.version + 1
    saturday = wakes_at(put_off)
    assert saturday is not None
    assert azulu().local(saturday).hour == OPENS.hour
    assert woken(put_off, saturday - HOUR, azulu()) is put_off
    assert woken(put_off, saturday, azulu()).outbox[-1].message == "reminder"


def test_what_is_not_sent_expires_after_the_grace_and_line_by_line() -> None:
    current = approved(remind_hours=0, deadlines=(timedelta(days=1), timedelta(days=3)))
    grace = timedelta(days=7)
    first, second = NOON + timedelta(days=1) + grace, NOON + timedelta(days=3) + grace
    assert woken(current, first, azulu()) is current, "the last moment still counts"
    half = woken(current, first + HOUR, azulu())
    assert [line.status for line in half.lines] == ["expired", "authorised"]
    assert wakes_at(half) == second
    whole = woken(half, second + HOUR, azulu())
    assert whole.status == "expired"
    assert wakes_at(whole) is None
    assert [mail.lines for mail in whole.outbox if mail.message == "expired"] == [("1",), ("2",)]


def test_nothing_happens_to_what_was_sent_cancelled_or_waits_for_the_shop() -> None:
    parcel = Parcel(carrier="", tracking="123", added_at=NOON)
    for rests in (sent(approved(), parcel), cancelled(approved(), NOON), made("under_review", remind_hours=48)):
        assert wakes_at(rests) is None
        assert woken(rests, NOON + timedelta(days=400), azulu()) is rests


def test_whoever_is_forgotten_is_written_nothing_but_what_they_never_sent_expires_all_the_same() -> None:
    forgotten = approved().model_copy(update={"forgotten_at": NOON})
    over = woken(forgotten, NOON + timedelta(days=40), azulu())
    assert over.status == "expired"
    assert over.outbox == forgotten.outbox


def test_nothing_expires_while_the_customer_waits_for_the_shops_label() -> None:
    current = approved()
    (line,) = current.lines
    prepaid = line.model_copy(update={"decision": replace(line.decision, shipping="merchant")})
    waiting = current.model_copy(update={"lines": (prepaid,), "label_wanted_at": NOON})
    assert wakes_at(waiting) is None
    assert woken(waiting, NOON + timedelta(days=400), azulu()) is waiting
    there = labelled(waiting, Label(source="shop", key="labels/1", by="Ana", made_at=NOON + HOUR))
    assert wakes_at(there) is not None


DEADLINES = st.lists(st.timedeltas(timedelta(hours=1), timedelta(days=40)), min_size=1, max_size=3).map(tuple)
AT = st.timedeltas(timedelta(0), timedelta(days=60)).map(lambda span: NOON + span)


def settled_down(current: Return, at: datetime) -> Return:
    """Return what a return has become once time has nothing more to do at this moment."""
    for _ in range(len(current.lines) + 4):
        following = woken(current, at, azulu())
        if following is current:
            return current
        assert following.version == current.version + 1
        current = following
    raise AssertionError("time comes to no end")


@given(DEADLINES, st.integers(0, 24 * 20), st.integers(0, 20), st.lists(AT, min_size=1, max_size=12))
def test_whenever_sweeps_come_time_comes_to_an_end_and_what_is_done_is_right(
    deadlines: tuple[timedelta, ...], remind_hours: int, grace_days: int, sweeps: list[datetime]
) -> None:
    current = approved(remind_hours=remind_hours, grace_days=grace_days, deadlines=deadlines)
    grace = timedelta(days=grace_days)
    for at in sorted(sweeps):
        current = settled_down(current, at)
        assert (wakes_at(current) or at) >= at, "what has nothing to be done about it is out of the index"
        for line in current.lines:
            assert line.ship_by is not None
            assert (line.status == "expired") == (line.ship_by + grace < at)
    reminders = [event for event in current.timeline if event.act == "reminded"]
    assert len(reminders) == sum(mail.message == "reminder" for mail in current.outbox) <= 1
    for event in reminders:
        told = [line.ship_by for line in current.lines if line.line.id in event.lines and line.ship_by]
        assert event.at <= min(told), "a reminder comes before the deadline"
        assert event.at >= min(told) - timedelta(hours=remind_hours)
    moments = [event.at for event in current.timeline]
    assert all(before <= after for before, after in pairwise(moments))


@given(AT, st.timedeltas(timedelta(0), timedelta(days=20)), st.lists(st.dates(date(2026, 3, 9), date(2026, 5, 30)), max_size=9))
def test_reminders_leave_by_day_and_on_business_days_wherever_there_is_time(
    at: datetime, room: timedelta, holidays: list[date]
) -> None:
    shop, latest = closed(*holidays), at + room
    leaves = opens_at(at, shop, latest)
    assert at <= leaves <= latest
    local = shop.local(leaves)
    by_day = OPENS <= local.time() < CLOSES
    assert by_day or leaves == at
    days = [local.date() + timedelta(days=number) for number in range(-1, 21)]
    opening = [datetime.combine(day, OPENS, shop.timezone) for day in days if shop.is_business_day(day)]
    if any(at <= opens <= latest for opens in opening):
        assert by_day
        assert shop.is_business_day(local.date())


@given(DEADLINES, AT)
def test_once_a_parcel_is_told_of_time_never_does_anything(deadlines: tuple[timedelta, ...], at: datetime) -> None:
    current = approved(deadlines=deadlines)
    assume(current.trackable)
    told = sent(current, Parcel(carrier="", tracking="1", added_at=NOON))
    assert woken(told, at + timedelta(days=100), azulu()) is told


@pytest.mark.parametrize("hours", [1, 5, 11])
def test_a_short_deadline_is_not_missed_for_the_sake_of_the_shops_hours(hours: int) -> None:
    deadline = timedelta(days=1, hours=14)  # 02:00 at night in Bogotá.
    current = approved(remind_hours=hours, deadlines=(deadline,))
    at = wakes_at(current)
    assert at is not None
    current = woken(current, at, azulu())
    assert acts(current) == ["reminded"]
