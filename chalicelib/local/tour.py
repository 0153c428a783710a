"""The tour of the demo: shop by shop, which order to try and what it shows, for the mailbox page and the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from chalicelib.domain.merchant import Merchant
from chalicelib.local.demo.shapes import DemoOrder
from chalicelib.shops import load_shops

WORDS = {
    "approved": "approved",
    "review": "a person decides",
    "late": "refused, too late",
    "excluded": "refused, never returnable",
    "not_delivered": "refused, not delivered yet",
}


@dataclass(frozen=True)
class Stop:
    """One order of the tour; `lines` tells the verdict on each."""

    number: str
    email: str
    shows: str
    lines: tuple[StopLine, ...]


@dataclass(frozen=True)
class StopLine:
    """A line's name, its verdict (approved, review, refused) and that verdict in words."""

    name: str
    verdict: str
    words: str


Tour = Sequence[tuple[Merchant, Sequence["Stop"]]]
"""The shops with the orders to try there, the plainest first."""


def tour(orders: Sequence[DemoOrder]) -> Tour:
    """Return the shops with their orders, as the demo has them."""
    shops = load_shops()
    return [(shops[slug].merchant, [_stop(order) for order in group]) for slug, group in groupby(orders, lambda each: each.shop)]


def _stop(order: DemoOrder) -> Stop:
    lines = []
    for line in order.record["lines"]:
        said = order.says[line["id"]]
        verdict = said if said in ("approved", "review") else "refused"
        lines.append(StopLine(line["name"], verdict, WORDS[said]))
    return Stop(order.number, order.email, order.shows, tuple(lines))
