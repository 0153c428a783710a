"""What a shop tells of its parcels: its own words first, a country's before all others', and mistakes in them by their keys."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chalicelib.domain.errors import InvalidPolicy
from chalicelib.domain.instructions import ByCustomer, InStore, Instructions, Prepaid, ways
from chalicelib.domain.policy_check import read_merchant
from chalicelib.domain.returns import Return
from chalicelib.shops import MERCHANTS
from tests.made import made

SHOP = (MERCHANTS / "azulu" / "merchant.toml").read_text("utf-8").partition("# What customers are told")[0]


def told(text: str) -> list[str]:
    """Return the mistakes in a shop's file with these lines added."""
    with pytest.raises(InvalidPolicy) as caught:
        read_merchant("azulu/merchant.toml", SHOP + text)
    return [mistake.partition(": ")[2] for mistake in caught.value.mistakes]


def test_what_a_shop_does_not_say_is_left_to_the_portals_own_words() -> None:
    shop = read_merchant("azulu/merchant.toml", SHOP)
    for way in ("customer", "prepaid", "store"):
        assert not any(shop.instructions.told(way, "CO").values())  # type: ignore[arg-type]


def test_a_countrys_words_stand_before_those_for_everybody_step_by_step() -> None:
    said = Instructions.model_validate(
        {
            "customer": {"pack": {"en": "Pack."}, "send": {"en": "Send."}},
            "countries": {"US": {"customer": {"send": {"en": "Declare and send."}}}},
        }
    )
    assert (said.told("customer", "CO")["pack"], said.told("customer", "CO")["send"]) == ({"en": "Pack."}, {"en": "Send."})
    assert said.told("customer", "US")["pack"] == {"en": "Pack."}
    assert said.told("customer", "US")["send"] == {"en": "Declare and send."}
    assert said.told("prepaid", "US")["pack"] == {}


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (
            '[instructions.customer]\npack = { es = "Empaque.", en = "Pack." }',
            "instructions.customer.pack.fa: the text is missing in fa, which the shop speaks; add it",
        ),
        (
            '[instructions.countries.US.store]\nshow = { es = "A", en = "B", fa = " " }',
            "instructions.countries.US.store.show.fa: the text is missing in fa, which the shop speaks; add it",
        ),
        (
            '[instructions.customer]\nmark = { es = "A {order}", en = "B", fa = "C" }',
            "instructions.customer.mark: {order} stands for nothing; write {rma} for the RMA number, and no other braces",
        ),
        (
            '[instructions.store]\nbirng = { es = "A", en = "B", fa = "C" }',
            'instructions.store.birng: unknown key "birng"; did you mean "bring"?',
        ),
        (
            '[instructions.customr]\npack = { es = "A", en = "B", fa = "C" }',
            'instructions.customr: unknown key "customr"; did you mean "customer"?',
        ),
        (
            '[instructions.countries.UK.store]\nshow = { es = "A", en = "B", fa = "C" }',
            'instructions.countries.UK: "UK" is not a code of ISO 3166-1; write "GB"',
        ),
        (
            '[instructions.customer]\npack = "Pack."',
            'instructions.customer.pack: "Pack." is not a table; write its keys between { and }, or under a [header]',
        ),
    ],
)
def test_a_mistake_names_its_key_and_how_to_mend_it(text: str, mistake: str) -> None:
    (found,) = told(text)
    assert found.startswith(mistake)


def with_shipping(*shipping: str) -> Return:
    """Return a return whose lines may be sent at the expense of these."""
    plain = made(*["authorised"] * len(shipping))
    lines = [
        line.model_copy(update={"decision": replace(line.decision, shipping=by)})
        for line, by in zip(plain.lines, shipping, strict=True)
    ]
    return plain.model_copy(update={"lines": tuple(lines)})


@pytest.mark.parametrize(
    ("shipping", "expected"),
    [
        (("customer",), ("customer",)),
        (("merchant", "merchant"), ("prepaid",)),
        (("merchant", "customer"), ("customer", "prepaid")),
        (("none",), ("customer",)),
    ],
)
def test_who_pays_says_how_goods_come_back(shipping: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert ways(with_shipping(*shipping)) == expected


def test_what_goes_to_a_store_goes_there_whoever_pays() -> None:
    assert ways(with_shipping("merchant", "customer").model_copy(update={"method": "store"})) == ("store",)


def test_the_documentation_names_every_step_and_no_other() -> None:
    page = (MERCHANTS.parents[1] / "docs" / "parcels.md").read_text("utf-8")
    tables = {"customer": ByCustomer, "prepaid": Prepaid, "store": InStore}
    steps = [f"instructions.{way}.{step}" for way, table in tables.items() for step in table.model_fields]
    assert re.findall(r"^\| `(instructions\.\w+\.\w+)` \|", page, re.MULTILINE) == steps


def test_the_documented_example_is_one() -> None:
    page = (MERCHANTS.parents[1] / "docs" / "parcels.md").read_text("utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    spoken = SHOP.replace('languages = ["es", "en", "fa"]', 'languages = ["es", "en"]')
    shop = read_merchant("azulu/merchant.toml", f"{spoken}\n{example}")
    assert "gets lost" in shop.instructions.told("customer", "CO")["send"]["en"]
