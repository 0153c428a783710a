"""Tracking numbers: whose they are, by form and check digit."""

from __future__ import annotations

import pytest

from chalicelib.domain.carriers import recognise

KNOWN = {
    "1Z999AA10123456784": "UPS",
    "1Z5R89390357567127": "UPS",
    "9205590164917312751089": "USPS",
    "9205590164917312751080": None,
    "RR473124829GB": "Royal Mail",
    "RX123456785US": "USPS",
    "986578788855": "FedEx",
    "123456789012345678901234": "Iran Post",
    "2012345678": "Servientrega",
    "JD000123456789012345": "DHL",
}


@pytest.mark.parametrize(("number", "carrier"), KNOWN.items())
def test_a_number_names_its_carrier(number: str, carrier: str | None) -> None:
    found = recognise(number)
    assert (found and found.carrier) == carrier


@pytest.mark.parametrize(
    "typed", ["1z 999 aa1 01 2345 6784", "1Z-999AA1-01234-56784", "۱Z۹۹۹AA۱۰۱۲۳۴۵۶۷۸۴", "\u20661Z999AA10123456784\u2069"]
)
def test_a_number_may_be_typed_in_any_way(typed: str) -> None:
    found = recognise(typed)
    assert found is not None
    assert found.number == "1Z999AA10123456784"


@pytest.mark.parametrize("place", [2, *range(4, 18)])
def test_a_digit_that_is_one_off_in_a_ups_number_is_noticed(place: int) -> None:
    number = "1Z5R89390357567127"
    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    assert recognise(wrong) is None


@pytest.mark.parametrize("number", ["", "x", "HELLO", "1", "0000", "9" * 40])
def test_a_number_of_no_known_form_has_no_carrier(number: str) -> None:
    assert recognise(number) is None
