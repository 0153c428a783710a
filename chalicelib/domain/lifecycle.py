"""The steps of a return's life until its parcel arrives: each takes a return and gives the next one.

Nothing here reads a clock or writes anything; a step that may not follow raises LifecycleError.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from chalicelib.domain.claims import Claim
from chalicelib.domain.errors import LifecycleError
from chalicelib.domain.returns import Act, Event, Parcel, Return, ReturnLine
from chalicelib.domain.stepping import changed, check_standing, happened, mailing, with_lines
from chalicelib.domain.verdicts import Outcome, OutcomeKind


def born(draft: Return) -> Return:
    """Return a new return with its first entry, its RMA number if a line is authorised, and its mails.

    `draft` has everything but those: no timeline, no outbox, no RMA number given.
    """
    at = draft.created_at
    authorised = tuple(line.line.id for line in draft.standing("authorised"))
    waiting = tuple(line.line.id for line in draft.standing("under_review"))
    by = draft.opened_by or "customer"
    timeline = [Event(at=at, act="submitted", by=by, lines=tuple(line.line.id for line in draft.lines))]
    if authorised:
        timeline.append(Event(at=at, act="approved", by="policy", lines=authorised))
    grown = changed(draft, timeline=tuple(timeline), rma=draft.reserved_rma if authorised else None)
    if authorised:
        grown = _wanting_label(mailing(grown, "approved", authorised, at), at)
    if waiting:
        grown = mailing(grown, "under_review", waiting, at)
    return grown


def cancelled(current: Return, at: datetime) -> Return:
    """Take back every line that is still open, as the customer asks; LifecycleError once a parcel is on its way."""
    if not current.cancellable:
        raise LifecycleError("cancel", current.status)
    taken_back = tuple(line.line.id for line in current.standing("authorised", "under_review"))
    lines = with_lines(current, {line_id: {"status": "cancelled"} for line_id in taken_back})
    grown = happened(current, Event(at=at, act="cancelled", by="customer", lines=taken_back), lines=lines)
    return mailing(grown, "cancelled", taken_back, at)


def sent(current: Return, parcel: Parcel) -> Return:
    """Note the parcel that the customer sent, or correct what was told of it before."""
    if not current.trackable:
        raise LifecycleError("send", current.status)
    if current.parcel and (current.parcel.carrier, current.parcel.tracking) == (parcel.carrier, parcel.tracking):
        return current
    lines = tuple(line.line.id for line in current.standing("authorised"))
    return happened(current, Event(at=parcel.added_at, act="sent", by="customer", lines=lines), parcel=parcel)


def decided(current: Return, line_ids: tuple[str, ...], *, approve: bool, by: str, note: str, at: datetime) -> Return:
    """Approve or reject lines that wait for a person; `note` is told to the customer.

    The time that the customer waited is added to the deadline for sending, so that the shop's delay costs them nothing. The
    first approved line brings the RMA number. LifecycleError if a line does not wait.
    """
    check_standing(current, "decide", line_ids, "under_review")
    waited = at - current.created_at
    answers = {line_id: _answer(current.line(line_id), waited, note, approve=approve) for line_id in line_ids}
    act: Act = "approved" if approve else "rejected"
    grown = happened(
        current,
        Event(at=at, act=act, by=by, lines=line_ids, note=note),
        lines=with_lines(current, answers),
        rma=current.reserved_rma if approve else current.rma,
    )
    grown = mailing(grown, "decided", line_ids, at)
    return _wanting_label(grown, at) if approve else grown


def redirected(current: Return, line_id: str, outcome: OutcomeKind, *, by: str, note: str, at: datetime) -> Return:
    """Change what the customer gets for a line to another outcome that the policy opens for it; who may send is told by mail.

    LifecycleError if it opens no such outcome, or the line is inspected or over.
    """
    check_standing(current, "change", (line_id,), "under_review", "authorised", "received", "expired")
    if outcome not in {each.kind for each in current.line(line_id).decision.outcomes}:
        raise LifecycleError("change", "not_offered")
    lines = with_lines(current, {line_id: {"outcome": outcome, "granted": None, "granted_why": ""}})
    return _telling(happened(current, Event(at=at, act="changed", by=by, lines=(line_id,), note=note), lines=lines), line_id, at)


def overridden(current: Return, line_id: str, granted: Outcome, *, by: str, why: str, note: str, at: datetime) -> Return:
    """Give for a line what the policy does not: another outcome or another value, with a reason that is kept; as `redirected`.

    LifecycleError if there is no reason, if it is more than was paid, or if the line is inspected or over.
    """
    check_standing(current, "override", (line_id,), "under_review", "authorised", "received", "expired")
    line = current.line(line_id)
    if not why.strip():
        raise LifecycleError("override", "unexplained")
    if granted.value > most_granted(line):
        raise LifecycleError("override", "too_much")
    lines = with_lines(current, {line_id: {"outcome": granted.kind, "granted": granted, "granted_why": why}})
    event = Event(at=at, act="changed", by=by, lines=(line_id,), note=note, internal=why)
    return _telling(happened(current, event, lines=lines), line_id, at)


def most_granted(line: ReturnLine) -> Decimal:
    """Return the most that a person may give for a line: what was paid for its units, in the order's currency."""
    return max(line.line.unit_price, line.decision.price) * line.quantity


