"""Plain values in DynamoDB's typed form: as boto3 writes and reads them, and nothing that we never write."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.attributes import packed, unpacked

NUMBERS = st.integers(-(10**38) + 1, 10**38 - 1) | st.decimals(
    min_value=-(10**20), max_value=10**20, places=6, allow_nan=False, allow_infinity=False
)
LEAVES = st.text() | st.booleans() | st.none() | NUMBERS | st.sets(st.text(), min_size=1)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


def in_order(typed: Any) -> Any:
    """Return a typed value with the members of its sets in order: they have none of their own."""
    match typed:
        case {"SS": members}:
            return {"SS": sorted(members)}
        case dict():
            return {name: in_order(value) for name, value in typed.items()}
        case list():
            return [in_order(each) for each in typed]
    return typed


@given(st.dictionaries(st.text(), VALUES))
def test_values_are_written_and_read_as_boto3_does(item: dict[str, Any]) -> None:
    theirs = {name: TypeSerializer().serialize(value) for name, value in item.items()}
    assert in_order(packed(item)) == in_order(theirs)
    assert unpacked(theirs) == {name: TypeDeserializer().deserialize(value) for name, value in theirs.items()} == item


@pytest.mark.parametrize("value", [1.5, b"bytes", set(), {1}, object()])
def test_what_is_no_value_of_an_item_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="not for an item"):
        packed({"name": value})


@pytest.mark.parametrize("value", [10**38 + 1, Decimal("0." + "3" * 39)])
def test_a_number_that_would_not_come_back_as_it_was_is_refused(value: int | Decimal) -> None:
    with pytest.raises(ArithmeticError):
        packed({"name": value})


def test_a_type_that_we_never_write_is_refused() -> None:
    with pytest.raises(TypeError, match="never write"):
        unpacked({"name": {"B": b"bytes"}})
