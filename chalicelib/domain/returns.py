"""A return: what was promised for which lines, where each line stands, and the mails that wait to be sent about it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from chalicelib.domain.claims import Claim
from chalicelib.domain.findings import Inspection, Settlement
from chalicelib.domain.labels import Label, LabelOrder
from chalicelib.domain.orders import Country, Line, Method, Proof, Reason, Shape, Variant
from chalicelib.domain.verdicts import Charge, LineDecision, Outcome, OutcomeKind

LineStatus = Literal[
    "authorised", "under_review", "rejected", "cancelled", "expired", "received", "accepted", "refused", "settled"
]
"""Where a line stands.

`received`: arrived, to be inspected; `accepted`: inspected, to be settled; `refused`: turned down at the inspection; `settled`:
what was promised was given; `expired`: not sent in time, though it may still arrive.
"""

ReturnStatus = Literal[
    "under_review", "received", "accepted", "authorised", "sent", "settled", "refused", "expired", "rejected", "cancelled"
]
QueueState = ReturnStatus | Literal["unlabelled"]
"""Where a return stands in its shop's queue: `unlabelled` is authorised, and its customer waits for a label by a person."""

Message = Literal[
    "approved", "under_review", "decided", "cancelled", "label", "received", "inspected", "settled", "reminder", "expired"
]
Act = Literal[
    "submitted", "approved", "rejected", "changed", "sent", "cancelled", "received", "inspected", "settled", "expired",
    "reminded", "assigned", "noted", "labelled",
]  # fmt: skip

RESERVES: frozenset[LineStatus] = frozenset(
    {"authorised", "under_review", "rejected", "received", "accepted", "refused", "settled"}
)
"""Where a line stands whose units cannot be asked back again: what a person rejected stays decided."""

OVER: frozenset[LineStatus] = frozenset({"refused", "settled"})
"""Where a line stands when its parcel was seen to: units that were not in it are still the customer's."""

_PRECEDENCE: tuple[LineStatus, ...] = (
    "under_review", "received", "accepted", "authorised", "settled", "refused", "expired", "rejected", "cancelled",
)  # fmt: skip


class ReturnLine(Shape):
    """One line on its way back: what it is, why it comes, what the policy decided and which outcome was chosen.

    `reply` is what a person at the shop wrote to the customer about it. `granted` is an outcome that a person gave beyond the
    policy, and `granted_why` their reason. `photos` are the keys of files. `arrived` counts the units that came back.
    """

    line: Line
    quantity: Annotated[int, Field(ge=1)]
    reason: Reason
    remark: str = ""
    wish: Variant | None = None
    wish_words: str = ""
    photos: tuple[str, ...] = ()
    decision: LineDecision
    outcome: OutcomeKind
    granted: Outcome | None = None
    granted_why: str = ""
    status: LineStatus
    ship_by: AwareDatetime | None
    reply: str = ""
    arrived: Annotated[int, Field(ge=0)] = 0
    inspection: Inspection | None = None

    @property
    def wanted(self) -> str:
        """What the customer wants instead, as a person would call it; empty if they did not say."""
        return self.wish.label if self.wish else self.wish_words

    @property
    def chosen(self) -> Outcome:
        """The outcome that counts, with its money: what a person granted, else what the customer chose of the policy's."""
        return self.granted or next(outcome for outcome in self.decision.outcomes if outcome.kind == self.outcome)

    @property
    def value(self) -> Decimal:
        """What the line is worth now, in the order's currency: what was promised, or what the inspection left of it."""
        return self.inspection.value if self.inspection else self.chosen.value


