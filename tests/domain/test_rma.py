"""RMA numbers: what is given, and what is read back from what people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidRma
from chalicelib.domain.rma import ALPHABET, new_rma, parse_rma

numbers = st.integers(0, 2**75 - 1).map(new_rma)


@given(numbers)
def test_an_rma_number_reads_back_as_itself(number: str) -> None:
    assert parse_rma(number) == number
    assert len(number) == 19


@given(st.integers(0, 2**75 - 1), st.integers(0, 2**75 - 1))
def test_different_bits_give_different_numbers(one: int, other: int) -> None:
    assert (new_rma(one) == new_rma(other)) == (one == other)


@given(numbers, st.integers(0, 15), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_noticed(number: str, place: int, wrong: str) -> None:
    characters = list(number.replace("-", ""))
    if characters[place] == wrong:
        return
    characters[place] = wrong
    with pytest.raises(InvalidRma) as caught:
        parse_rma("".join(characters))
    assert caught.value.why == "check"


@given(numbers, st.integers(0, 15), st.integers(0, 15))
def test_every_two_characters_that_changed_places_are_noticed(number: str, one: int, other: int) -> None:
    characters = list(number.replace("-", ""))
    if characters[one] == characters[other]:
        return
    characters[one], characters[other] = characters[other], characters[one]
    with pytest.raises(InvalidRma):
        parse_rma("".join(characters))


def test_what_people_make_of_a_number_is_understood() -> None:
    number = new_rma(0x1A2B3C4D5E6F7A8B9C0)
    bare = number.replace("-", "")
    persian = bare.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    confused = bare.replace("0", "o").replace("1", "l")
    for typed in (
        number.lower(),
        f"RMA {number}",
        f"rma#{bare}",
        " ".join(bare),
        persian,
        confused,
        f"\u2066{number}\u2069",
        number.replace("-", "–"),
    ):
        assert parse_rma(typed) == number


@pytest.mark.parametrize(("typed", "why"), [("", "length"), ("7K3M", "length"), ("U" * 16, "alphabet"), ("é" * 16, "alphabet")])
def test_what_is_no_number_says_why(typed: str, why: str) -> None:
    with pytest.raises(InvalidRma) as caught:
        parse_rma(typed)
    assert caught.value.why == why
