"""Decisions: the published examples, what every decision keeps to, and requests that do not fit their order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.contract import Case, read_case
from chalicelib.domain.decisions import decide
from chalicelib.domain.errors import InvalidCase
from chalicelib.domain.orders import Request
from chalicelib.domain.verdicts import Decision
from chalicelib.shops import load_shops
from tests.domain.answering import answered_lines
from tests.domain.cases import drawn_case, plain_case
from tests.domain.shopmaking import ask, policy

EXAMPLES = [json.loads(line) for line in Path(__file__).with_name("examples.jsonl").read_text(encoding="utf-8").splitlines()]
RANK = {"refused": 0, "review": 1, "approved": 2}
SHOPS = ("alustoora", "azulu", "nurana")

cases = st.builds(
    lambda shop, random: read_case(json.dumps(drawn_case(random.choice, shop)).encode()),
    st.sampled_from(SHOPS),
    st.randoms(use_true_random=False),
)


def decided(case: Case, **changes: Any) -> Decision:
    """Decide a case by the policy of its shop, with changes to the case put in."""
    changed = case.model_copy(update=changes)
    return decide(changed.order, changed.request, load_shops()[case.order.merchant].policy_for(case.order.placed_at), changed.at)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["input"]["case"] for example in EXAMPLES])
def test_every_published_example_is_answered_as_published(example: Mapping[str, Any]) -> None:
    for told, expected in zip(answered_lines(example["input"]), example["expect"], strict=True):
        outcomes = [{key: one[key] for key in ("kind", "approval", "value", "due", "expires_days")} for one in told["outcomes"]]
        assert {**told, "outcomes": outcomes} | expected == {**told, "outcomes": outcomes}


@given(case=cases)
def test_money_adds_up_and_is_never_negative(case: Case) -> None:
    for line in decided(case).lines:
        for outcome in line.outcomes:
            taken = sum((deduction.amount for deduction in outcome.deductions), Decimal(0))
            assert all(deduction.amount > 0 for deduction in outcome.deductions)
            assert outcome.value >= 0
            assert outcome.due >= 0
            assert abs(outcome.value + taken - line.price * line.quantity) <= Decimal("0.5")


@given(case=cases, attested=st.sets(st.sampled_from(["unused", "tags_attached", "receipt", "original_packaging", "invoice"])))
def test_confirming_more_never_worsens_a_verdict(case: Case, attested: set[str]) -> None:
    line = case.request.lines[0]
    confirmed = [
        request_with(case, tuple(sorted(attested))),
        request_with(case, tuple(sorted(attested | {*(line.attested or ())}))),
        request_with(case, None),
    ]
    ranks = [RANK[decided(case, request=request).lines[0].verdict] for request in confirmed]
    assert ranks == sorted(ranks)


def request_with(case: Case, attested: tuple[str, ...] | None) -> Request:
    """Return the request of a case with its first line's conditions confirmed otherwise."""
    first, *others = case.request.lines
    return case.request.model_copy(update={"lines": (first.model_copy(update={"attested": attested}), *others)})


@given(case=cases, wait=st.timedeltas(timedelta(0), timedelta(days=60)))
def test_waiting_never_opens_a_line_again(case: Case, wait: timedelta) -> None:
    now, later = decided(case), decided(case, at=case.at + wait)
    for line, then in zip(now.lines, later.lines, strict=True):
        if line.cause == "conditions" and not set(line.required) <= set(then.required):
            continue  # A later window may ask less: azulu's Z6 asks for the receipt in 14 days, Z11 in 30 does not.
        assert RANK[then.verdict] <= RANK[line.verdict]
        assert {outcome.kind for outcome in then.outcomes} <= {outcome.kind for outcome in line.outcomes}


@given(case=cases)
def test_the_deadline_is_the_last_instant_of_the_first_outcome_unless_later_windows_ask_more(case: Case) -> None:
    for number, line in enumerate(decided(case).lines):
        if line.verdict == "refused" or line.request_by is None:
            continue
        last = decided(case, at=line.request_by).lines[number]
        if last.cause == "conditions" and not set(last.unmet) <= set(line.required):
            continue  # The deadline is that of windows: a later one may ask more, as azulu's Z11 for the packaging.
        at_end = last.outcomes[0]
        after = decided(case, at=line.request_by + timedelta(microseconds=1)).lines[number].outcomes
        assert (at_end.kind, at_end.approval) == (line.outcomes[0].kind, line.outcomes[0].approval)
        assert not after or (after[0].kind, after[0].approval) != (at_end.kind, at_end.approval)


@given(case=cases)
def test_every_refusal_names_a_clause_and_a_cause_and_nothing_else_does(case: Case) -> None:
    for line in decided(case).lines:
        refused = line.verdict == "refused"
        assert (line.cause is not None) is refused
        assert not refused or line.clauses[0].effect == "refuses"
        assert refused == (not line.outcomes)
        assert (line.shipping is None) is refused
        assert (line.request_by is not None) >= (line.cause == "late")
        assert bool(line.unmet) is (line.cause == "conditions")


@given(case=cases)
def test_a_disagreement_names_both_clauses(case: Case) -> None:
    for line in decided(case).lines:
        if line.verdict != "refused" and any(say.effect == "refuses" for say in line.clauses):
            assert any(say.effect == "grants" for say in line.clauses)
            assert any(outcome.approval == "review" for outcome in line.outcomes)


@pytest.mark.parametrize("shop", SHOPS)
def test_a_decision_is_the_same_wherever_the_moment_was_written(shop: str) -> None:
    case = read_case(json.dumps(plain_case(shop)).encode())
    elsewhere = datetime.fromisoformat("2026-04-07T01:00:00+13:00")
    assert decided(case, at=elsewhere) == decided(case)


def test_two_lines_of_one_order_do_not_disturb_each_other() -> None:
    example = next(one["input"] for one in EXAMPLES if "swimwear" in one["input"]["case"])
    case = read_case(json.dumps(example).encode())
    together = decided(case)
    for line in case.request.lines:
        alone = case.request.model_copy(update={"lines": (line,)})
        assert decided(case, request=alone).lines[0] == replace(together.line(line.id))


@pytest.mark.parametrize(
    ("wishes", "at"),
    [
        ([{"id": "9", "quantity": 1, "reason": "size"}], "lines[0].id"),
        ([{"id": "1", "quantity": 3, "reason": "size"}], "lines[0].quantity"),
        ([{"id": "1", "quantity": 1, "reason": "size"}] * 2, "lines[1].id"),
    ],
)
def test_a_request_that_does_not_fit_its_order_names_the_place(wishes: list[dict[str, Any]], at: str) -> None:
    text = 'outcomes = ["refund"]\n[[clauses]]\nid = "always"\ngrants = ["refund"]\n'
    with pytest.raises(InvalidCase) as caught:
        ask(policy(text), "2026-03-10T12:00:00Z", request={"lines": wishes})
    assert caught.value.at == f"request.{at}"
