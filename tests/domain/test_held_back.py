"""What is taken from a decision for who cannot show a photo and for who got a gift changes nothing else."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.verdicts import LineDecision, Outcome

KINDS = ("exchange", "store_credit", "gift_card", "refund")


@st.composite
def decisions(draw: st.DrawFn) -> LineDecision:
    """Draw a decision as the engine makes them: refused, or with outcomes of different kinds."""
    kinds = draw(st.lists(st.sampled_from(KINDS), unique=True))
    outcomes = tuple(
        Outcome(kind, draw(st.sampled_from(["automatic", "review"])), Decimal(draw(st.integers(0, 999))), (), Decimal(0), None)
        for kind in kinds
    )
    automatic = any(outcome.approval == "automatic" for outcome in outcomes)
    verdict = "refused" if not outcomes else "approved" if automatic else "review"
    return LineDecision(
        id="1", verdict=verdict, outcomes=outcomes, shipping="customer" if outcomes else None, request_by=None, ship_by=None,
        required=("unused",), clauses=(), quantity=1, price=Decimal(9), cause=None if outcomes else "late", photos=2,
    )  # fmt: skip


@given(decisions())
def test_what_is_left_to_a_person_offers_the_same_and_promises_nothing(decision: LineDecision) -> None:
    left = decision.for_a_person()

    assert [(each.kind, each.value) for each in left.outcomes] == [(each.kind, each.value) for each in decision.outcomes]
    assert all(each.approval == "review" for each in left.outcomes)
    assert left.verdict == ("review" if decision.outcomes else "refused")
    assert replace(left, outcomes=decision.outcomes, verdict=decision.verdict) == decision
    assert left.for_a_person() == left


@given(decisions())
def test_without_a_refund_the_rest_stands_as_it_was(decision: LineDecision) -> None:
    left = decision.without("refund")

    assert left.outcomes == tuple(each for each in decision.outcomes if each.kind != "refund")
    if not left.outcomes:
        assert left.verdict == "refused"
        assert left.cause == (decision.cause or "not_offered")
    elif any(each.approval == "automatic" for each in left.outcomes):
        assert left.verdict == "approved"
    else:
        assert left.verdict == "review"
