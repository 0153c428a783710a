"""Keep what expires in the sessions table: lookups, links, sessions and counters; and undeliverable addresses.

Expiry is checked on every read; DynamoDB's own only tidies, up to days later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from chalicelib.adapters.dynamodb import Table, from_values, readable, to_values
from chalicelib.adapters.items import Item
from chalicelib.adapters.return_items import UNSENT
from chalicelib.adapters.returns_table import unsent_keys
from chalicelib.adapters.undeliverable_items import UndeliverableItems
from chalicelib.domain.claims import Claim
from chalicelib.domain.places import sortable
from chalicelib.domain.shapes import SHAPES
from chalicelib.domain.visits import DRAFT_LIFE, LOOKUP_LIFE, SESSION_LIFE, SESSION_MEMORY, Link, Lookup, Session

NOBODY = "nobody"
"""What stands in a used link once its session was ended: no digest is so short."""
LINK_MEMORY = DRAFT_LIFE + SESSION_LIFE + SESSION_MEMORY
"""How long an expired link is remembered: its page says what became of it, and only it leads to what was drafted of a gift."""


class SessionsTable(UndeliverableItems):
    """Fulfils `ports.Sessions` with DynamoDB."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
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

    def add_link(self, link: Link) -> None:
        """Record a link that is about to be mailed."""
        item = _without_expiry(to_values(link))
        self._table.put(self._item("LINK", link.digest, item, link.expires_at + LINK_MEMORY, link.expires_at))

    def link(self, digest: str) -> Link | None:
        """Return a link by the digest of its secret, used and expired ones too."""
        item = self._lately("LINK", digest)
        return _link(item) if item else None

    def open_link(self, digest: str, merchant: str, opened: str, at: datetime) -> Link | None:
        """Use a link for one use up and keep in it the session that it opens: one write, so that nothing comes between.

        The same secret counts as the same use: the SDK may send this write twice when the first answer is lost.
        """
        item = self._table.updated(
            f"LINK#{digest}",
            "LINK",
            "SET used_at = :at, opened = :opened, open_until = :open_until",
            "merchant = :merchant AND purpose = :purpose AND #until > :now"
            " AND (attribute_not_exists(used_at) OR opened = :opened)",
            {
                ":at": at.isoformat(),
                ":opened": opened,
                ":open_until": (at + SESSION_LIFE).isoformat(),
                ":merchant": merchant,
                ":purpose": "access",
                ":now": at.isoformat(),
            },
            {"#until": "until"},
        )
        return _link(item) if item else None

    def add_session(self, session: Session) -> None:
        """Record a session that was opened otherwise."""
        item = _without_expiry(to_values(session))
        self._table.put(self._item("SESSION", session.digest, item, session.expires_at + SESSION_MEMORY, session.expires_at))

    def session(self, digest: str, link: str | None = None) -> Session | None:
        """Return a session by the digest of its secret, one that is over too as long as it is remembered."""
        if link is None:
            item = self._lately("SESSION", digest)
            return from_values(Session, item | {"expires_at": item["until"]}) if item else None
        item = self._lately("LINK", link, lambda found: found.get("opened") == digest)
        session = _opened(item) if item else None
        return session if session and self._clock() < session.expires_at + SESSION_MEMORY else None

    def end_session(self, session: Session) -> None:
        """Forget a session; the link that opened it stays used."""
        if session.link is None:
            self._table.delete(f"SESSION#{session.digest}", "SESSION")
            return
        key, values = f"LINK#{session.link}", {":opened": session.digest}
        self._table.update(key, "LINK", "SET opened = :nobody", "opened = :opened", values | {":nobody": NOBODY}, {})

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

    def _item(self, kind: str, name: str, values: Item, expires: datetime, until: datetime | None = None) -> Item:
        key = {"pk": f"{kind}#{name}", "sk": kind, "type": kind.lower(), "expires_at": int(expires.timestamp())}
        return values | key | ({"until": until.isoformat()} if until else {})

    def _read(self, kind: str, name: str, *, consistent: bool = True) -> Item | None:
        item = self._table.get(f"{kind}#{name}", kind, consistent=consistent)
        return item if item and item["expires_at"] > self._clock().timestamp() else None

    def _lately(self, kind: str, name: str, fits: Callable[[Item], bool] = bool) -> Item | None:
        """Return an item that was written some time ago, for half of what a read costs; if it does not fit, as it stands now."""
        item = self._read(kind, name, consistent=False)
        if item is None or not fits(item):
            item = self._read(kind, name)
        return item if item and fits(item) else None


def _link(item: Item) -> Link:
    return from_values(Link, item | {"expires_at": item["until"]})


def _opened(item: Item) -> Session:
    """Return the session that is kept in its link's item."""
    kept = ("type", "shape", "merchant", "number", "email", "language", "as_gift", "unreached")
    link = {name: item[name] for name in kept if name in item}
    return from_values(Session, link | {"digest": item["opened"], "expires_at": item["open_until"], "link": item["digest"]})


def _without_expiry(values: Item) -> Item:
    """Leave out the exact expiry, which is kept as `until`: the table's own attribute holds whole seconds."""
    return {name: value for name, value in values.items() if name != "expires_at"}