class Event(Shape):
    """Something that happened to a return: when, what, to which lines, and by whom.

    `by` is `customer`, `policy`, `time` or a person of the shop; `note` is for the customer, `internal` for the shop only.
    """

    at: AwareDatetime
    act: Act
    by: str
    lines: tuple[str, ...] = ()
    note: str = ""
    internal: str = ""


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
    """One return of one order, complete in itself. `slot` counts the order's returns from 1; `version` every change.

    `opened_by` is who of the shop opened it for a customer; `as_gift` says that the recipient of a gift did. Before its
    deadline by `remind_hours` the customer is reminded once, or at `remind_at`, to which that was put off; `grace_days` after
    it what was not sent expires.
    """

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
    opened_by: str | None = None
    as_gift: bool = False
    lines: tuple[ReturnLine, ...]
    charges: tuple[Charge, ...]
    settlements: tuple[Settlement, ...] = ()
    created_at: AwareDatetime
    answer_by: AwareDatetime | None = None
    resolve_by: AwareDatetime | None = None
    received_at: AwareDatetime | None = None
    remind_hours: Annotated[int, Field(ge=0)] = 0
    grace_days: Annotated[int, Field(ge=0)] = 0
    remind_at: AwareDatetime | None = None
    reminded_at: AwareDatetime | None = None
    label_wanted_at: AwareDatetime | None = None
    label_order: LabelOrder | None = None
    label: Label | None = None
    parcel: Parcel | None = None
    assignee: str | None = None
    forgotten_at: AwareDatetime | None = None
    timeline: tuple[Event, ...]
    outbox: tuple[Mail, ...]
    version: int = 1

    @property
    def id(self) -> str:
        """How people name a return that has no RMA number yet: order number and slot, `NR-1001/1`."""
        return f"{self.order_number}/{self.slot}"

    @property
    def status(self) -> ReturnStatus:
        """Where the whole return stands, worked out from its lines and its parcel: first what waits for somebody."""
        standing = {line.status for line in self.lines}
        first = next(status for status in _PRECEDENCE if status in standing)
        return "sent" if first == "authorised" and self.parcel else first

    @property
    def ship_by(self) -> datetime | None:
        """The earliest deadline among the lines that are to be sent."""
        return min((line.ship_by for line in self.standing("authorised") if line.ship_by), default=None)

    @property
    def due(self) -> datetime | None:
        """Until when the shop promised what a person must do now: an answer, or what was promised for the goods."""
        return {"under_review": self.answer_by, "accepted": self.resolve_by}.get(self.status)

    def overdue(self, at: datetime) -> bool:
        """Say whether the shop let a promise of its own pass."""
        return self.due is not None and self.due < at

    @property
    def waiting_mails(self) -> tuple[Mail, ...]:
        """The mails still to be sent, oldest first."""
        return tuple(mail for mail in self.outbox if mail.waits)

    def line(self, line_id: str) -> ReturnLine:
        """Return the line with this id; KeyError if the return has none."""
        for line in self.lines:
            if line.line.id == line_id:
                return line
        raise KeyError(line_id)

    def standing(self, *statuses: LineStatus) -> tuple[ReturnLine, ...]:
        """Return the lines that stand in one of these statuses."""
        return tuple(line for line in self.lines if line.status in statuses)

    def reserved(self, line_id: str) -> int:
        """Return how many units of an order's line this return holds; once it is over, those that arrived."""
        return sum(
            line.arrived if line.status in OVER else line.quantity
            for line in self.lines
            if line.line.id == line_id and line.status in RESERVES
        )

    @property
    def queued(self) -> QueueState:
        """Where the return stands in its shop's queue."""
        return "unlabelled" if self.label_missing and self.status == "authorised" else self.status

    @property
    def prepaid(self) -> tuple[ReturnLine, ...]:
        """The lines that may be sent at the shop's expense."""
        return tuple(line for line in self.standing("authorised") if line.decision.shipping == "merchant")

    @property
    def label_awaited(self) -> bool:
        """Whether the customer waits for a label that they do not have yet, whoever is to give it to them."""
        if self.label_wanted_at is None or self.forgotten_at is not None:
            return False
        return self.parcel is None and bool(self.prepaid) and self.usable_label is None

    @property
    def label_missing(self) -> bool:
        """Whether one of the shop's people has to give the label that the customer waits for."""
        return self.label_awaited and self.label_order is not None and self.label_order.missing is not None

    @property
    def usable_label(self) -> Label | None:
        """The label that the customer may print: neither voided nor for what nobody may send any more."""
        return self.label if self.label and self.label.voided_at is None and self.standing("authorised") else None

    @property
    def cancellable(self) -> bool:
        """Whether the customer may still take it back: something is open and no parcel is on its way."""
        return self.parcel is None and bool(self.standing("authorised", "under_review"))

    @property
    def trackable(self) -> bool:
        """Whether a parcel may be told of: something is authorised and it does not go to a store."""
        return self.method == "mail" and bool(self.standing("authorised"))
