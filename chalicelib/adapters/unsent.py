"""What waits to be sent stands in one index of each table; here is how it is found there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.places import sortable

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb import Table
    from chalicelib.adapters.items import Item

UNSENT = "UNSENT"


def unsent_keys(table: Table, until: datetime) -> Iterator[Item]:
    """Yield the keys of items with a mail that waits and was left alone since before `until`, longest first."""
    values = {":unsent": UNSENT, ":until": sortable(until)}
    yield from table.index("UnsentIndex", "unsent = :unsent AND unsent_since < :until", values)
