"""Reasons that no clause tells apart are decided alike, so that one decision does for all of them."""

from __future__ import annotations

import json
import random
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.clauses import REASONS, PolicyFile
from chalicelib.domain.contract import Case, read_case
from chalicelib.domain.decisions import decide
from chalicelib.domain.orders import Reason
from chalicelib.domain.policy import Policy
from chalicelib.domain.verdicts import Decision
from chalicelib.shops import load_shops
from tests.domain.cases import drawn_case
from tests.domain.shopmaking import case, merchant, policy, worded

SHOPS = load_shops()


def unchecked(text: str) -> Policy:
    """Return the policy that a text says, whether or not it makes sense."""
    return Policy(merchant(), PolicyFile.model_validate(tomllib.loads(worded(text))))


def told(rules: Policy, found: Case, reason: Reason) -> Decision:
    """Decide a case with this reason for every line."""
    lines = tuple(line.model_copy(update={"reason": reason}) for line in found.request.lines)
    return decide(found.order, found.request.model_copy(update={"lines": lines}), rules, found.at)


@pytest.mark.parametrize("shop", SHOPS)
def test_every_reason_decides_as_the_one_that_stands_for_it(shop: str) -> None:
    chance = random.Random(20261121)
    for _ in range(150):
        found = read_case(json.dumps(drawn_case(chance.choice, shop)).encode())
        for rules in SHOPS[shop].policies:
            for reason, alike in rules.alike.items():
                assert told(rules, found, reason) == told(rules, found, alike), (reason, found)


WHEN = st.recursive(
    st.builds(lambda words: f"reason = {json.dumps(words)}", st.lists(st.sampled_from(REASONS), min_size=1, max_size=3))
    | st.sampled_from(['reason = "shop_fault"', 'reason = "own_choice"', 'method = "mail"', 'category = "lamps"']),
    lambda inner: st.builds("not = {{ {} }}".format, inner) | st.builds("any = [{{ {} }}, {{ {} }}]".format, inner, inner),
    max_leaves=4,
)
DOES = st.sampled_from(
    [
        'grants = ["exchange", "refund"]',
        'refuses = "refund"',
        'review = "exchange"',
        'fee = { kind = "fee", percent = 10 }',
        'shipping = "merchant"',
        'requires = "unused"',
        "photos = 2",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(WHEN, DOES), min_size=1, max_size=4), WHEN)
def test_wherever_a_policy_names_reasons_those_that_stand_for_others_decide_like_them(
    clauses: list[tuple[str, str]], asked_where: str
) -> None:
    written = "\n".join(
        f'[[clauses]]\nid = "c{place}"\nwhen = {{ {when} }}\n{does}' for place, (when, does) in enumerate(clauses)
    )
    rules = unchecked(
        'effective = 2026-01-01\noutcomes = ["exchange", "refund"]\n'
        f'[conditions]\nunused = {{ en = "Unused?", when = {{ {asked_where} }} }}\n'
        f'[[clauses]]\nid = "all"\ngrants = "refund"\n{written}\n'
        '[[clauses]]\nid = "worn"\nwhen = { unconfirmed = "unused" }\nfee = { kind = "wear", amount = "5" }'
    )
    for wish in ({}, {"attested": []}, {"attested": ["unused"]}):
        found = read_case(json.dumps(case("2026-03-06T12:00:00+01:00", line={"categories": ["lamps"]}, wish=wish)).encode())
        for reason, alike in rules.alike.items():
            assert told(rules, found, reason) == told(rules, found, alike)


def test_only_reasons_that_a_clause_or_the_fault_tells_apart_are_decided_apart() -> None:
    plain = policy('outcomes = "refund"\n[[clauses]]\nid = "all"\ngrants = "refund"')
    assert set(plain.alike.values()) == {"size", "damaged"}
    sized = policy(
        'outcomes = "refund"\n[[clauses]]\nid = "s"\ngrants = "refund"\nwhen = { any = [{ not = { reason = "size" } }] }'
    )
    assert {reason for reason, alike in sized.alike.items() if alike == reason} == {"size", "colour", "damaged"}
    assert len(set(SHOPS["azulu"].policies[-1].alike.values())) == 3
