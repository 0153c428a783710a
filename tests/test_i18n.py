"""Which language a customer is answered in, whatever link, choice and browser say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.i18n import LANGUAGES, negotiate

SHOP = ("es", "en", "fa")


def test_every_catalogue_is_a_language_with_its_own_name_and_direction() -> None:
    assert {(each.code, each.name, each.direction) for each in LANGUAGES.values()} == {
        ("en", "English", "ltr"),
        ("es", "Español", "ltr"),
        ("fa", "فارسی", "rtl"),
    }


@pytest.mark.parametrize(
    ("link", "chosen", "browser", "spoken"),
    [
        ("fa", "en", "es", "fa"),
        (None, "en", "fa", "en"),
        (None, None, "fa", "fa"),
        (None, None, None, "es"),
        ("FA ", None, None, "fa"),
        ("de", "fa", None, "fa"),
        ("", "", "", "es"),
    ],
)
def test_the_link_comes_before_the_choice_before_the_browser_before_the_shop(
    link: str | None, chosen: str | None, browser: str | None, spoken: str
) -> None:
    assert negotiate(link, chosen, browser, SHOP).code == spoken


@pytest.mark.parametrize(
    ("header", "spoken"),
    [
        ("fa-IR,fa;q=0.9,en-US;q=0.8,en;q=0.7", "fa"),
        ("de-CH, de;q=0.9, en;q=0.5, es;q=0.4", "en"),
        ("en;q=0.2, fa;q=0.8", "fa"),
        ("en;q=0.5, fa;q=0.5", "en"),
        ("es;q=0, en;q=0.1", "en"),
        ("*", "es"),
        ("de, *;q=0.5, fa;q=0.1", "es"),
        ("zh-Hant-TW, ja", "es"),
        ("FA-ir", "fa"),
        ("en ; q = 0.3 , fa ; q=0.7", "fa"),
        ("en;q=1.000, fa", "en"),
    ],
)
def test_the_browser_gets_the_most_wanted_language_that_the_shop_speaks(header: str, spoken: str) -> None:
    assert negotiate(None, None, header, SHOP).code == spoken


@pytest.mark.parametrize(
    "header", ["en;q=2", "en;q=-1", "en;q=0.1234", "en;level=1", "../../etc", "e\x00n", "en" * 5000, "\ud800", "۱en", ";;;,,,"]
)
def test_what_is_no_language_range_is_passed_over(header: str) -> None:
    assert negotiate(header, header, header, SHOP).code == "es"


def test_a_header_is_read_only_as_far_as_browsers_write_them() -> None:
    assert negotiate(None, None, "xx," * 400 + "fa", SHOP).code == "es"


@given(st.text(), st.text(), st.text())
def test_nothing_that_is_sent_breaks_the_negotiation(link: str, chosen: str, header: str) -> None:
    assert negotiate(link, chosen, header, SHOP).code in SHOP


def test_a_shop_is_answered_for_only_in_the_languages_it_speaks() -> None:
    assert negotiate("fa", "fa", "fa", ("en",)).code == "en"
