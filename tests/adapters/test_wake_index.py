"""The contract of what finds the returns that time does something to, on every DynamoDB there is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.domain.lifecycle import cancelled
from chalicelib.domain.returns import Return
from chalicelib.domain.timing import wakes_at, woken
from chalicelib.shops import load_shops
from tests.conftest import Tables
from tests.made import NOON, made


def new(slot: int, days: int, **changes: Any) -> Return:
    """Return an approved return that has so many days to be sent."""
    plain = made("authorised", slot=slot, draft_id=str(slot), **changes)
    lines = tuple(line.model_copy(update={"ship_by": NOON + timedelta(days=days)}) for line in plain.lines)
    return plain.model_copy(update={"lines": lines})


def due(returns: ReturnsTable, until: datetime) -> list[int]:
    return [found.slot for found in returns.waking(until)]


def test_returns_wake_earliest_first_across_shops_and_not_before_their_time(any_tables: Tables) -> None:
    returns = ReturnsTable(Table(any_tables.client, any_tables.returns))
    for each in (new(1, 9), new(2, 3), new(3, 6, merchant="nurana"), made("under_review", slot=4, draft_id="4")):
        assert returns.add(each)
    assert due(returns, NOON) == []
    assert due(returns, NOON + timedelta(days=3)) == [2]
    assert due(returns, NOON + timedelta(days=99)) == [2, 3, 1]


def test_a_step_moves_a_return_in_the_index_or_takes_it_out(any_tables: Tables) -> None:
    returns = ReturnsTable(Table(any_tables.client, any_tables.returns))
    first, second = new(1, 9, remind_hours=48, grace_days=7), new(2, 9)
    assert returns.add(first)
    assert returns.add(second)
    reminder = wakes_at(first)
    assert reminder is not None
    assert due(returns, reminder) == [1]
    reminded = woken(first, reminder, load_shops()["azulu"].merchant)
    assert returns.change(reminded)
    assert returns.change(cancelled(second, NOON))
    assert due(returns, reminder) == []
    assert due(returns, NOON + timedelta(days=99)) == [1]
    kept = next(returns.waking(NOON + timedelta(days=99)))
    assert kept == reminded
