"""The engine with the three shops' files says what the tables say, case by case, and names the clauses behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.answering import answered_lines
from tests.domain.cases import REASONS, SETTINGS, Case, drawn_case, plain_case
from tests.domain.comparing import differences
from tests.domain.readings import read

DRAWN_CASES = 2500


def assert_agrees(case: Mapping[str, Any]) -> None:
    """Fail, showing the whole case, if the engine and the tables differ on any settled field of any line."""
    readings = read(case)
    lines = answered_lines(case)
    assert [line["id"] for line in lines] == [reading["id"] for reading in readings]
    found = [difference for line, reading in zip(lines, readings, strict=True) for difference in differences(line, reading)]
    assert not found, "\n".join([*found, json.dumps(case, ensure_ascii=False)])


@pytest.mark.parametrize("shop", SETTINGS)
def test_the_engine_agrees_with_the_tables_on_drawn_cases(shop: str) -> None:
    chance = Random(f"{shop} 2026")
    for _ in range(DRAWN_CASES):
        assert_agrees(drawn_case(chance.choice, shop))


@pytest.mark.parametrize("shop", SETTINGS)
def test_the_engine_agrees_with_the_tables_on_every_combination_of_what_a_customer_says(shop: str) -> None:
    chance = Random(f"{shop} combined")
    setting = SETTINGS[shop]
    marks = [([], []), *(([word], []) for word in setting.categories), *(([], [word]) for word in setting.tags)]
    channels, methods, proofs = ("online", "store"), ("mail", "store"), ("receipt", "gift_receipt", "none")
    countries = (setting.country, "DE")
    for channel, method, proof, country, reason, (categories, tags) in product(
        channels, methods, proofs, countries, REASONS, marks
    ):
        case = drawn_case(chance.choice, shop)
        case["order"]["channel"] = channel
        case["request"] |= {"method": method, "proof": proof, "country": country}
        case["order"]["lines"][0] |= {"categories": categories, "tags": tags}
        case["request"]["lines"][0]["reason"] = reason
        assert_agrees(case)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a case that shrinks towards the first of each list of choices."""
    return drawn_case(lambda options: draw(st.sampled_from(options)), draw(st.sampled_from(sorted(SETTINGS))))


@settings(max_examples=150, deadline=None)
@given(cases())
def test_the_engine_agrees_with_the_tables_on_whatever_case_is_thought_up(case: Case) -> None:
    assert_agrees(case)


def says(shop: str, **changes: Any) -> list[str]:
    """Return what each clause does on the one line of a plain case, such as `Z8 charges`."""
    line = answered_lines(plain_case(shop, **changes))[0]
    return [f"{clause['id']} {clause['effect']}" for clause in line["clauses"]]


def first_refusal(shop: str, **changes: Any) -> str:
    """Return the clause that a refused line shows first."""
    return next(say.removesuffix(" refuses") for say in says(shop, **changes) if say.endswith(" refuses"))


DAY_20 = "2026-04-25T12:00:00-05:00"


@pytest.mark.parametrize(
    ("line", "clauses"),
    [
        ({"tags": ["sale"]}, {"Z2", "Z12"}),
        ({"tags": ["final_sale"]}, {"Z2"}),
        ({"tags": ["personalized"]}, {"Z12"}),
        ({"categories": ["jewelry"]}, {"Z3"}),
        ({"categories": ["swimwear"], "tags": ["sale"]}, {"Z2", "Z3", "Z12"}),
        ({"categories": ["gift_card"]}, {"Z10", "Z12"}),
    ],
)
def test_every_clause_that_shuts_a_line_out_is_named_before_what_waiting_or_answering_could_change(
    line: dict[str, Any], clauses: set[str]
) -> None:
    refusing = [say for say in says("azulu", line=line, at="2026-12-01T12:00:00Z", wish={"attested": []}) if "refuses" in say]

    assert {say.removesuffix(" refuses") for say in refusing[: len(clauses)]} == clauses
    assert {"Z7 refuses", "Z11 refuses"} <= set(refusing[len(clauses) :])


