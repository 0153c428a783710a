"""The contract of drafts beside their order, on every DynamoDB there is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.adapters.dynamodb import Table, packed
from chalicelib.adapters.items import order_to_item
from chalicelib.adapters.return_items import return_to_item
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.domain.drafts import Draft, DraftLine
from chalicelib.domain.visits import DRAFT_LIFE, recipient_name
from tests.conftest import Tables
from tests.made import NOON, made, stored

FIRST = Draft(id="one", version=1, lines=(DraftLine(id="1", quantity=2, answers={"unused": True}),))


@pytest.fixture
def drafts(any_tables: Tables) -> ReturnsTable:
    return ReturnsTable(Table(any_tables.client, any_tables.returns))


def test_a_draft_is_written_by_the_first_of_two(drafts: ReturnsTable) -> None:
    assert drafts.save_draft("azulu", "AZ-1001", "", FIRST, NOON)
    assert not drafts.save_draft("azulu", "az1001", "", Draft(id="two", version=1), NOON)
    assert drafts.draft("azulu", "AZ1001", "", NOON) == FIRST
    assert drafts.save_draft("azulu", "AZ-1001", "", FIRST.changed(version=2), NOON)


def test_a_draft_is_forgotten_after_its_time_and_makes_room(drafts: ReturnsTable) -> None:
    drafts.save_draft("azulu", "AZ-1001", "", FIRST, NOON)
    later = NOON + DRAFT_LIFE
    assert drafts.draft("azulu", "AZ-1001", "", later - timedelta(seconds=1)) == FIRST
    assert drafts.draft("azulu", "AZ-1001", "", later) is None
    assert drafts.order_with_draft("azulu", "AZ-1001", "", later)[2] is None
    assert drafts.save_draft("azulu", "AZ-1001", "", Draft(id="two", version=1), later)


@pytest.mark.parametrize("consistent", [True, False])
def test_order_returns_and_draft_are_read_together_and_each_party_reads_its_own(any_tables: Tables, consistent: bool) -> None:
    drafts, recipient = ReturnsTable(Table(any_tables.client, any_tables.returns)), recipient_name("luz@example.com")
    items = (order_to_item(stored()), return_to_item(made()))
    for item in items:
        any_tables.client.put_item(TableName=any_tables.returns, Item=packed(item))
    drafts.save_draft("azulu", "AZ-1001", "", FIRST, NOON)
    gift = Draft(id="gift", version=1)
    drafts.save_draft("azulu", "AZ-1001", recipient, gift, NOON)
    for reader, own in (("", FIRST), (recipient, gift), (recipient_name("eve@example.com"), None)):
        found = drafts.order_with_draft("azulu", "AZ-1001", reader, NOON, consistent=consistent)
        assert found == (stored(), (made(),), own)
    assert drafts.order_with_returns("azulu", "AZ-1001") == (stored(), (made(),))


def test_a_draft_that_this_release_cannot_read_counts_as_none(any_tables: Tables, drafts: ReturnsTable) -> None:
    drafts.save_draft("azulu", "AZ-1001", "", FIRST, NOON)
    item = any_tables.client.scan(TableName=any_tables.returns)["Items"][0]
    any_tables.client.put_item(TableName=any_tables.returns, Item=item | {"lines": {"S": "another release's"}})
    assert drafts.draft("azulu", "AZ-1001", "", NOON) is None
