"""Every coin that was promised is given, reduced, charged, or belongs to what never arrived: none is lost, none is made."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import LifecycleError
from chalicelib.domain.findings import Inspection
from chalicelib.domain.receiving import inspected, received, settled
from chalicelib.domain.returns import Return, ReturnLine
from chalicelib.domain.verdicts import Charge, Deduction, LineDecision, Outcome, OutcomeKind
from chalicelib.domain.worth import extra_due, sums, worth
from tests.made import NOON, line, made

KINDS: tuple[OutcomeKind, ...] = ("exchange", "store_credit", "refund")
ZERO = Decimal(0)
LUIS = "luis@azulu.example"


@st.composite
def lines(draw: st.DrawFn, number: int) -> ReturnLine:
    """Draw a line on its way: its units, their price, a fee in proportion, and which outcome was chosen."""
    quantity = draw(st.integers(1, 4))
    price = draw(st.decimals("0.01", "500", places=2))
    fee = draw(st.decimals(0, price * quantity, places=2))
    taken = (Deduction("restocking_fee", fee, "Z8"),) if fee else ()
    outcomes = tuple(Outcome(kind, "automatic", price * quantity - fee, taken, ZERO, None) for kind in KINDS)
    decision = LineDecision(
        id=str(number), verdict="approved", outcomes=outcomes, shipping="customer", request_by=None, ship_by=None,
        required=(), clauses=(), quantity=quantity, price=price,
    )  # fmt: skip
    granted = None
    if draw(st.booleans()):
        granted = Outcome("refund", "review", draw(st.decimals(0, price * quantity, places=2)), (), ZERO, None)
    return ReturnLine(
        line=line(str(number), quantity=quantity, unit_price=price), quantity=quantity, reason="size", decision=decision,
        outcome=granted.kind if granted else draw(st.sampled_from(KINDS)), granted=granted, status="authorised", ship_by=None,
    )  # fmt: skip


CHARGES = st.lists(
    st.builds(
        Charge,
        st.just("return_label"),
        st.decimals("0.01", "900", places=2),
        st.sampled_from(["A", "B"]),
        st.lists(st.sampled_from(KINDS), min_size=1, unique=True).map(tuple),
    ),
    max_size=2,
    unique_by=lambda charge: charge.clause,
).map(tuple)


@st.composite
def returns(draw: st.DrawFn) -> Return:
    """Draw a return of one to four lines, with up to two charges on the whole of it."""
    drawn = tuple(draw(lines(number)) for number in range(1, draw(st.integers(1, 4)) + 1))
    return made(lines=drawn, charges=draw(CHARGES))


def found(current: Return, line_id: str, data: st.DataObject) -> Inspection:
    """Draw what is found at a line that arrived: as the counter reckons it."""
    full = worth(current.line(line_id), current.line(line_id).arrived, None, 2)
    verdict = data.draw(st.sampled_from(["accepted", "refused", "reduced"] if full else ["accepted", "refused"]))
    drawn = data.draw(st.decimals("0.01", full, places=2)) if verdict == "reduced" else ZERO
    reduction = full if verdict == "refused" else drawn
    plain = {"condition": "used", "verdict": verdict, "value": full - reduction, "reduction": reduction}
    return Inspection(**plain, reason="Worn.", at=NOON, by=LUIS)  # type: ignore[arg-type]


def settle_one(current: Return) -> Return:
    kind, due = next(iter(sums(current).items()))
    return settled(current, kind, amount=due.amount, reference="R-1", expires_at=None, by=LUIS, at=NOON)


@given(returns(), st.data())
def test_what_is_given_reduced_charged_and_missing_is_what_was_promised(current: Return, data: st.DataObject) -> None:
    promised = sum((each.chosen.value for each in current.lines), ZERO)
    for each in current.lines:
        units = data.draw(st.integers(1, each.quantity))
        current = received(current, {each.line.id: units}, by=LUIS, note="", at=NOON)
        inspection = found(current, each.line.id, data)
        current = inspected(current, {each.line.id: inspection}, resolve_by=None, by=LUIS, note="", at=NOON)
        assert ZERO <= current.line(each.line.id).value <= each.chosen.value
        while sums(current) and data.draw(st.booleans()):
            current = settle_one(current)
    while sums(current):
        current = settle_one(current)
    missing = sum((each.chosen.value - worth(each, each.arrived, None, 2) for each in current.lines), ZERO)
    reduced = sum((each.inspection.reduction for each in current.lines if each.inspection), ZERO)
    given_out = sum((each.amount for each in current.settlements), ZERO)
    charged = sum((each.charged for each in current.settlements), ZERO)
    assert given_out + charged + reduced + missing == promised
    assert all(each.amount >= 0 for each in current.settlements)
    assert charged <= sum((charge.amount for charge in current.charges), ZERO)
    taken = [clause for each in current.settlements for clause in each.charges]
    assert len(taken) == len(set(taken)), "a charge is taken once"
    assert {each.status for each in current.lines} <= {"settled", "refused"}


@given(returns(), st.sampled_from(KINDS))
def test_what_was_settled_is_not_settled_again(current: Return, kind: OutcomeKind) -> None:
    counts = {each.line.id: each.quantity for each in current.lines}
    current = received(current, counts, by=LUIS, note="", at=NOON)
    fine = {
        each.line.id: Inspection(condition="as_new", verdict="accepted", value=each.chosen.value, at=NOON, by=LUIS)
        for each in current.lines
    }
    current = inspected(current, fine, resolve_by=None, by=LUIS, note="", at=NOON)
    while sums(current):
        current = settle_one(current)
    with pytest.raises(LifecycleError):
        settled(current, kind, amount=ZERO, reference="R-2", expires_at=None, by=LUIS, at=NOON)


@given(st.integers(1, 9), st.data())
def test_the_difference_for_something_dearer_is_paid_for_what_came_back(quantity: int, data: st.DataObject) -> None:
    each = data.draw(st.decimals("0.01", "99", places=2))
    arrived = data.draw(st.integers(1, quantity))
    (current,) = made().lines
    dearer = Outcome("exchange", "review", Decimal(500), (), each * quantity, None)
    sent_back = current.model_copy(update={"quantity": quantity, "arrived": arrived, "granted": dearer})
    assert extra_due(sent_back, 2) == each * arrived
