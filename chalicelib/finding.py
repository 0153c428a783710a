"""What somebody of the shop looks for by one field: an RMA number in any spelling, a return, an order, a customer's address."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.counter import Counter, NotFound
from chalicelib.domain.carriers import recognise
from chalicelib.domain.identifiers import fold_email, order_number_fault
from chalicelib.domain.orders import StoredOrder
from chalicelib.domain.returns import Return
from chalicelib.domain.scanning import rma_in, trouble
from chalicelib.ports import Returns

MOST_ORDERS = 50
"""How many orders of one address are shown: more are no customer's."""


@dataclass(frozen=True)
class Finding:
    """What was found, newest first. Where that is nothing, `trouble` says why, and `shown` what its words must name."""

    returns: tuple[Return, ...] = ()
    orders: tuple[StoredOrder, ...] = ()
    trouble: str = ""
    shown: str = ""

    @property
    def only(self) -> Return | None:
        """The one return that can be meant, if there is no other and no order without one."""
        fits = len(self.returns) == 1 and all(each.order.number == self.returns[0].order_number for each in self.orders)
        return self.returns[0] if fits else None


def look_for(counter: Counter, returns: Returns, merchant: str, typed: str) -> Finding:
    """Find what was typed at this shop."""
    if not typed:
        return Finding(trouble="missing")
    if "@" in typed:
        return _by_address(returns, merchant, fold_email(typed))
    rma = rma_in(typed)
    try:
        return Finding((counter.find(merchant, rma or typed),))
    except NotFound:
        pass
    if not order_number_fault(typed):
        stored, made = returns.order_with_returns(merchant, typed)
        if stored or made:
            return Finding(_newest_first(made), (stored,) if stored else ())
    if rma:
        return Finding(trouble="elsewhere")
    carrier = recognise(typed)
    return Finding(trouble=trouble(typed), shown=carrier.carrier if carrier else "")


def _by_address(returns: Returns, merchant: str, email: str) -> Finding:
    made, orders = returns.by_contact(merchant, email), returns.orders_of(merchant, email, MOST_ORDERS)
    if not made and not orders:
        return Finding(trouble="address_unknown")
    return Finding(_newest_first(made), tuple(sorted(orders, key=lambda each: each.order.placed_at, reverse=True)))


def _newest_first(made: tuple[Return, ...]) -> tuple[Return, ...]:
    return tuple(sorted(made, key=lambda each: each.created_at, reverse=True))
