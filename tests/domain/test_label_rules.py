"""Which label a shop's rules buy, and what is said of rules that cannot be kept."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.domain.errors import InvalidPolicy
from chalicelib.domain.label_rules import Box, LabelRule, Labels
from chalicelib.domain.labels import NoLabel, Rate
from chalicelib.domain.policy_check import read_merchant
from chalicelib.shops import MERCHANTS
from tests.labels import SHOP

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "labels.md").read_text("utf-8")
AZULU = (MERCHANTS / "azulu" / "merchant.toml").read_text("utf-8")


def rate(service: str, cost: str, carrier: str = "USPS") -> Rate:
    return Rate(id=f"rate_{carrier}_{service}", carrier=carrier, service=service, cost=Decimal(cost), currency="USD")


def labels(*rules: LabelRule, **changes: Any) -> Labels:
    return Labels(**{"provider": "easypost", "address": SHOP, "rules": rules} | changes)


RATES = (rate("Priority", "6.95"), rate("Ground", "5.93"), rate("Express", "31.25"), rate("Ground", "4.00", "UPS"))


def chosen(**rule: Any) -> str | None:
    found = LabelRule(**{"carrier": "USPS"} | rule).choice(RATES)
    return found and f"{found.carrier} {found.service}"


def test_a_rule_takes_the_cheapest_of_its_carrier_unless_told_otherwise() -> None:
    assert chosen() == "USPS Ground"
    assert chosen(carrier="ups") == "UPS Ground"
    assert chosen(services=("Express", "Priority")) == "USPS Priority"
    assert chosen(services=("Express", "Priority"), take="first") == "USPS Express"
    assert chosen(services=("Express", "Priority"), take="first", most="10.00") == "USPS Priority"
    assert chosen(services=("Overnight",)) is None
    assert chosen(most="5.92") is None


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("XYZ"), st.integers(0, 999)), max_size=8), st.integers(0, 999))
def test_what_is_taken_is_offered_allowed_and_the_least_of_it(offers: list[tuple[str, str, int]], most: int) -> None:
    rates = [rate(service, str(cost), carrier) for carrier, service, cost in offers]
    rule = LabelRule(carrier="A", services=("X", "Y"), most=Decimal(most))
    allowed = [each for each in rates if each.carrier == "A" and each.service in "XY" and each.cost <= most]
    found = rule.choice(rates)
    assert (found is None) == (not allowed)
    if found:
        assert found in allowed
        assert found.cost == min(each.cost for each in allowed)


def test_the_first_rule_that_fits_decides() -> None:
    light = LabelRule(carrier="light", up_to_grams=1200)
    abroad = LabelRule(carrier="abroad", countries=("EC", "PE"))
    cheap = LabelRule(carrier="cheap", up_to_value=Decimal(100))
    rest = LabelRule(carrier="rest")
    found = labels(light, abroad, cheap, rest)

    def carrier(country: str, units: int, value: Decimal | None) -> str | None:
        rule = found.rule_for("CO", country, units, value)
        return rule and rule.carrier

    assert carrier("CO", 2, Decimal(500)) == "light"
    assert carrier("CO", 3, Decimal(500)) == "rest"
    assert carrier("CO", 3, Decimal(100)) == "cheap"
    assert carrier("CO", 3, None) == "rest", "what goods in another currency are worth is not known"
    assert carrier("PE", 1, None) == "abroad"
    assert carrier("US", 1, None) is None


def test_a_parcel_weighs_what_its_box_and_its_units_weigh() -> None:
    big = Box(length=60, width=40, height=40, grams=900)
    rule = LabelRule(carrier="USPS", box=big)
    assert labels(rule).packed(3).grams == 200 + 3 * 500
    assert labels(rule, item_grams=100).packed(2, rule) == big.model_copy(update={"grams": 1100})


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('provider = "easypost"', "address"),
        ('provider = "karrio"', "easypost"),
        ('provider = "easypost"\n[labels.address]\nname = "A"\nstreet = "B"\ncity = "C"\ncountry = "CO"', "rules"),
        ('[[labels.rules]]\ncarrier = "USPS"\ntake = "first"', "services"),
        ('[[labels.rules]]\ncarrier = "USPS"\nmost = 5.5', "most"),
        ("[labels.box]\nlength = 0\nwidth = 1\nheight = 1\ngrams = 1", "length"),
        ("weight = 3", "weight"),
    ],
)
def test_a_mistake_in_a_shops_file_is_told_in_one_line_with_its_place(written: str, said: str) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        read_merchant("azulu/merchant.toml", f"{AZULU}\n[labels]\n{written}\n")
    (mistake,) = refused.value.mistakes
    assert mistake.startswith("azulu/merchant.toml")
    assert said in mistake
    assert "\n" not in mistake


def test_the_example_in_the_docs_is_read_and_names_every_key() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
    read = Labels.model_validate(tomllib.loads(example)["labels"])
    assert [rule.carrier for rule in read.rules] == ["USPS", "UPS"]
    keys = set(re.findall(r"^\| `([\w.]+)` \|.*\|$", DOCS, re.MULTILINE))
    reasons = set(get_args(NoLabel))
    assert keys == set(Labels.model_fields) | {f"rules.{name}" for name in LabelRule.model_fields} | reasons


def test_a_provider_without_rules_is_refused() -> None:
    with pytest.raises(ValidationError, match="rules"):
        labels()