def noted(current: Return, *, by: str, internal: str, at: datetime) -> Return:
    """Keep a remark for the shop's people."""
    return happened(current, Event(at=at, act="noted", by=by, internal=internal))


def assigned(current: Return, assignee: str | None, *, by: str, at: datetime) -> Return:
    """Give the return to one of the shop's people, or to nobody."""
    if current.assignee == assignee:
        return current
    return happened(current, Event(at=at, act="assigned", by=by, internal=assignee or ""), assignee=assignee)


def mail_sent(current: Return, mail_id: str, at: datetime) -> Return:
    """Mark a mail as sent."""
    return _mail_changed(current, mail_id, {"sent_at": at})


def mail_failed(current: Return, mail_id: str, why: str) -> Return:
    """Give a mail up for good and keep the reason."""
    return _mail_changed(current, mail_id, {"failed": why})


def mails_claimed(current: Return, claim: Claim) -> Return:
    """Claim every mail that waits: they leave in their order, so that whoever sends one sends them all."""
    outbox = tuple(mail.model_copy(update={"claim": claim}) if mail.waits else mail for mail in current.outbox)
    return changed(current, outbox=outbox, version=current.version + 1)


def _answer(line: ReturnLine, waited: timedelta, note: str, *, approve: bool) -> Mapping[str, object]:
    if not approve:
        return {"status": "rejected", "reply": note}
    return {"status": "authorised", "reply": note, "ship_by": line.ship_by + waited if line.ship_by else None}


def _telling(changed_now: Return, line_id: str, at: datetime) -> Return:
    """Tell of a changed outcome whoever was told another one; the answer to what still waits for one tells it as well."""
    if changed_now.line(line_id).status != "authorised":
        return changed_now
    return mailing(changed_now, "decided", (line_id,), at)


def _wanting_label(current: Return, at: datetime) -> Return:
    """Ask for a label, once, where something may be sent at the shop's expense."""
    prepaid = any(line.decision.shipping == "merchant" for line in current.standing("authorised"))
    if current.label_wanted_at or current.method != "mail" or not prepaid:
        return current
    return changed(current, label_wanted_at=at)


def _mail_changed(current: Return, mail_id: str, changes: Mapping[str, object]) -> Return:
    outbox = tuple(mail.model_copy(update=changes) if mail.id == mail_id else mail for mail in current.outbox)
    return changed(current, outbox=outbox, version=current.version + 1)
