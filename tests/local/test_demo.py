"""The demo keeps its promises: each order, at any time of day and year, gets the verdicts that the tour tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.decisions import decide
from chalicelib.domain.orders import Request, RequestLine
from chalicelib.imports.order_files import check_order
from chalicelib.imports.records import Terms
from chalicelib.local.demo.load import demo_orders
from chalicelib.local.demo.shapes import DemoOrder
from chalicelib.shops import load_shops

# The hours around midnight in the shops' zones, days on which clocks change, a leap day, the turn of the year.
MOMENTS = [
    datetime(2026, 11, 21, 8, 30, tzinfo=UTC),
    datetime(2027, 3, 14, 7, 59, tzinfo=UTC),
    datetime(2027, 11, 7, 6, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 20, 31, tzinfo=UTC),
    datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC),
    datetime(2027, 3, 20, 20, 29, 59, tzinfo=UTC),
]
NUMBERS = [order.number for order in demo_orders(MOMENTS[0])]


def said(order: DemoOrder, now: datetime) -> dict[str, str]:
    """Return what the engine says of each line: its verdict, or why it is refused."""
    shop = load_shops()[order.shop]
    stored = check_order({**order.record, "email": order.email}, Terms(order.shop, shop.merchant.currency.code, now, now)).order
    request = Request(
        method="mail",
        country=stored.country,
        lines=tuple(
            RequestLine(id=line.id, quantity=line.quantity, reason=order.because.get(line.id, "changed_mind"))
            for line in stored.lines
        ),
    )
    decision = decide(stored, request, shop.policy_for(stored.placed_at), now)
    return {line.id: line.cause or line.verdict for line in decision.lines}


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: f"{now:%Y-%m-%dT%H:%M}")
@pytest.mark.parametrize("number", NUMBERS)
def test_an_order_shows_what_the_tour_tells(number: str, now: datetime) -> None:
    order = next(order for order in demo_orders(now) if order.number == number)
    assert said(order, now) == order.says


def test_the_promise_holds_while_the_portal_stays_up_for_an_hour() -> None:
    started = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    for order in demo_orders(started):
        assert said(order, started + timedelta(hours=1)) == order.says


def test_the_demo_shows_every_verdict_and_every_cause_that_time_and_goods_can_have() -> None:
    shown = {word for order in demo_orders(MOMENTS[0]) for word in order.says.values()}
    assert shown >= {"approved", "review", "late", "excluded", "not_delivered"}


def test_no_two_demo_orders_share_a_number_or_an_address() -> None:
    orders = demo_orders(MOMENTS[0])
    assert len({order.number for order in orders}) == len({order.email for order in orders}) == len(orders)
