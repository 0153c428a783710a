"""What was paid for each line of a platform's order, every discount and tax included, so that nothing is lost or made up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from chalicelib.domain.money import shared_out

ZERO = Decimal(0)
# What an amount of our files may have after the point; a unit's part of a line's price seldom ends before.
_FINEST = 6
_WIDE = Context(prec=60)


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """What an export says of an order's money; None where it does not say."""

    subtotal: Decimal | None = None
    shipping: Decimal | None = None
    taxes: Decimal | None = None
    total: Decimal | None = None
    discount: Decimal | None = None
    fees: Decimal | None = None
    fee_taxes: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LineMoney:
    """What an export says of a line's money: the price of a unit before discounts, or the amount that was paid for all."""

    quantity: int
    price: Decimal | None = None
    line_discount: Decimal | None = None
    amount: Decimal | None = None
    amount_tax: Decimal | None = None
    taxable: bool = True


def paid(order: OrderMoney, lines: Sequence[LineMoney], decimals: int) -> list[Decimal]:
    """Return what was paid for each line altogether, in whole minor units of so many decimals; the sum is the order's own.

    A discount of the whole order goes to its lines in proportion to what they cost, a tax on top to those that are taxed.
    """
    decimals = max([decimals, *map(_decimals, _amounts(order, lines))])
    if any(line.price is None for line in lines):
        worths = [max((line.amount or ZERO) + (line.amount_tax or ZERO), ZERO) for line in lines]
        return _less(worths, -((order.fees or ZERO) + (order.fee_taxes or ZERO)), decimals)
    gross = [(line.price or ZERO) * line.quantity for line in lines]
    own = [min(line.line_discount or ZERO, worth) for line, worth in zip(lines, gross, strict=True)]
    discount = _discount(order, sum(gross, ZERO), sum(own, ZERO))
    if sum(own, ZERO) > discount:
        # Where the lines' discounts are more than the whole order's, the prices have them off already.
        own = [ZERO] * len(own)
    net = [worth - less for worth, less in zip(gross, own, strict=True)]
    net = _less(net, discount - sum(own, ZERO), decimals)
    on_top = _tax_on_top(order)
    taxed = [worth if line.taxable else ZERO for line, worth in zip(lines, net, strict=True)]
    taxes = shared_out(on_top, taxed if any(taxed) else net, decimals)
    return [worth + tax for worth, tax in zip(net, taxes, strict=True)]


def unit_price(worth: Decimal, quantity: int) -> str:
    """Return what one unit of a line cost, so that all of them together cost what the line did, rounded to the minor unit."""
    price = _WIDE.divide(worth, Decimal(quantity)).quantize(Decimal(1).scaleb(-_FINEST), ROUND_HALF_EVEN, context=_WIDE)
    return f"{_plain(price):f}"


def _discount(order: OrderMoney, listed: Decimal, own: Decimal) -> Decimal:
    """Return what was taken off the listed prices, `own` being what was taken off single lines.

    The subtotal tells it best, since discounts of the shipping are not in it. Where it misses more than all discounts together,
    something else is missing, such as lines that were taken out later: then the discounts count.
    """
    told = None if order.discount is None else max(order.discount, own)
    if order.subtotal is not None and order.subtotal <= listed:
        missing = listed - order.subtotal
        if order.discount is None or missing <= order.discount + own:
            return missing
    return min(own if told is None else told, listed)


def _tax_on_top(order: OrderMoney) -> Decimal:
    """Return the taxes if the total has them on top of the prices; 0 if they are included, or if the sums do not tell."""
    if order.subtotal is None or order.total is None or not order.taxes or order.taxes < ZERO:
        return ZERO
    without = order.subtotal + (order.shipping or ZERO)
    return order.taxes if order.total == without + order.taxes else ZERO


def _less(worths: Sequence[Decimal], discount: Decimal, decimals: int) -> list[Decimal]:
    discount = min(max(discount, ZERO), sum(worths, ZERO))
    return [worth - part for worth, part in zip(worths, shared_out(discount, worths, decimals), strict=True)]


def _amounts(order: OrderMoney, lines: Sequence[LineMoney]) -> Iterable[Decimal]:
    told = [order.subtotal, order.taxes, order.discount, order.fees, order.fee_taxes]
    for line in lines:
        told += [line.price, line.line_discount, line.amount, line.amount_tax]
    return (amount for amount in told if amount is not None)


def _decimals(amount: Decimal) -> int:
    exponent = _plain(amount).as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _plain(amount: Decimal) -> Decimal:
    """Return the amount without zeros after its last digit."""
    return amount.normalize(_WIDE) if amount else ZERO
