"""What fewer units of a line are worth than were promised, by the same fees; and what a settlement comes to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chalicelib.domain.amounts import ZERO, fee_for
from chalicelib.domain.clauses import Fee
from chalicelib.domain.money import rounded
from chalicelib.domain.policy import Policy
from chalicelib.domain.returns import Return, ReturnLine
from chalicelib.domain.verdicts import Charge, Deduction, OutcomeKind


@dataclass(frozen=True, slots=True)
class Sum:
    """What is to be given for lines of one outcome: `amount` is `total` after `charged`, which these charges take."""

    lines: tuple[str, ...]
    total: Decimal
    charged: Decimal
    charges: tuple[Charge, ...]

    @property
    def amount(self) -> Decimal:
        """What is left after the charges."""
        return self.total - self.charged


def worth(line: ReturnLine, units: int, policy: Policy | None, decimals: int) -> Decimal:
    """Return what so many units of a line are worth: their price less each fee as the policy counts it for them.

    What a person granted counts by its share, and so does a line whose fees the policy at hand does not know.
    """
    chosen = line.chosen
    if units >= line.quantity:
        return chosen.value
    fees = [_fee_behind(taken, line, policy, decimals) for taken in chosen.deductions]
    if line.granted or None in fees:
        return rounded(chosen.value * units / line.quantity, decimals)
    left = rounded(line.decision.price * units, decimals)
    for fee in filter(None, fees):
        left -= min(rounded(fee_for(fee, line.decision.price, units), decimals), left)
    return left


def extra_due(line: ReturnLine, decimals: int) -> Decimal:
    """Return what the customer pays on top for something dearer, for as many units as came back."""
    units = line.arrived or line.quantity
    return rounded(line.chosen.due * units / line.quantity, decimals)


def sums(made: Return) -> dict[OutcomeKind, Sum]:
    """Return what is to be settled now, by outcome: the accepted lines' values, less what is charged once for the return."""
    found: dict[OutcomeKind, Sum] = {}
    open_charges = [charge for charge in made.charges if charge.clause not in _charged(made)]
    for kind in dict.fromkeys(line.chosen.kind for line in made.standing("accepted")):
        lines = [line for line in made.standing("accepted") if line.chosen.kind == kind]
        total = sum((line.value for line in lines), ZERO)
        now = tuple(charge for charge in open_charges if kind in charge.outcomes)
        open_charges = [charge for charge in open_charges if charge not in now]
        charged = min(sum((charge.amount for charge in now), ZERO), total)
        found[kind] = Sum(tuple(line.line.id for line in lines), total, charged, now)
    return found


def _charged(made: Return) -> frozenset[str]:
    return frozenset(clause for settlement in made.settlements for clause in settlement.charges)


def _fee_behind(taken: Deduction, line: ReturnLine, policy: Policy | None, decimals: int) -> Fee | None:
    """Return the fee of the policy that took this for the whole line: a clause may have several of one kind."""
    clause = next((each for each in policy.clauses if each.id == taken.clause), None) if policy else None
    for rule in clause.rules if clause else ():
        fee = rule.fee
        if fee and fee.kind == taken.kind and fee.per != "return":
            whole = rounded(fee_for(fee, line.decision.price, line.quantity), decimals)
            if whole >= taken.amount:  # It may have been cut off at what the line is worth.
                return fee
    return None
