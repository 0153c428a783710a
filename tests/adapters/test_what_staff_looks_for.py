"""How returns and orders are found by those who work with them, on every DynamoDB there is: by place, by address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.adapters.dynamodb import Table, packed
from chalicelib.adapters.items import order_to_item
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.domain.merchant import Merchant
from chalicelib.domain.places import queue_place, sortable
from chalicelib.domain.returns import Return
from chalicelib.shops import load_shops
from chalicelib.waiting import PAGE, Wanted, queue_page
from tests.conftest import Tables
from tests.made import EMAIL, NOON, made, order, stored

AZULU: Merchant = load_shops()["azulu"].merchant


def table(tables: Tables) -> ReturnsTable:
    return ReturnsTable(Table(tables.client, tables.returns))


def add(returns: ReturnsTable, number: str, *statuses: Any, **changes: Any) -> Return:
    new = made(*(statuses or ("under_review",)), order_number=number, reserved_rma=f"R-{number}", **changes)
    assert returns.add(new)
    return new


def test_a_part_of_the_queue_lies_between_two_places_the_first_left_out(any_tables: Tables) -> None:
    returns = table(any_tables)
    held = [add(returns, f"AZ-{number}", created_at=NOON + timedelta(minutes=number // 2)) for number in range(6)]
    assert returns.queue_page("azulu", "under_review", "0", "9", 10) == tuple(held)
    assert returns.queue_page("azulu", "under_review", "0", "9", 2) == tuple(held[:2])
    assert returns.queue_page("azulu", "under_review", queue_place(held[1]), "9", 2) == tuple(held[2:4])
    until = sortable(NOON + timedelta(minutes=1))
    assert returns.queue_page("azulu", "under_review", "0", until, 10) == tuple(held[:2]), "the end is left out, too"
    assert returns.queue_page("azulu", "authorised", "0", "9", 10) == ()
    assert returns.queue_page("nurana", "under_review", "0", "9", 10) == ()


def test_returns_of_one_moment_are_all_there_when_the_pages_are_turned(any_tables: Tables) -> None:
    returns = table(any_tables)
    held = {add(returns, f"AZ-{number}").id for number in range(PAGE + 5)}
    first = queue_page(returns, AZULU, Wanted())
    second = queue_page(returns, AZULU, Wanted(), first.after or "")
    assert (len(first.returns), len(second.returns), second.after) == (PAGE, 5, None)
    assert {each.id for each in first.returns + second.returns} == held


def test_a_change_moves_a_return_to_the_queue_of_where_it_stands_now_at_the_same_place(any_tables: Tables) -> None:
    returns = table(any_tables)
    new = add(returns, "AZ-1")
    line = new.lines[0].model_copy(update={"status": "rejected"})
    changed = new.model_copy(update={"lines": (line,), "version": 2})
    assert returns.change(changed)
    assert returns.queue_page("azulu", "under_review", "0", "9", 10) == ()
    assert returns.queue_page("azulu", "rejected", "0", "9", 10) == (changed,)


def test_an_address_finds_a_customer_s_orders_and_returns_at_this_shop_only(any_tables: Tables) -> None:
    returns = table(any_tables)
    for number, email in (("AZ-1", EMAIL), ("AZ-2", EMAIL), ("AZ-3", "else@example.com")):
        placed = stored(order(number=number), email=email)
        any_tables.client.put_item(TableName=any_tables.returns, Item=packed(order_to_item(placed)))
    own = add(returns, "AZ-1")
    add(returns, "AZ-3", email="else@example.com")
    assert returns.by_contact("azulu", EMAIL) == (own,)
    assert {each.order.number for each in returns.orders_of("azulu", EMAIL, 10)} == {"AZ-1", "AZ-2"}
    assert len(returns.orders_of("azulu", EMAIL, 1)) == 1
    assert (returns.by_contact("nurana", EMAIL), returns.orders_of("nurana", EMAIL, 10)) == ((), ())
    assert (returns.by_contact("azulu", "nobody@example.com"), returns.by_contact("azulu", "x" * 600)) == ((), ())
