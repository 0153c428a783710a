"""Every shape that an item ever had is still read, none changes unnoticed, and what a newer release wrote is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

import boto3
import pytest

from chalicelib.adapters.attributes import packed, unpacked
from chalicelib.adapters.dynamodb import Table, readable, to_values
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.domain.errors import Unavailable, VueltaError
from chalicelib.domain.returns import Return
from chalicelib.domain.seats import Ticket
from chalicelib.domain.shapes import SHAPE, SHAPES, NewerShape, check_shape
from tests.conftest import REGION, emulated_aws, new_tables
from tests.made import EMAIL, made
from tests.stored.kinds import KINDS, TYPES, Adapters, Example, empty, examples, fields, keep, seat, written_again

EXAMPLES = examples()
NEWEST = {each.kind: each for each in sorted(EXAMPLES, key=lambda each: each.shape)}
HOW = "a stored item has another shape: raise its number in chalicelib/domain/shapes.py and see docs/shapes.md"
# What an item says in another way than its model, and what is the item's own.
MADE_ANEW = {"expires_at", "lines", "clauses", "updated_at", "version"}


@pytest.fixture(scope="module")
def adapters() -> Iterator[Adapters]:
    with emulated_aws():
        yield Adapters(new_tables(boto3.client("dynamodb", region_name=REGION)))


def name(example: Example) -> str:
    return example.name


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
def test_every_shape_there_ever_was_is_read_by_the_real_adapters(adapters: Adapters, example: Example) -> None:
    item = keep(adapters, example)
    read = KINDS[example.kind].read(adapters, item)
    empty(adapters, item)
    assert read, "an item of the past counts as nothing"
    if KINDS[example.kind].model:
        values = to_values(read)
        for held in (values, values.get("order", {})):
            both = (set(held) & set(item)) - MADE_ANEW
            assert plainly({each: held[each] for each in both}) == plainly({each: item[each] for each in both})


@pytest.mark.parametrize("example", [each for each in EXAMPLES if "opened" in each.item], ids=name)
def test_the_session_that_a_link_keeps_is_read(adapters: Adapters, example: Example) -> None:
    item = keep(adapters, example)
    session = adapters.sessions.session("azulu", Ticket(seat(item), item["opened"], in_link=True))
    empty(adapters, item)
    assert session
    assert (session.email, session.merchant, session.number) == (EMAIL, "azulu", "AZ1001")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_today_is_what_the_newest_example_holds(adapters: Adapters, kind: str) -> None:
    keep(adapters, NEWEST[kind])
    again = written_again(adapters, NEWEST[kind])
    empty(adapters, unpacked(NEWEST[kind].item))
    assert in_order(again) == in_order(NEWEST[kind].item), HOW


def in_order(item: dict[str, Any]) -> dict[str, Any]:
    """Return a typed item with its sets in one order, since they have none."""
    return {key: {"SS": sorted(value["SS"])} if "SS" in value else value for key, value in item.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_comes_goes_or_changes_without_a_new_example(kind: str) -> None:
    assert unordered(json.loads(json.dumps(fields(KINDS[kind].model)))) == unordered(NEWEST[kind].fields), HOW


def unordered(schema: Any) -> Any:
    """Return a JSON schema with the values of each choice in one order, since an item holds one of them."""
    if isinstance(schema, list):
        return [unordered(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: sorted(value) if key == "enum" else unordered(value) for key, value in schema.items()}


def test_each_kind_has_an_example_of_each_of_its_shapes_and_every_field_is_filled_in_it() -> None:
    assert {TYPES.get(kind, kind) for kind in KINDS} == set(SHAPES)
    assert {kind: NEWEST[kind].shape for kind in KINDS} == {kind: SHAPES[TYPES.get(kind, kind)] for kind in KINDS}
    for kind, example in NEWEST.items():
        held = [each.shape for each in EXAMPLES if each.kind == kind]
        assert sorted(held) == list(range(min(held), SHAPES[TYPES.get(kind, kind)] + 1))
        assert int(example.item[SHAPE]["N"]) == example.shape
        model = KINDS[kind].model
        # An order's item holds the order's own fields, and beside them what of it is the customer's; the moment at which
        # something expires stands as `until`, and the table's own attribute beside it.
        elsewhere = {"order", "forgotten_at"} | ({"expires_at"} if "until" in example.item else set())
        lacking = set(model.model_fields) - set(example.item) - elsewhere if model else set()
        assert not lacking, f"{example.name} says nothing of {lacking}"


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_newer_release_wrote_is_refused_in_one_line(adapters: Adapters, kind: str) -> None:
    newer = Example(NEWEST[kind].name, NEWEST[kind].item | {SHAPE: {"N": "99"}, "unheard_of": {"S": "x"}}, None)
    item = keep(adapters, newer)
    # Whether a name was counted needs no reading: DynamoDB itself looks at the counter. A draft that cannot be read is none.
    read = (lambda: check_shape(item)) if kind in ("counter", "draft") else (lambda: KINDS[kind].read(adapters, item))
    with pytest.raises(NewerShape) as refused:
        read()
    empty(adapters, item)
    assert isinstance(refused.value, Unavailable | VueltaError)
    said = str(refused.value)
    assert f"{item['pk']}/{item['sk']}" in said
    assert "shape 99" in said
    assert "deploy the one that wrote it, or newer" in said
    assert "\n" not in said
    assert EMAIL not in said


def test_a_list_goes_on_without_what_a_newer_release_wrote(adapters: Adapters, caplog: pytest.LogCaptureFixture) -> None:
    returns = ReturnsTable(adapters.returns)
    assert returns.add(made(order_number="AZ-7001"))
    assert returns.add(made(order_number="AZ-7002"))
    key = packed({"pk": "azulu#AZ7001", "sk": "RETURN#001"})
    newer = {"Key": key, "UpdateExpression": "SET shape = :shape", "ExpressionAttributeValues": packed({":shape": 2})}
    adapters.tables.client.update_item(TableName=adapters.tables.returns, **newer)
    assert [each.order_number for each in returns.queue("azulu", "authorised")] == ["AZ-7002"]
    (line,) = (json.loads(record.getMessage()) for record in caplog.records if "item_unreadable" in record.getMessage())
    assert (line["item"], line["error"]) == ("azulu#AZ7001/RETURN#001", "NewerShape")
    assert "shape 2" in line["why"]
    with pytest.raises(NewerShape):
        returns.order_with_returns("azulu", "AZ7001")


def test_a_return_of_before_gets_its_shape_with_the_next_step(adapters: Adapters) -> None:
    returns = ReturnsTable(adapters.returns)
    born = made(order_number="AZ-7003")
    assert returns.add(born)
    client, table = adapters.tables.client, adapters.tables.returns
    key = packed({"pk": "azulu#AZ7003", "sk": "RETURN#001"})
    client.update_item(TableName=table, Key=key, UpdateExpression="REMOVE shape")
    assert returns.change(born.model_copy(update={"assignee": "luis@azulu.example", "version": 2}))
    assert client.get_item(TableName=table, Key=key)["Item"][SHAPE] == {"N": str(SHAPES["return"])}


def test_readable_tells_a_newer_shape_from_damage() -> None:
    def refuse(item: dict[str, Any]) -> Return:
        raise NewerShape(item, 1)

    assert readable(refuse, {"pk": "a", "sk": "b", "type": "return", SHAPE: 2}) is None


def test_an_item_of_a_kind_that_this_release_does_not_know_is_refused() -> None:
    check_shape({"type": "order"})
    with pytest.raises(NewerShape):
        check_shape({"pk": "a", "sk": "b", "type": "parcel", SHAPE: 1})


def test_a_table_takes_no_item_without_a_kind(adapters: Adapters) -> None:
    with pytest.raises(KeyError):
        Table(adapters.tables.client, adapters.tables.returns).put({"pk": "a", "sk": "b", "type": "parcel"})


def plainly(value: Any) -> Any:
    """Return a value with each number as a number and each moment as one, however it is written."""
    match value:
        case dict():
            return {name: plainly(each) for name, each in value.items()}
        case list() | tuple():
            return [plainly(each) for each in value]
        case Decimal():
            return int(value)
        case str() if "T" in value:
            with suppress(ValueError):
                return datetime.fromisoformat(value)
    return value
