"""What is scanned at the parcel table: a number is found wherever it stands, and what is none is told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.rma import ALPHABET, new_rma
from chalicelib.domain.scanning import rma_in, trouble

RMA = new_rma(12345)
NUMBERS = st.integers(0, 2**75 - 1).map(new_rma)


@given(NUMBERS, st.sampled_from(["{}", "RMA {}", "]C0{}", "https://shop.example/azulu/staff/receive?code={}", "\u200e{}\r\n",
                                 "https://shop.example/r/{}#top", " {} ", "#{}"]))  # fmt: skip
def test_a_number_is_found_alone_and_in_an_address(rma: str, around: str) -> None:
    for spelling in (rma, rma.lower(), rma.replace("-", ""), rma.replace("-", "'"), rma.replace("-", "_")):
        assert rma_in(around.format(spelling)) == rma


@given(NUMBERS, st.integers(0, 15), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(rma: str, place: int, wrong: str) -> None:
    plain = rma.replace("-", "")
    typed = plain[:place] + wrong + plain[place + 1 :]
    if typed != plain:
        assert rma_in(typed) is None
        assert trouble(typed) == "check"


@pytest.mark.parametrize(("typed", "why"), [
    ("", "missing"), ("  \u200f ", "missing"), ("1Z999AA10123456784", "tracking"), ("RR123456785CO", "tracking"),
    ("4006381333931", "product"), ("۴۰۰۶۳۸۱۳۳۳۹۳۱", "product"), ("ع۳م", "keyboard"), ("Ж3М", "keyboard"),
    ("https://shop.example/azulu", "address"), (RMA[:-1], "length"), (RMA + "AA", "length"), (RMA[:-1] + "U", "alphabet"),
    ("AZ-1001", "unknown"), ("Linen dress", "unknown"), ("☂" * 300, "unknown"),
])  # fmt: skip
def test_what_is_no_number_is_told_apart(typed: str, why: str) -> None:
    assert rma_in(typed) is None
    assert trouble(typed) == why


@given(st.text())
def test_anything_may_be_scanned(typed: str) -> None:
    assert rma_in(typed) or trouble(typed)
