"""What time alone does to a return: it reminds the customer once before a deadline, and lets expire what was never sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.returns import Event, Return
from chalicelib.domain.stepping import changed, happened, mailing, with_lines

SOON = timedelta(hours=12)
"""Whoever was told less than this ago that they may send needs no reminder yet."""


def wakes_at(current: Return) -> datetime | None:
    """Return when time next does something to a return: never once a parcel is told of, or while nothing may be sent."""
    if current.parcel or current.ship_by is None:
        return None
    return _remind_at(current) or current.ship_by + timedelta(days=current.grace_days)


def woken(current: Return, at: datetime) -> Return:
    """Do what time asks for at this moment: the reminder, or the expiry of lines past deadline and grace; else nothing."""
    if current.parcel:
        return current
    grace = timedelta(days=current.grace_days)
    late = tuple(line.line.id for line in current.standing("authorised") if line.ship_by and line.ship_by + grace < at)
    if late:
        event = Event(at=at, act="expired", by="time", lines=late)
        lines = with_lines(current, {line_id: {"status": "expired"} for line_id in late})
        return mailing(happened(current, event, lines=lines), "expired", late, at)
    remind_at = _remind_at(current)
    if remind_at is None or at < remind_at:
        return current
    waiting = tuple(line.line.id for line in current.standing("authorised"))
    if current.ship_by is None or at > current.ship_by:
        return changed(current, reminded_at=at, version=current.version + 1)
    event = Event(at=at, act="reminded", by="time", lines=waiting)
    return mailing(happened(current, event, reminded_at=at), "reminder", waiting, at)


def _remind_at(current: Return) -> datetime | None:
    """Return when the customer is to be reminded; None once they were, or where there is no need."""
    if current.reminded_at or not current.remind_hours or current.ship_by is None:
        return None
    at = current.ship_by - timedelta(hours=current.remind_hours)
    told = max((event.at for event in current.timeline if event.act == "approved"), default=current.created_at)
    return at if at >= told + SOON else None
