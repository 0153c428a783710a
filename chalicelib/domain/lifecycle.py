"""The steps of a return's life: each takes a return and gives the next one, with its entry in the timeline and its mails.

Nothing here reads a clock or writes anything; a step that may not follow raises LifecycleError.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from chalicelib.domain.claims import Claim
from chalicelib.domain.errors import LifecycleError
from chalicelib.domain.returns import Act, Event, Mail, Message, Parcel, Return, ReturnLine


def born(draft: Return) -> Return:
    """Return a new return with its first entry, its RMA number if a line is authorised, and its mails.

    `draft` has everything but those: no timeline, no outbox, no RMA number given.
    """
    at = draft.created_at
    authorised = tuple(line.line.id for line in draft.standing("authorised"))
    waiting = tuple(line.line.id for line in draft.standing("under_review"))
    event = Event(at=at, act="submitted", by="customer", lines=tuple(line.line.id for line in draft.lines))
    timeline = [event]
    if authorised:
        timeline.append(Event(at=at, act="approved", by="policy", lines=authorised))
    grown = _with(draft, timeline=tuple(timeline), rma=draft.reserved_rma if authorised else None)
    if authorised:
        grown = _mailing(grown, "approved", authorised, at)
    if waiting:
        grown = _mailing(grown, "under_review", waiting, at)
    return grown


def cancelled(current: Return, at: datetime) -> Return:
    """Take back every line that is still open, as the customer asks; LifecycleError once a parcel is on its way."""
    if not current.cancellable:
        raise LifecycleError("cancel", current.status)
    open_lines = {line.line.id for line in current.standing("authorised", "under_review")}
    lines = tuple(_line(line, status="cancelled") if line.line.id in open_lines else line for line in current.lines)
    taken_back = tuple(line.line.id for line in current.lines if line.line.id in open_lines)
    grown = _happened(current, Event(at=at, act="cancelled", by="customer", lines=taken_back), lines=lines)
    return _mailing(grown, "cancelled", taken_back, at)


def sent(current: Return, parcel: Parcel) -> Return:
    """Note the parcel that the customer sent, or correct what was told of it before."""
    if not current.trackable:
        raise LifecycleError("send", current.status)
    if current.parcel and (current.parcel.carrier, current.parcel.tracking) == (parcel.carrier, parcel.tracking):
        return current
    lines = tuple(line.line.id for line in current.standing("authorised"))
    return _happened(current, Event(at=parcel.added_at, act="sent", by="customer", lines=lines), parcel=parcel)


def decided(current: Return, line_ids: tuple[str, ...], *, approve: bool, by: str, note: str, at: datetime) -> Return:
    """Approve or reject lines that wait for a person; `note` is told to the customer.

    The time that the customer waited is added to the deadline for sending, so that the shop's delay costs them nothing. The
    first approved line brings the RMA number. LifecycleError if a line does not wait.
    """
    waiting = {line.line.id for line in current.standing("under_review")}
    for line_id in line_ids:
        if line_id not in waiting:
            found = next((line.status for line in current.lines if line.line.id == line_id), "unknown")
            raise LifecycleError("decide", found)
    waited = at - current.created_at
    lines = tuple(_answered(line, waited, note, approve=approve) if line.line.id in line_ids else line for line in current.lines)
    act: Act = "approved" if approve else "rejected"
    grown = _happened(
        current,
        Event(at=at, act=act, by=by, lines=line_ids, note=note),
        lines=lines,
        rma=current.reserved_rma if approve else current.rma,
    )
    return _mailing(grown, "decided", line_ids, at)


def mail_sent(current: Return, mail_id: str, at: datetime) -> Return:
    """Mark a mail as sent."""
    return _mail_changed(current, mail_id, {"sent_at": at})


def mail_failed(current: Return, mail_id: str, why: str) -> Return:
    """Give a mail up for good and keep the reason."""
    return _mail_changed(current, mail_id, {"failed": why})


def mails_claimed(current: Return, claim: Claim) -> Return:
    """Claim every mail that waits: they leave in their order, so that whoever sends one sends them all."""
    outbox = tuple(mail.model_copy(update={"claim": claim}) if mail.waits else mail for mail in current.outbox)
    return _with(current, outbox=outbox, version=current.version + 1)


def _answered(line: ReturnLine, waited: timedelta, note: str, *, approve: bool) -> ReturnLine:
    if not approve:
        return _line(line, status="rejected", reply=note)
    return _line(line, status="authorised", reply=note, ship_by=line.ship_by + waited if line.ship_by else None)


def _mail_changed(current: Return, mail_id: str, changes: Mapping[str, object]) -> Return:
    outbox = tuple(mail.model_copy(update=changes) if mail.id == mail_id else mail for mail in current.outbox)
    return _with(current, outbox=outbox, version=current.version + 1)


def _mailing(current: Return, message: Message, lines: tuple[str, ...], at: datetime) -> Return:
    mail = Mail(id=f"{message}-{len(current.outbox) + 1}", message=message, lines=lines, queued_at=at)
    return _with(current, outbox=(*current.outbox, mail))


def _happened(current: Return, event: Event, **changes: object) -> Return:
    return _with(current, timeline=(*current.timeline, event), version=current.version + 1, **changes)


def _with(current: Return, **changes: object) -> Return:
    return current.model_copy(update=changes)


def _line(line: ReturnLine, **changes: object) -> ReturnLine:
    return line.model_copy(update=changes)
