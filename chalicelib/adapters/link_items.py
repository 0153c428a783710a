"""Keep links for one use, and sessions, beside their order in the returns table; others, and all of gifts, in the other table.

Expiry is checked on every read; DynamoDB's own only tidies, up to days later.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from chalicelib.adapters.dynamodb import Table, from_values, to_values
from chalicelib.adapters.items import EXPIRES, Item, contact_key, order_key
from chalicelib.domain.seats import Seat, Ticket
from chalicelib.domain.visits import DRAFT_LIFE, SESSION_LIFE, SESSION_MEMORY, Link, Session

Found = TypeVar("Found", Link, Session)
NOBODY = "nobody"
"""What stands where a session's digest stood once it was ended: no digest is so short."""
LINK_MEMORY = DRAFT_LIFE + SESSION_LIFE + SESSION_MEMORY
"""How long an expired link is remembered: its page says what became of it, and only it leads to what was drafted of a gift."""
SEATS = "SESSION#"
"""How the sort keys begin of what is kept beside an order."""


def seat_key(merchant: str, seat: Seat) -> dict[str, str]:
    """Return the key of what is kept in a seat beside its order: after the order's returns, the newest first."""
    return {"pk": order_key(merchant, seat.number)["pk"], "sk": f"{SEATS}{seat.stamp}#{seat.digest}"}


def is_seated(item: Mapping[str, Any]) -> bool:
    """Say whether an item of an order's partition is a link or a session."""
    return str(item["sk"]).startswith(SEATS)


def item_to_session(item: Item, ticket: Ticket, at: datetime) -> Session | None:
    """Return the session of an item if it is the ticket's, one that is over too as long as it is remembered."""
    held = str(item.get("opened" if ticket.in_link else "digest", ""))
    if item["type"] != ("link" if ticket.in_link else "session") or not hmac.compare_digest(held, ticket.digest):
        return None
    session = _opened(item) if ticket.in_link else from_values(Session, item | {"expires_at": item["until"]})
    return session if at < session.expires_at + SESSION_MEMORY else None


class LinkItems:
    """The links' and sessions' part of `ports.Sessions`: `_table` is the sessions table, `_beside` that of the returns."""

    _table: Table
    _beside: Table
    _clock: Callable[[], datetime]

    def add_link(self, link: Link, seat: Seat) -> None:
        """Record a link that is about to be mailed."""
        self._add(link, seat, link.expires_at, LINK_MEMORY)

    def link(self, merchant: str, seat: Seat) -> Link | None:
        """Return a link by its seat, used and expired ones too; of one that is kept apart, `merchant` decides nothing."""
        return self._lately("link", merchant, seat, _link)

    def open_link(self, merchant: str, seat: Seat, opened: str, at: datetime) -> Link | None:
        """Use a link for one use up and keep in it the session that it opens: one write, so that nothing comes between.

        The same secret counts as the same use: the SDK may send this write twice when the first answer is lost.
        """
        table, key = self._where("link", merchant, seat)
        item = table.updated(
            key["pk"],
            key["sk"],
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

    def add_session(self, session: Session, seat: Seat) -> None:
        """Record a session that was opened otherwise."""
        self._add(session, seat, session.expires_at, SESSION_MEMORY)

    def session(self, merchant: str, ticket: Ticket) -> Session | None:
        """Return the ticket's session, one that is over too as long as it is remembered."""
        kind = "link" if ticket.in_link else "session"
        return self._lately(kind, merchant, ticket.seat, lambda item: item_to_session(item, ticket, self._clock()))

    def end_session(self, merchant: str, ticket: Ticket) -> None:
        """Forget a session; the link that opened it stays used."""
        table, key = self._where("link" if ticket.in_link else "session", merchant, ticket.seat)
        if not ticket.in_link and not ticket.seat.number:
            table.delete(key["pk"], key["sk"])
            return
        # Beside an order nothing is deleted by those who face the internet: the session is nobody's, and expires.
        names, values = {"#held": "opened" if ticket.in_link else "digest"}, {":digest": ticket.digest, ":nobody": NOBODY}
        table.update(key["pk"], key["sk"], "SET #held = :nobody", "#held = :digest", values, names)

    def _add(self, made: Link | Session, seat: Seat, until: datetime, memory: timedelta) -> None:
        kind = type(made).__name__.lower()
        table, key = self._where(kind, made.merchant, seat)
        # The exact expiry is kept as `until`: the table's own attribute holds whole seconds.
        values = {name: value for name, value in to_values(made).items() if name != "expires_at"}
        tidied = int((until + memory).timestamp())
        found = {EXPIRES: tidied, "contact": contact_key(made.merchant, made.email)} if seat.number else {"expires_at": tidied}
        table.put(values | key | found | {"type": kind, "until": until.isoformat()})

    def _where(self, kind: str, merchant: str, seat: Seat) -> tuple[Table, dict[str, str]]:
        if seat.number:
            return self._beside, seat_key(merchant, seat)
        return self._table, {"pk": f"{kind.upper()}#{seat.digest}", "sk": kind.upper()}

    def _lately(self, kind: str, merchant: str, seat: Seat, read: Callable[[Item], Found | None]) -> Found | None:
        """Read an item that was written some time ago, for half of what a read costs; if it does not fit, as it stands now."""
        table, key = self._where(kind, merchant, seat)
        for consistent in (False, True):
            item = table.get(key["pk"], key["sk"], consistent=consistent)
            if item and item[EXPIRES if seat.number else "expires_at"] > self._clock().timestamp() and (found := read(item)):
                return found
        return None


def _link(item: Item) -> Link:
    return from_values(Link, item | {"expires_at": item["until"]})


def _opened(item: Item) -> Session:
    """Return the session that is kept in its link's item."""
    kept = ("type", "shape", "merchant", "number", "email", "language", "as_gift", "unreached")
    link = {name: item[name] for name in kept if name in item}
    return from_values(Session, link | {"digest": item["opened"], "expires_at": item["open_until"]})
