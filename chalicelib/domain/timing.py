"""What time alone does to a return: it reminds the customer once before a deadline, and lets expire what was never sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from chalicelib.domain.merchant import Merchant
from chalicelib.domain.returns import Event, Return
from chalicelib.domain.stepping import changed, happened, mailing, with_lines

SOON = timedelta(hours=12)
"""Whoever was told less than this ago that they may send needs no reminder yet."""
OPENS, CLOSES = time(9), time(18)
"""Between which times of the shop's clock mails leave that nobody asked for at that moment."""
_DAY = timedelta(days=1)


def wakes_at(current: Return) -> datetime | None:
    """Return when time next does something to a return: never once a parcel is told of, or while nothing can be sent."""
    if _rests(current) or current.ship_by is None:
        return None
    return _remind_at(current) or current.ship_by + timedelta(days=current.grace_days)


def woken(current: Return, at: datetime, merchant: Merchant) -> Return:
    """Do what time asks for at this moment: the reminder, or the expiry of lines past deadline and grace; else nothing.

    A reminder whose moment comes while the shop is closed is put off until it opens; that is a change, too.
    """
    if _rests(current):
        return current
    grace = timedelta(days=current.grace_days)
    late = tuple(line.line.id for line in current.standing("authorised") if line.ship_by and line.ship_by + grace < at)
    if late:
        event = Event(at=at, act="expired", by="time", lines=late)
        lines = with_lines(current, {line_id: {"status": "expired"} for line_id in late})
        grown = happened(current, event, lines=lines)
        return grown if current.forgotten_at else mailing(grown, "expired", late, at)
    remind_at = _remind_at(current)
    if remind_at is None or at < remind_at:
        return current
    return _reminded(current, at, merchant)


def opens_at(at: datetime, merchant: Merchant, latest: datetime) -> datetime:
    """Return the first moment from `at` to `latest` in the shop's hours; at least by day, if it is closed till then.

    Where not even a day comes before `latest`, it is `at`: better at night than too late.
    """
    by_day = tuple(_by_day(at, merchant, latest))
    open_then = (moment for moment in by_day if merchant.is_business_day(merchant.local(moment).date()))
    return next(open_then, by_day[0] if by_day else at)


def _reminded(current: Return, at: datetime, merchant: Merchant) -> Return:
    """Remind the customer of what is still to be sent, once; no more where the deadline has passed meanwhile."""
    if current.ship_by is None or at > current.ship_by:
        return changed(current, reminded_at=at, version=current.version + 1)
    leaves = opens_at(at, merchant, current.ship_by - timedelta(hours=current.remind_hours) / 2)
    if leaves > at:
        return changed(current, remind_at=leaves, version=current.version + 1)
    waiting = tuple(line.line.id for line in current.standing("authorised"))
    event = Event(at=at, act="reminded", by="time", lines=waiting)
    return mailing(happened(current, event, reminded_at=at), "reminder", waiting, at)


def _rests(current: Return) -> bool:
    """Say whether time does nothing for now: a parcel is told of, or the customer waits for the shop's label."""
    return current.parcel is not None or current.label_awaited


def _remind_at(current: Return) -> datetime | None:
    """Return when the customer is to be reminded; None once they were, where there is no need, or where they are forgotten."""
    if current.forgotten_at or current.reminded_at or not current.remind_hours or current.ship_by is None:
        return None
    at = current.ship_by - timedelta(hours=current.remind_hours)
    told = max((event.at for event in current.timeline if event.act in ("approved", "labelled")), default=current.created_at)
    if at < told + SOON:
        return None
    return max(at, current.remind_at) if current.remind_at else at


def _by_day(at: datetime, merchant: Merchant, latest: datetime) -> Iterator[datetime]:
    """Yield for every date of the shop from `at` to `latest` the first moment that is not at night, in UTC."""
    day = merchant.local(at).date()
    while True:
        opens, closes = (datetime.combine(day, clock, merchant.timezone).astimezone(UTC) for clock in (OPENS, CLOSES))
        moment = max(at, opens)
        if moment > latest:
            return
        if moment < closes:
            yield moment
        day += _DAY
