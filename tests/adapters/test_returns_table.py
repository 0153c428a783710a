"""The contract of the returns table, on every DynamoDB there is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.adapters.dynamodb import Table, packed
from chalicelib.adapters.items import order_to_item, product_to_item
from chalicelib.adapters.return_items import return_to_item
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.adapters.withdrawn_orders import withdrawn_order
from chalicelib.domain.claims import Claim
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.lifecycle import cancelled, decided, mail_sent, mails_claimed
from chalicelib.domain.orders import Variant
from tests.conftest import Tables
from tests.made import NOON, made, order, stored

LATER = NOON + timedelta(hours=3)


def table(tables: Tables) -> ReturnsTable:
    return ReturnsTable(Table(tables.client, tables.returns))


def keep(tables: Tables, item: dict[str, object]) -> None:
    tables.client.put_item(TableName=tables.returns, Item=packed(item))


def test_an_order_is_read_with_every_return_made_from_it(any_tables: Tables) -> None:
    returns = table(any_tables)
    keep(any_tables, order_to_item(stored()))
    first, second = made(), made("under_review", slot=2, draft_id="other")
    assert returns.add(first)
    assert returns.add(second)
    assert returns.order_with_returns("azulu", "#az 1001") == (stored(), (first, second))


def test_an_order_of_another_shop_is_not_there(any_tables: Tables) -> None:
    keep(any_tables, order_to_item(stored()))
    assert table(any_tables).order_with_returns("nurana", "AZ-1001") == (None, ())


def test_a_slot_is_given_once(any_tables: Tables) -> None:
    returns = table(any_tables)
    assert returns.add(made())
    assert not returns.add(made(draft_id="other"))
    assert returns.by_slot("azulu", "AZ-1001", 1) == made()


def test_a_slot_is_given_once_to_a_hundred_at_once(any_tables: Tables) -> None:
    returns = table(any_tables)
    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(lambda number: returns.add(made(draft_id=str(number))), range(100)))
    assert sum(won) == 1


def test_a_change_is_written_by_the_first_of_two_and_refused_to_the_second(any_tables: Tables) -> None:
    returns = table(any_tables)
    new = made("under_review")
    returns.add(new)
    approved = decided(new, ("1",), approve=True, by="Neda", note="", at=LATER)
    assert returns.change(approved)
    assert not returns.change(cancelled(new, LATER))
    assert returns.by_slot("azulu", "AZ-1001", 1) == approved


def test_a_return_is_found_by_its_rma_number_in_its_own_shop_only(any_tables: Tables) -> None:
    returns = table(any_tables)
    new = made()
    returns.add(new)
    assert new.rma is not None
    assert returns.by_rma("azulu", new.rma) == new
    assert returns.by_rma("nurana", new.rma) is None


def test_the_queue_follows_the_status_and_gives_the_oldest_first(any_tables: Tables) -> None:
    returns = table(any_tables)
    young, old = made("under_review"), made("under_review", slot=2, created_at=NOON - timedelta(days=1))
    for each in (young, old):
        returns.add(each)
    assert list(returns.queue("azulu", "under_review")) == [old, young]
    returns.change(cancelled(old, LATER))
    assert list(returns.queue("azulu", "under_review")) == [young]


def test_a_queue_goes_on_behind_what_cannot_be_read(any_tables: Tables) -> None:
    returns = table(any_tables)
    broken, sound = made("under_review"), made("under_review", slot=2, created_at=NOON + timedelta(hours=1))
    keep(any_tables, {name: value for name, value in return_to_item(broken).items() if name != "policy_id"})
    returns.add(sound)
    assert list(returns.queue("azulu", "under_review")) == [sound]


def test_a_return_is_unsent_as_long_as_a_mail_waits(any_tables: Tables) -> None:
    returns = table(any_tables)
    new = made()
    returns.add(new)
    assert list(returns.unsent(NOON)) == []
    assert list(returns.unsent(LATER)) == [new]
    returns.change(mail_sent(new, new.outbox[0].id, LATER))
    assert list(returns.unsent(LATER)) == []


def test_a_return_whose_mails_were_tried_stands_behind_those_left_alone_for_longer(any_tables: Tables) -> None:
    returns = table(any_tables)
    tried, other = made(), made(slot=2, draft_id="other", created_at=NOON + timedelta(hours=1))
    for each in (tried, other):
        returns.add(each)
    claimed = mails_claimed(tried, Claim(by="sweep", at=NOON + timedelta(hours=2)))
    assert returns.change(claimed)
    assert list(returns.unsent(LATER)) == [other, claimed]
    assert list(returns.unsent(NOON + timedelta(hours=2))) == [other]


def test_the_catalogue_gives_a_products_variants(any_tables: Tables) -> None:
    small = Variant(
        merchant="azulu", product="DR", sku="DR-S", name="Dress", options={"size": "S"}, price="199000", currency="COP", stock=0
    )  # type: ignore[arg-type]
    keep(any_tables, product_to_item(small, NOON))
    assert table(any_tables).variants("azulu", "DR") == (small,)
    assert table(any_tables).variants("azulu", "D") == ()


def test_a_table_that_is_missing_is_unavailable(tables: Tables) -> None:
    with pytest.raises(Unavailable):
        ReturnsTable(Table(tables.client, "no-such-table")).order_with_returns("azulu", "AZ-1001")


def test_the_words_of_a_clause_are_kept_once_however_many_lines_it_decided(any_tables: Tables) -> None:
    new = made(*["authorised"] * 200)
    assert table(any_tables).add(new)
    assert table(any_tables).by_slot("azulu", "AZ-1001", 1) == new
    kept = any_tables.client.get_item(TableName=any_tables.returns, Key=packed({"pk": "azulu#AZ1001", "sk": "RETURN#001"}))
    assert str(kept["Item"]).count("Fourteen days.") == 1


def test_what_a_later_release_added_to_an_item_is_passed_over(any_tables: Tables) -> None:
    returns = table(any_tables)
    returns.add(made())
    key = packed({"pk": "azulu#AZ1001", "sk": "RETURN#001"})
    any_tables.client.update_item(
        TableName=any_tables.returns,
        Key=key,
        UpdateExpression="SET more = :more, #lines[0].more = :more",
        ExpressionAttributeNames={"#lines": "lines"},
        ExpressionAttributeValues=packed({":more": "later"}),
    )
    assert returns.by_slot("azulu", "AZ-1001", 1) == made()


def test_an_item_too_big_is_refused_whole(any_tables: Tables) -> None:
    returns = table(any_tables)
    with pytest.raises(Unavailable):
        returns.add(made(store="x" * 500_000))
    assert returns.by_slot("azulu", order().number, 1) is None


def test_an_order_that_was_called_off_is_none(any_tables: Tables) -> None:
    keep(any_tables, withdrawn_order("azulu", "AZ-1001", NOON))
    assert table(any_tables).order_with_returns("azulu", "AZ-1001") == (None, ())
