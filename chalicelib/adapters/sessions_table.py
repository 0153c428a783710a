"""Keep what expires: lookups, links, sessions and counters, most of it in the sessions table; and undeliverable addresses.

Expiry is checked on every read; DynamoDB's own only tidies, up to days later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from chalicelib.adapters.dynamodb import Table, from_values, readable, to_values
from chalicelib.adapters.items import Item
from chalicelib.adapters.link_items import LinkItems
from chalicelib.adapters.undeliverable_items import UndeliverableItems
from chalicelib.adapters.unsent import UNSENT, unsent_keys
from chalicelib.domain.claims import Claim
from chalicelib.domain.places import sortable
from chalicelib.domain.shapes import SHAPES
from chalicelib.domain.visits import LOOKUP_LIFE, Lookup


class SessionsTable(UndeliverableItems, LinkItems):
    """Fulfils `ports.Sessions` with DynamoDB; `beside` is the returns table, where an order's links and sessions are kept."""

    def __init__(self, table: Table, beside: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._beside = beside
        self._clock = clock

    def add_lookup(self, lookup: Lookup) -> None:
        """Record a lookup, to be answered by mail."""
        waits = {"unsent": UNSENT, "unsent_since": sortable(lookup.asked_at)}
        self._table.put(self._item("LOOKUP", lookup.id, to_values(lookup), lookup.asked_at + LOOKUP_LIFE) | waits)

    def lookup(self, lookup_id: str) -> Lookup | None:
        """Return a lookup that still waits for its answer."""
        item = self._read("LOOKUP", lookup_id)
        return from_values(Lookup, item) if item and "unsent" in item else None

    def finish_lookup(self, lookup_id: str) -> None:
        """Note that a lookup was answered, or needs no answer."""
        key = f"LOOKUP#{lookup_id}"
        self._table.update(key, "LOOKUP", "REMOVE unsent, unsent_since", "attribute_exists(pk)", {}, {})

    def claim_lookup(self, lookup: Lookup, claim: Claim) -> bool:
        """Note a try to answer a lookup; False if somebody else tried since it was read, or it needs no answer any more.

        The same moment counts as the same try, as in `open_link`.
        """
        values = {":claim": to_values(claim), ":before": sortable(lookup.left_since), ":now": sortable(claim.at)}
        expression = "SET #claim = :claim, unsent_since = :now"
        condition = "unsent_since IN (:before, :now)"
        return self._table.update(f"LOOKUP#{lookup.id}", "LOOKUP", expression, condition, values, {"#claim": "claim"})

    def unanswered(self, until: datetime) -> Iterator[Lookup]:
        """Yield the lookups that wait and were left alone since before `until`, those past their time too."""
        for key in unsent_keys(self._table, until):
            item = self._table.get(key["pk"], key["sk"])
            if item and "unsent" in item and (found := readable(partial(from_values, Lookup), item)):
                yield found

    def admit(self, what: str, who: str, limit: int, window_start: datetime, window_seconds: int) -> bool:
        """Count somebody in this window, once however often it is asked; False if as many others as may were there before.

        The counter holds names up to the limit, so that nobody is counted twice and no flood makes it grow.
        """
        start = int(window_start.timestamp())
        return self._table.update(
            f"COUNT#{what}#{start}",
            "COUNT",
            "ADD seen :names SET #type = :type, shape = :shape, expires_at = :expires_at",
            "attribute_not_exists(seen) OR contains(seen, :who) OR size(seen) < :limit",
            {
                ":names": {who},
                ":who": who,
                ":limit": limit,
                ":type": "counter",
                ":shape": SHAPES["counter"],
                ":expires_at": start + 2 * window_seconds,
            },
            {"#type": "type"},
        )

    def _item(self, kind: str, name: str, values: Item, expires: datetime) -> Item:
        return values | {"pk": f"{kind}#{name}", "sk": kind, "type": kind.lower(), "expires_at": int(expires.timestamp())}

    def _read(self, kind: str, name: str) -> Item | None:
        item = self._table.get(f"{kind}#{name}", kind)
        return item if item and item["expires_at"] > self._clock().timestamp() else None
