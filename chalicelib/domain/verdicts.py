"""What a decision says: verdict, outcomes, money, deadlines and every clause that had a say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

Verdict = Literal["approved", "review", "refused"]
OutcomeKind = Literal["exchange", "store_credit", "gift_card", "refund"]
Approval = Literal["automatic", "review"]
Shipping = Literal["customer", "merchant", "none"]
Effect = Literal["grants", "limits", "charges", "requires", "refuses"]
Cause = Literal["excluded", "late", "not_delivered", "answers", "conditions", "not_offered"]
"""Why a line is refused: never returnable, too late, not delivered, what was answered, a condition unmet, nothing grants it."""


@dataclass(frozen=True, slots=True)
class Deduction:
    """What a clause takes off the value of one line, in the order's currency."""

    kind: str
    amount: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that a customer may get for a line: `value` after deductions; `due` is to be paid on top."""

    kind: OutcomeKind
    approval: Approval
    value: Decimal
    deductions: tuple[Deduction, ...]
    due: Decimal
    expires_days: int | None


@dataclass(frozen=True, slots=True)
class ClauseSay:
    """A clause that had a say in a line, what it did there, and its words by language."""

    id: str
    effect: Effect
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LineDecision:
    """The decision on one line.

    `price` is the unit price that counts (the line's own, or the one that the policy puts in its place). `request_by` is the
    end of the latest window that grants the first outcome with its approval, whatever that window requires. `cause` is None
    unless refused; `unmet` names the required conditions that the customer did not confirm. `photos` says how many the
    customer is asked for, and `photos_clause` by which clause; they decide nothing here.
    """

    id: str
    verdict: Verdict
    outcomes: tuple[Outcome, ...]
    shipping: Shipping | None
    request_by: datetime | None
    ship_by: datetime | None
    required: tuple[str, ...]
    clauses: tuple[ClauseSay, ...]
    quantity: int
    price: Decimal
    cause: Cause | None = None
    unmet: tuple[str, ...] = ()
    photos: int = 0
    photos_clause: str = ""

    def without(self, kind: OutcomeKind) -> LineDecision:
        """Return the decision without one outcome; refused where nothing else was offered."""
        outcomes = tuple(outcome for outcome in self.outcomes if outcome.kind != kind)
        if len(outcomes) == len(self.outcomes):
            return self
        if not outcomes:
            return replace(self, verdict="refused", outcomes=(), shipping=None, ship_by=None, photos=0, cause="not_offered")
        automatic = any(outcome.approval == "automatic" for outcome in outcomes)
        return replace(self, verdict="approved" if automatic else "review", outcomes=outcomes)

    def for_a_person(self) -> LineDecision:
        """Return the decision with every outcome left to a person of the shop; a refusal stays as it is."""
        if self.verdict == "refused":
            return self
        outcomes = tuple(replace(outcome, approval="review") for outcome in self.outcomes)
        return replace(self, verdict="review", outcomes=outcomes)


@dataclass(frozen=True, slots=True)
class Charge:
    """What a clause takes once for the whole return, off the total of the named outcomes."""

    kind: str
    amount: Decimal
    clause: str
    outcomes: tuple[OutcomeKind, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy `policy` (`<merchant>@<effective date>`) says of a whole request."""

    policy: str
    lines: tuple[LineDecision, ...]
    charges: tuple[Charge, ...]

    def line(self, line_id: str) -> LineDecision:
        """Return the decision on the line with this id; KeyError if it was not asked for."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise KeyError(line_id)
