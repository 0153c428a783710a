"""The tables of the template, as emulators create them."""

from __future__ import annotations

import pytest

from tests.conftest import Tables


def test_both_tables_answer_with_the_keys_of_the_template(any_tables: Tables) -> None:
    for name in (any_tables.returns, any_tables.sessions):
        table = any_tables.client.describe_table(TableName=name)["Table"]
        assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == [("pk", "HASH"), ("sk", "RANGE")]
        assert table["TableStatus"] == "ACTIVE"


@pytest.mark.parametrize(("index", "attributes"), [("RmaIndex", {"rma": "R"}), ("QueueIndex", {"queue": "q", "queued_at": "1"})])
def test_a_return_is_found_through_its_indexes(any_tables: Tables, index: str, attributes: dict[str, str]) -> None:
    item = {name: {"S": value} for name, value in {"pk": "a", "sk": "b", **attributes}.items()}
    any_tables.client.put_item(TableName=any_tables.returns, Item=item)
    (name, value), *_ = attributes.items()
    found = any_tables.client.query(
        TableName=any_tables.returns,
        IndexName=index,
        KeyConditionExpression="#n = :v",
        ExpressionAttributeNames={"#n": name},
        ExpressionAttributeValues={":v": {"S": value}},
    )
    assert [item["pk"] for item in found["Items"]] == [{"S": "a"}]


def test_both_tables_have_a_stream_on_moto(tables: Tables) -> None:
    for name in (tables.returns, tables.sessions):
        stream = tables.client.describe_table(TableName=name)["Table"]["StreamSpecification"]
        assert stream == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
