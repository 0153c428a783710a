"""How identifiers fold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.identifiers import (
    fold_digits,
    fold_email,
    fold_gift_code,
    fold_order_number,
    gift_code_fault,
    order_number_fault,
)


@pytest.mark.parametrize(
    "typed",
    [
        "AZ-1001",
        "az 1001",
        "#AZ1001",
        " # az – 1001\n",
        "AZ-۱۰۰۱",
        "AZ-١٠٠١",
        "ＡＺ－１００１",
        "\u2067AZ\u200c\u20111001\u2069\ufeff",
        "a\u00adz\u22121001",
    ],
)
def test_an_order_number_folds_however_it_is_typed(typed):
    assert fold_order_number(typed) == "AZ1001"


def test_letters_of_arabic_keyboards_fold_to_the_persian_ones():
    assert fold_order_number("كي-۷") == fold_order_number("کی۷")


def test_what_is_not_ignored_keeps_numbers_apart():
    assert len({fold_order_number(number) for number in ("A1", "A.1", "A/1", "A_1", "A:1", "B1")}) == 6


@pytest.mark.parametrize("number", ["", "#", " - ", "\u200e", "._/"])
def test_a_number_of_nothing_is_no_number(number):
    assert "at least one letter" in order_number_fault(number)


def test_a_number_is_bounded_and_plain():
    assert order_number_fault("A" * 50) is None
    assert "at most 50" in order_number_fault("A" * 51)
    assert "made of letters" in order_number_fault("A@1")
    assert order_number_fault("سفارش-۱۲") is None


@given(st.text())
def test_folding_a_number_again_changes_nothing(text):
    assert fold_order_number(fold_order_number(text)) == fold_order_number(text)


@given(st.text())
def test_a_folded_number_never_holds_what_separates_keys(text):
    assert "#" not in fold_order_number(text)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["lower", "upper", "swapcase"]))
def test_case_and_normal_form_do_not_change_a_number(text, change):
    # Unicode's own mappings are not all symmetric: a letter counts whose case comes back.
    text = "".join(char for char in text if char.upper().lower() == char.lower())
    assert fold_order_number(unicodedata.normalize("NFD", getattr(text, change)())) == fold_order_number(text)


@given(st.text())
def test_folded_digits_are_ascii_and_as_many_as_before(text):
    folded = fold_digits(text)
    assert len(folded) == len(text)
    assert all(char.isascii() for char in folded if char.isdecimal())


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        (" Ana@Example.COM ", "ana@example.com"),
        ("\u200eana@example.com\u200f", "ana@example.com"),
        ("JOSE\u0301@example.com", "jos\u00e9@example.com"),
        ("jos\u00e9@EXAMPLE.com", "jos\u00e9@example.com"),
        ("علی@مثال.ایران", "علی@مثال.ایران"),
    ],
)
def test_an_address_folds_however_it_is_typed(typed, folded):
    assert fold_email(typed) == folded


def test_folding_never_leads_to_another_domain():
    assert fold_email("ana@straße.example") != fold_email("ana@strasse.example")


@given(st.text())
def test_folding_an_address_again_changes_nothing(text):
    assert fold_email(fold_email(text)) == fold_email(text)


@pytest.mark.parametrize(
    "typed", ["REGALO-7K2M-94", "regalo 7k2m94", "Regalo.7K2M/94", "REGALO-۷K۲M-۹۴", "ＲＥＧＡＬＯ7K2M94", "#regalo7k2m94\n"]
)
def test_a_gift_code_folds_however_it_is_typed(typed):
    assert fold_gift_code(typed) == "REGALO7K2M94"
    assert gift_code_fault(typed) is None


@pytest.mark.parametrize("code", ["", "AB-12", "A-B-C-D-E-F-G", "-" * 30, "A" * 41])
def test_a_code_that_could_be_guessed_is_none(code):
    assert gift_code_fault(code) == "a gift code has at least 8 letters and digits, and at most 40 characters in all"


@given(st.text(max_size=60))
def test_folding_a_gift_code_again_changes_nothing(text):
    folded = fold_gift_code(text)

    assert fold_gift_code(folded) == folded
    assert folded.isalnum() or not folded
