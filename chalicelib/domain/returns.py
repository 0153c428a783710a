"""A return: what was promised for which lines, where each line stands, and the steps that may follow.

Every step takes a return and gives the next one, with its entry in the timeline and the mails that it causes; nothing here
reads a clock or writes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from chalicelib.domain.claims import Claim
from chalicelib.domain.errors import LifecycleError
from chalicelib.domain.orders import Country, Line, Method, Proof, Reason, Shape, Variant
from chalicelib.domain.verdicts import Charge, LineDecision, Outcome, OutcomeKind

LineStatus = Literal["authorised", "under_review", "rejected", "cancelled"]
ReturnStatus = Literal["under_review", "authorised", "sent", "rejected", "cancelled"]
Message = Literal["approved", "under_review", "decided", "cancelled"]
Act = Literal["submitted", "approved", "rejected", "sent", "cancelled"]

RESERVES: frozenset[LineStatus] = frozenset({"authorised", "under_review", "rejected"})
"""Where a line stands whose units cannot be asked back again: what a person rejected stays decided."""


class ReturnLine(Shape):
    """One line on its way back: what it is, why it comes, what the policy decided and which outcome was chosen.

    `reply` is what a person at the shop wrote to the customer about it.
    """

    line: Line
    quantity: Annotated[int, Field(ge=1)]
    reason: Reason
    remark: str = ""
    wish: Variant | None = None
    wish_words: str = ""
    decision: LineDecision
    outcome: OutcomeKind
    status: LineStatus
    ship_by: AwareDatetime | None
    reply: str = ""

    @property
    def wanted(self) -> str:
        """What the customer wants instead, as a person would call it; empty if they did not say."""
        return self.wish.label if self.wish else self.wish_words

    @property
    def chosen(self) -> Outcome:
        """The outcome that the customer chose, with its money."""
        return next(outcome for outcome in self.decision.outcomes if outcome.kind == self.outcome)


class Event(Shape):
    """Something that happened to a return: when, what, by whom (`customer`, `policy` or a name), to which lines."""

    at: AwareDatetime
    act: Act
    by: str
    lines: tuple[str, ...] = ()
    note: str = ""


class Mail(Shape):
    """A mail that a step of the return causes; written with that step, sent later, marked here. `claim` is the last try."""

    id: str
    message: Message
    lines: tuple[str, ...]
    queued_at: AwareDatetime
    sent_at: AwareDatetime | None = None
    claim: Claim | None = None
    failed: str | None = None

    @property
    def waits(self) -> bool:
        """Whether it is still to be sent."""
        return self.sent_at is None and self.failed is None

    @property
    def left_since(self) -> datetime:
        """When somebody last did something about it."""
        return self.claim.at if self.claim else self.queued_at


class Parcel(Shape):
    """What the customer told of the parcel."""

    carrier: str
    tracking: str
    added_at: AwareDatetime


class Return(Shape):
    """One return of one order, complete in itself. `slot` counts the order's returns from 1; `version` every change."""

    merchant: str
    order_number: str
    slot: Annotated[int, Field(ge=1, le=999)]
    draft_id: str
    rma: str | None = None
    reserved_rma: str
    policy_id: str
    policy_sha256: str
    email: str
    language: str
    method: Method
    store: str | None = None
    country: Country
    proof: Proof
    currency: str
    placed_at: AwareDatetime
    lines: tuple[ReturnLine, ...]
    charges: tuple[Charge, ...]
    created_at: AwareDatetime
    answer_by: AwareDatetime | None = None
    parcel: Parcel | None = None
    timeline: tuple[Event, ...]
    outbox: tuple[Mail, ...]
    version: int = 1

    @property
    def id(self) -> str:
        """How people name a return that has no RMA number yet: order number and slot, `NR-1001/1`."""
        return f"{self.order_number}/{self.slot}"

    @property
    def status(self) -> ReturnStatus:
        """Where the whole return stands, worked out from its lines and its parcel."""
        standing = {line.status for line in self.lines}
        if "under_review" in standing:
            return "under_review"
        if "authorised" in standing:
            return "sent" if self.parcel else "authorised"
        return "rejected" if "rejected" in standing else "cancelled"

    @property
    def updated_at(self) -> datetime:
        """When the last step was taken."""
        return self.timeline[-1].at

    @property
    def ship_by(self) -> datetime | None:
        """The earliest deadline among the lines that are to be sent."""
        return min((line.ship_by for line in self.standing("authorised") if line.ship_by), default=None)

    @property
    def waiting_mails(self) -> tuple[Mail, ...]:
        """The mails still to be sent, oldest first."""
        return tuple(mail for mail in self.outbox if mail.waits)

    def standing(self, *statuses: LineStatus) -> tuple[ReturnLine, ...]:
        """Return the lines that stand in one of these statuses."""
        return tuple(line for line in self.lines if line.status in statuses)

    def reserved(self, line_id: str) -> int:
        """Return how many units of an order's line this return holds."""
        return sum(line.quantity for line in self.lines if line.line.id == line_id and line.status in RESERVES)

    @property
    def cancellable(self) -> bool:
        """Whether the customer may still take it back: something is open and no parcel is on its way."""
        return self.parcel is None and bool(self.standing("authorised", "under_review"))

    @property
    def trackable(self) -> bool:
        """Whether a parcel may be told of: something is authorised and it does not go to a store."""
        return self.method == "mail" and bool(self.standing("authorised"))


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
