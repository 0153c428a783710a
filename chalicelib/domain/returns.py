"""A return: what was promised for which lines, where each line stands, and the mails that wait to be sent about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from chalicelib.domain.claims import Claim
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
