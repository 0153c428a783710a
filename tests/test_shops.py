"""Shops are read from their folders: all of a shop's dated policies, and no shop with a mistake."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from chalicelib.domain.errors import InvalidPolicy
from chalicelib.shops import MERCHANTS, load_shops

CLAUSES = {
    "alustoora": [f"A{number}" for number in range(1, 9)],
    "azulu": [*(f"Z{number}" for number in range(1, 7)), "photos", *(f"Z{number}" for number in range(7, 19))],
    "nurana": [*(f"N{number}" for number in range(5)), "photos", *(f"N{number}" for number in (5, *range(8, 15)))],
}


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that makes a folder with one shop, azulu's file under it, and a policy for each date."""

    def make(*dates: str, merchant: str = "") -> Path:
        folder = tmp_path / "azulu"
        folder.mkdir()
        folder.joinpath("merchant.toml").write_text(merchant or read("azulu/merchant.toml"), encoding="utf-8")
        text = read("azulu/policy-2024-12-18.toml")
        for day in dates:
            folder.joinpath(f"policy-{day}.toml").write_text(
                text.replace("effective = 2024-12-18", f"effective = {day}"), "utf-8"
            )
        return tmp_path

    return make


def read(name: str) -> str:
    """Return the text of a demo shop's file."""
    return MERCHANTS.joinpath(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("slug", CLAUSES)
def test_each_demo_shop_has_every_clause_of_its_policy_in_three_languages(slug: str) -> None:
    policy = load_shops()[slug].policies[-1]
    assert [clause.id for clause in policy.clauses] == CLAUSES[slug]
    for words in [*(clause.text for clause in policy.clauses), *policy.conditions.values()]:
        assert set(words) == {"en", "es", "fa"}
        assert re.search("[؀-ۿ]", words["fa"])
        assert not re.search("[؀-ۿ]", words["en"] + words["es"])


@pytest.mark.parametrize("slug", CLAUSES)
def test_persian_words_use_persian_letters_and_digits(slug: str) -> None:
    policy = load_shops()[slug].policies[-1]
    for words in [*(clause.text for clause in policy.clauses), *policy.conditions.values()]:
        assert not re.search("[0-9يك٠-٩]", words["fa"])


def test_the_demo_shops_speak_their_own_language_first() -> None:
    assert {slug: shop.merchant.languages[0] for slug, shop in load_shops().items()} == {
        "alustoora": "en",
        "azulu": "es",
        "nurana": "fa",
    }
    assert load_shops()["azulu"].policies[0].id == "azulu@2024-12-18"


def test_a_shop_with_stores_takes_goods_there() -> None:
    assert {slug: shop.merchant.methods for slug, shop in load_shops().items()} == {
        "alustoora": ("mail",),
        "azulu": ("mail", "store"),
        "nurana": ("mail",),
    }


@pytest.mark.parametrize("slug", CLAUSES)
def test_a_logo_is_a_small_svg_that_takes_the_pages_colour_and_fetches_nothing(slug: str) -> None:
    logo = load_shops()[slug].logo
    assert ElementTree.fromstring(logo).tag.endswith("svg")
    assert "currentColor" in logo
    assert len(logo) < 2000
    assert not re.search("href|style|script|<image|<text|url", logo)


def test_an_order_is_decided_by_the_policy_in_force_when_it_was_placed(shop: Callable[..., Path]) -> None:
    azulu = load_shops(shop("2025-01-01", "2026-01-01"))["azulu"]
    assert [policy.effective for policy in azulu.policies] == [date(2025, 1, 1), date(2026, 1, 1)]

    def placed(moment: str) -> str:
        return azulu.policy_for(datetime.fromisoformat(moment)).id

    assert placed("2025-12-31T23:59:59-05:00") == "azulu@2025-01-01"
    assert placed("2026-01-01T00:00:00-05:00") == "azulu@2026-01-01"
    assert placed("2026-01-01T04:59:59+00:00") == "azulu@2025-01-01"


def test_an_order_from_before_the_first_policy_is_decided_by_that_one(shop: Callable[..., Path]) -> None:
    azulu = load_shops(shop("2025-01-01"))["azulu"]
    assert azulu.policy_for(datetime.fromisoformat("2019-01-01T00:00:00Z")).id == "azulu@2025-01-01"


def test_a_shop_without_a_policy_is_told(shop: Callable[..., Path]) -> None:
    with pytest.raises(InvalidPolicy, match=r"azulu: the shop has no policy; add a policy-<date>\.toml"):
        load_shops(shop())


def test_mistakes_in_any_file_are_told_when_the_shops_are_read(shop: Callable[..., Path]) -> None:
    folder = shop("2025-01-01", "2026-01-01")
    for file in folder.glob("azulu/policy-*.toml"):
        file.write_text(file.read_text("utf-8").replace("days = 7", "days = 0"), "utf-8")
    with pytest.raises(InvalidPolicy) as caught:
        load_shops(folder)
    assert {mistake.split(":")[0] for mistake in caught.value.mistakes} == {
        "azulu/policy-2025-01-01.toml",
        "azulu/policy-2026-01-01.toml",
    }


def test_a_shops_own_file_with_a_mistake_is_told(shop: Callable[..., Path]) -> None:
    text = read("azulu/merchant.toml").replace('zone = "America/Bogota"', 'zone = "Bogota"')
    with pytest.raises(InvalidPolicy, match=r"azulu/merchant\.toml:3: zone: 'Bogota' is not a time zone"):
        load_shops(shop("2025-01-01", merchant=text))


def test_the_shops_are_read_once() -> None:
    assert load_shops() is load_shops()
