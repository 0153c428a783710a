"""What a line of an order offers before its customer has said why it comes back: which reasons lead anywhere, and to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.clauses import REASONS
from chalicelib.domain.orders import SHOP_FAULT, Line, Reason
from chalicelib.domain.policy import Policy
from chalicelib.domain.verdicts import LineDecision

OWN_REASONS = tuple(reason for reason in REASONS if reason not in SHOP_FAULT)
"""The first of them that is open stands for the line."""
FAULT_REASONS = tuple(reason for reason in REASONS if reason in SHOP_FAULT)


@dataclass(frozen=True)
class LineOffer:
    """An order line on the first page: units left, the decision for the customer's own choice, and the best for a fault.

    `decision` and `fault` are None where no unit is left. `reasons` are those that would not be refused at once.
    """

    line: Line
    available: int
    decision: LineDecision | None
    fault: LineDecision | None
    reasons: tuple[Reason, ...]

    @property
    def selectable(self) -> bool:
        """Whether it can be asked back at all."""
        return bool(self.reasons)


def offered(line: Line, available: int, policy: Policy, decided: Mapping[Reason, LineDecision]) -> LineOffer:
    """Return what a line offers with so many units left; `decided` says what each reason that stands for others brings."""
    if not available:
        return LineOffer(line, 0, None, None, ())
    by_reason = {reason: decided[policy.alike[reason]] for reason in REASONS}
    open_reasons = tuple(reason for reason, decision in by_reason.items() if decision.verdict != "refused")
    fault = next((by_reason[reason] for reason in FAULT_REASONS if reason in open_reasons), None)
    own = next((by_reason[reason] for reason in OWN_REASONS if reason in open_reasons), by_reason["changed_mind"])
    return LineOffer(line, available, own, fault, open_reasons)
