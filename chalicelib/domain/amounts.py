"""What a line is worth: the price that counts, what clauses take off it, and what is to be paid on top."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from chalicelib.domain.clauses import Fee
from chalicelib.domain.hearing import Hearing
from chalicelib.domain.money import rounded
from chalicelib.domain.policy import Statement
from chalicelib.domain.verdicts import Charge, Deduction, LineDecision, OutcomeKind

ZERO = Decimal(0)


def price_of(hearing: Hearing) -> Decimal:
    """Return the unit price that counts: the one paid, or the one that a clause puts in its place where it is known."""
    line = hearing.facts.line
    if line.lowest_price_14d is not None and hearing.first("price") is not None:
        return line.lowest_price_14d
    return line.unit_price


def deductions(hearing: Hearing, kind: OutcomeKind, price: Decimal, decimals: int) -> tuple[Deduction, ...]:
    """Return the line's fees for one outcome, each rounded half-up (R5), together never more than the line is worth."""
    quantity = hearing.facts.asked.quantity
    left = rounded(price * quantity, decimals)
    taken = []
    for statement in hearing.says("fee"):
        fee = statement.rule.fee
        if fee is None or fee.per == "return" or kind not in fee.outcomes:
            continue
        amount = min(rounded(fee_for(fee, price, quantity), decimals), left)
        if amount:
            left -= amount
            taken.append(Deduction(fee.kind, amount, statement.clause.id))
    return tuple(taken)


def fee_for(fee: Fee, price: Decimal, quantity: int) -> Decimal:
    """Return what a fee takes for so many units at this price, before rounding; not for one that is taken once a return."""
    return _share(fee, price) * quantity if fee.per == "unit" else _share(fee, price * quantity)


def difference(hearing: Hearing, kind: OutcomeKind, price: Decimal, decimals: int) -> Decimal:
    """Return what the customer pays on top of an exchange for something dearer, where a clause says so; else 0."""
    wanted = hearing.facts.asked.replacement
    if kind != "exchange" or wanted is None or wanted.price <= price or hearing.first("due") is None:
        return ZERO
    return rounded((wanted.price - price) * hearing.facts.asked.quantity, decimals)


def charges(heard: Sequence[tuple[Hearing, LineDecision]], decimals: int) -> tuple[Charge, ...]:
    """Return what is taken once for the whole return, never more than the lines that it concerns are worth together.

    A line counts with the least of the outcomes that a charge names, so that no choice of the customer ends below zero.
    """
    once: dict[Statement, list[LineDecision]] = {}
    for hearing, line in heard:
        for statement in hearing.says("fee"):
            if statement.rule.fee is not None and statement.rule.fee.per == "return" and line.outcomes:
                once.setdefault(statement, []).append(line)
    taken: list[Charge] = []
    for statement, lines in sorted(once.items(), key=lambda pair: pair[0].place):
        fee = statement.rule.fee
        assert fee is not None
        worth = sum((_least(line, fee.outcomes) for _, line in heard), ZERO) - sum((charge.amount for charge in taken), ZERO)
        concerned = sum((line.price * line.quantity for line in lines if _offers(line, fee.outcomes)), ZERO)
        amount = min(rounded(_share(fee, concerned), decimals), max(worth, ZERO)) if concerned else ZERO
        if amount:
            taken.append(Charge(fee.kind, amount, statement.clause.id, fee.outcomes))
    return tuple(taken)


def _share(fee: Fee, price: Decimal) -> Decimal:
    """Return a fee's amount before rounding, held between its minimum and its maximum."""
    amount = fee.amount if fee.amount is not None else price * (fee.percent or ZERO) / 100
    if fee.minimum is not None:
        amount = max(amount, fee.minimum)
    return amount if fee.maximum is None else min(amount, fee.maximum)


def _offers(line: LineDecision, kinds: tuple[OutcomeKind, ...]) -> bool:
    return any(outcome.kind in kinds for outcome in line.outcomes)


def _least(line: LineDecision, kinds: tuple[OutcomeKind, ...]) -> Decimal:
    return min((outcome.value for outcome in line.outcomes if outcome.kind in kinds), default=ZERO)