def test_a_late_line_names_its_window_before_the_conditions() -> None:
    late = {"at": "2026-12-01T12:00:00Z", "wish": {"attested": []}}
    assert first_refusal("alustoora", **late) == "A2"
    assert first_refusal("nurana", **late) == "N1"
    assert {"A2 refuses", "A3 refuses"} <= set(says("alustoora", **late))


def test_a_condition_not_confirmed_names_the_clause_that_asks_it() -> None:
    assert first_refusal("alustoora", wish={"attested": ["unused"]}) == "A3"
    assert first_refusal("azulu", wish={"attested": ["unused", "tags_attached"]}) == "Z6"
    assert first_refusal("azulu", at=DAY_20, wish={"attested": ["unused", "tags_attached"]}) == "Z11"
    assert first_refusal("nurana", wish={"attested": ["original_packaging", "invoice"]}) == "N4"


def test_two_clauses_that_disagree_are_both_named() -> None:
    assert {"Z7 refuses", "Z11 grants"} <= set(says("azulu", at=DAY_20))
    assert {"Z4 refuses", "Z14 grants"} <= set(says("azulu"))
    assert {"Z2 refuses", "Z12 refuses", "Z16 grants"} <= set(says("azulu", line={"tags": ["sale"]}, wish={"reason": "damaged"}))
    assert {"Z3 refuses", "Z17 grants"} <= set(says("azulu", line={"categories": ["jewelry"]}, wish={"reason": "wrong_item"}))
    assert {"N5 refuses", "N8 grants"} <= set(says("nurana", line={"categories": ["scarf"]}, wish={"reason": "damaged"}))
    assert {"N9 refuses", "N8 grants"} <= set(says("nurana", line={"tags": ["sale"]}, wish={"reason": "wrong_item"}))


@pytest.mark.parametrize(
    ("say", "shop", "changes"),
    [
        ("A5 charges", "alustoora", {}),
        ("A7 grants", "alustoora", {"wish": {"replacement": {"price": "79.90", "in_stock": False}}}),
        ("A8 limits", "alustoora", {"line": {"tags": ["custom_made"]}}),
        ("Z1 refuses", "azulu", {"request": {"country": "US", "proof": "gift_receipt"}}),
        ("Z5 limits", "azulu", {}),
        ("Z8 charges", "azulu", {}),
        ("Z9 limits", "azulu", {"request": {"proof": "none"}}),
        ("Z17 grants", "azulu", {"wish": {"reason": "not_as_described"}}),
        ("N2 limits", "nurana", {}),
        ("N10 grants", "nurana", {"wish": {"reason": "size", "replacement": {"price": "18500000", "in_stock": False}}}),
        ("N13 charges", "nurana", {"wish": {"replacement": {"price": "18500001", "in_stock": True}}}),
        ("N14 grants", "nurana", {"wish": {"reason": "defective"}}),
    ],
)
def test_a_clause_that_has_a_say_is_named(say: str, shop: str, changes: dict[str, Any]) -> None:
    assert say in says(shop, **changes)


@pytest.mark.parametrize("shop", SETTINGS)
def test_a_value_and_its_deductions_make_up_the_price(shop: str) -> None:
    chance = Random(f"{shop} money")
    for _ in range(300):
        case = drawn_case(chance.choice, shop)
        proof, bought, asked = case["request"]["proof"], case["order"]["lines"][0], case["request"]["lines"][0]
        lowest = bought["lowest_price_14d"] if (shop, proof) == ("azulu", "none") else None
        price = Decimal(lowest or bought["unit_price"]) * asked["quantity"]
        for outcome in answered_lines(case)[0]["outcomes"]:
            assert sum(Decimal(one["amount"]) for one in outcome["deductions"]) + Decimal(outcome["value"]) == price


def test_a_missing_receipt_without_a_known_lowest_price_is_looked_at_for_the_whole_month() -> None:
    line = answered_lines(plain_case("azulu", request={"proof": "none"}))[0]

    assert line["verdict"] == "review"
    assert line["request_by"] == "2026-05-05T23:59:59.999999-05:00"
