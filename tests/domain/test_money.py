"""Sharing an amount out, so that nothing is lost and nothing is made up."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.money import shared_out

weights = st.lists(st.integers(0, 10**9).map(lambda units: Decimal(units) / 1000), min_size=1, max_size=20)


@given(st.integers(0, 10**12), weights, st.integers(0, 3))
def test_the_parts_are_whole_minor_units_and_the_amount_together(units, shares, decimals):
    amount = Decimal(units).scaleb(-decimals)
    parts = shared_out(amount, shares, decimals)
    assert sum(parts) == amount
    assert all(part == part.quantize(Decimal(1).scaleb(-decimals)) and part >= 0 for part in parts)


@given(st.integers(0, 10**9), weights)
def test_no_part_is_a_whole_minor_unit_away_from_its_proportion(units, shares):
    together = sum(shares)
    if together:
        parts = shared_out(Decimal(units), shares, 0)
        assert all(abs(part - units * share / together) < 1 for part, share in zip(parts, shares, strict=True))


def test_the_first_of_equal_remainders_gets_the_unit_that_is_left():
    assert shared_out(Decimal("10.00"), [Decimal(1)] * 3, 2) == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]


def test_without_any_weight_the_first_part_is_all_of_it():
    assert shared_out(Decimal(5), [Decimal(0), Decimal(0)], 0) == [Decimal(5), Decimal(0)]
