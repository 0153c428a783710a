"""How many photos a policy asks for, and that asking for them changes nothing else."""

from __future__ import annotations

import json
import tomllib
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.clauses import PolicyFile
from chalicelib.domain.contract import answer, read_case
from chalicelib.domain.decisions import decide
from chalicelib.domain.policy import Policy
from chalicelib.shops import MERCHANTS, load_shops
from tests.domain.cases import drawn_case
from tests.domain.shopmaking import ask, policy

BASE = """outcomes = ["refund"]

[[clauses]]
id = "month"
grants = ["refund"]
window = { days = 30, from = "delivery" }
"""
IN_TIME = "2026-03-10T12:00:00+01:00"


def asking(*rules: str) -> Policy:
    """Return a policy that grants refunds and has a clause for each of these rules."""
    return policy(BASE + "".join(f'\n[[clauses]]\nid = "p{number}"\n{rule}\n' for number, rule in enumerate(rules)))


def photos(rules: Policy, **changes: Any) -> tuple[int, str]:
    """Return how many photos are asked for, and by which clause."""
    line = ask(rules, IN_TIME, **changes).lines[0]
    return line.photos, line.photos_clause


def test_no_photos_are_asked_where_no_clause_asks() -> None:
    assert photos(asking('review = "everything"')) == (0, "")


def test_photos_are_asked_where_the_rule_applies() -> None:
    rules = asking('when = { reason = "damaged" }\nphotos = 2')

    assert photos(rules, wish={"reason": "damaged"}) == (2, "p0")
    assert photos(rules, wish={"reason": "size"}) == (0, "")


@given(asked=st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_the_clause_that_asks_for_most_counts(asked: list[int]) -> None:
    rules = asking(*(f"photos = {number}" for number in asked))

    assert photos(rules) == (max(asked), f"p{asked.index(max(asked))}")


def test_a_clause_that_is_overridden_asks_for_nothing() -> None:
    rules = asking("photos = 4", 'photos = 1\noverrides = ["p0"]')

    assert photos(rules) == (1, "p1")


def test_nothing_is_asked_for_a_line_that_is_refused() -> None:
    rules = asking("photos = 2", 'when = { tag = "sale" }\nrefuses = "everything"\noverrides = "everything"')

    assert photos(rules, line={"tags": ["sale"]}) == (0, "")


@pytest.mark.parametrize(
    ("shop", "reason", "number"),
    [
        ("azulu", "damaged", 1),
        ("azulu", "defective", 1),
        ("azulu", "wrong_item", 0),
        ("azulu", "size", 0),
        ("nurana", "damaged", 2),
        ("nurana", "wrong_item", 2),
        ("nurana", "not_as_described", 2),
        ("nurana", "colour", 0),
        ("alustoora", "damaged", 0),
    ],
)
def test_the_demo_shops_ask_where_a_picture_helps(shop: str, reason: str, number: int) -> None:
    (rules,) = load_shops()[shop].policies
    moment = "2026-03-06T12:00:00+01:00"

    assert ask(rules, moment, wish={"reason": reason}, request={"method": "mail"}).lines[0].photos == number


@pytest.mark.parametrize("shop", ["azulu", "nurana"])
def test_asking_for_photos_changes_no_answer_of_the_contract(shop: str) -> None:
    chance = Random(f"{shop} photos")
    (rules,) = load_shops()[shop].policies
    (file,) = (MERCHANTS / shop).glob("policy-*.toml")
    raw = tomllib.loads(file.read_text("utf-8"))
    silent = Policy(
        rules.merchant, PolicyFile.model_validate(raw | {"clauses": [one for one in raw["clauses"] if "photos" not in one]})
    )
    asked = 0
    for _ in range(400):
        case = read_case(json.dumps(drawn_case(chance.choice, shop)).encode())
        decision = decide(case.order, case.request, rules, case.at)
        asked += any(line.photos for line in decision.lines)

        assert answer(None, decision) == answer(None, decide(case.order, case.request, silent, case.at))
    assert asked > 20
