"""What shops offer in place of what comes back, remembered for a minute where nothing is promised by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.domain.orders import Variant
from chalicelib.ports import Returns

REMEMBERED_FOR = timedelta(minutes=1)
MOST_PRODUCTS = 1000
"""How many products are remembered at once: a program that answers for days must not grow."""


class Catalogue:
    """The shops' products, read once a minute for all customers whom this program answers."""

    def __init__(self, returns: Returns, clock: Callable[[], datetime]) -> None:
        self._returns = returns
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[datetime, tuple[Variant, ...]]] = {}

    def variants(self, merchant: str, product: str, *, fresh: bool = False) -> tuple[Variant, ...]:
        """Return the variants of a product by SKU, as the shop said a minute ago at most; `fresh` ones as it says now."""
        now, known = self._clock(), self._known.get((merchant, product))
        if known and not fresh and now - known[0] < REMEMBERED_FOR:
            return known[1]
        found = self._returns.variants(merchant, product, consistent=fresh)
        if len(self._known) >= MOST_PRODUCTS:
            self._known.clear()
        self._known[merchant, product] = now, found
        return found
