"""Whether a rule's `when` holds for one line of a request; turned into functions once, when the shop is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chalicelib.domain.clauses import When
from chalicelib.domain.merchant import Merchant
from chalicelib.domain.orders import Line, Order, Request, RequestLine
from chalicelib.domain.windows import Anchor, Between, Window

# What the order alone decides, whatever the customer answers and whenever they ask.
ORDER_KEYS = frozenset(
    {
        "channel",
        "country",
        "currency",
        "category",
        "tag",
        "order_tag",
        "price_at_least",
        "price_at_most",
        "order_total_at_least",
        "order_total_at_most",
        "purchased",
    }
)


@dataclass(slots=True)
class Facts:
    """One asked line with everything around it; `at` is in UTC and `ends` remembers when windows close."""

    merchant: Merchant
    order: Order
    request: Request
    line: Line
    asked: RequestLine
    at: datetime
    ends: dict[int, datetime | None]

    def end(self, window: Window) -> datetime | None:
        """Return the last instant of a window in UTC; None while its anchor is unknown."""
        key = id(window)
        if key not in self.ends:
            anchor = self.anchor(window.from_) if window.from_ else None
            self.ends[key] = window.end(anchor, self.merchant)
        return self.ends[key]

    def anchor(self, name: Anchor) -> datetime | None:
        """Return the moment from which a window counts."""
        if name == "purchase":
            return self.order.placed_at
        return self.order.handed_over_at if name == "delivery" else self.at


Test = Callable[[Facts], bool]


def compiled(when: When | None) -> Test | None:
    """Return the function that says whether `when` holds; None where it always does."""
    tests = tuple(_tests(when)) if when else ()
    if not tests:
        return None
    if len(tests) == 1:
        return tests[0]
    return lambda facts: all(test(facts) for test in tests)


def keys(when: When | None) -> frozenset[str]:
    """Return the keys that `when` asks about, those inside `not` and `any` among them."""
    return frozenset().union(*(part.model_fields_set for part in parts(when))) - {"any_", "not_"}


def parts(when: When | None) -> Iterator[When]:
    """Yield `when` and every part inside its `not` and `any`."""
    if when is not None:
        yield when
        for inner in (*when.any_, when.not_):
            yield from parts(inner)


def _tests(when: When) -> Iterator[Test]:
    yield from _order_tests(when)
    yield from _price_tests(when)
    yield from _request_tests(when)
    yield from _time_tests(when)
    if when.not_ is not None:
        inner = compiled(when.not_)
        yield lambda facts: inner is not None and not inner(facts)
    if when.any_:
        choices = tuple(compiled(choice) for choice in when.any_)
        yield lambda facts: any(choice is None or choice(facts) for choice in choices)


def _order_tests(when: When) -> Iterator[Test]:
    if channels := frozenset(when.channel):
        yield lambda facts: facts.order.channel in channels
    if countries := frozenset(when.country):
        yield lambda facts: facts.order.country in countries
    if currencies := frozenset(when.currency):
        yield lambda facts: facts.order.currency in currencies
    if categories := frozenset(when.category):
        yield lambda facts: not categories.isdisjoint(facts.line.categories)
    if tags := frozenset(when.tag):
        yield lambda facts: not tags.isdisjoint(facts.line.tags)
    if order_tags := frozenset(when.order_tag):
        yield lambda facts: not order_tags.isdisjoint(facts.order.tags)


def _price_tests(when: When) -> Iterator[Test]:
    if (least := when.price_at_least) is not None:
        yield lambda facts: facts.line.unit_price >= least
    if (most := when.price_at_most) is not None:
        yield lambda facts: facts.line.unit_price <= most
    if (total_least := when.order_total_at_least) is not None:
        yield lambda facts: _total(facts.order) >= total_least
    if (total_most := when.order_total_at_most) is not None:
        yield lambda facts: _total(facts.order) <= total_most


def _request_tests(when: When) -> Iterator[Test]:
    if from_countries := frozenset(when.from_country):
        yield lambda facts: facts.request.country in from_countries
    if (other := when.other_country) is not None:
        yield lambda facts: (facts.request.country != facts.order.country) is other
    if reasons := when.reasons:
        yield lambda facts: facts.asked.reason in reasons
    if methods := frozenset(when.method):
        yield lambda facts: facts.request.method in methods
    if proofs := frozenset(when.proof):
        yield lambda facts: facts.request.proof in proofs
    if wishes := frozenset(when.replacement):
        yield lambda facts: not wishes.isdisjoint(_wish(facts))


def _time_tests(when: When) -> Iterator[Test]:
    if (dates := when.purchased) is not None:
        yield lambda facts: _between(dates, facts)
    if (within := when.within) is not None:
        yield lambda facts: (end := facts.end(within)) is not None and facts.at <= end
    if (after := when.after) is not None:
        yield lambda facts: (end := facts.end(after)) is not None and facts.at > end


def _between(dates: Between, facts: Facts) -> bool:
    day = facts.merchant.local(facts.order.placed_at).date()
    return (dates.from_ is None or dates.from_ <= day) and (dates.to is None or day <= dates.to)


def _total(order: Order) -> Decimal:
    return sum((line.unit_price * line.quantity for line in order.lines), Decimal(0))


def _wish(facts: Facts) -> tuple[str, ...]:
    """Say in the language's words what is known of the wanted replacement."""
    wanted = facts.asked.replacement
    if wanted is None:
        return ("none",)
    paid = facts.line.unit_price
    price = "dearer" if wanted.price > paid else "cheaper" if wanted.price < paid else "same_price"
    return (price, "in_stock" if wanted.in_stock else "out_of_stock")
