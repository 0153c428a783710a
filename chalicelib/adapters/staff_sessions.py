"""Keep the staff's links and sessions in the sessions table, under keys of their own: neither door's secrets open the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import BaseModel

from chalicelib.adapters.dynamodb import Table, from_values, to_values
from chalicelib.adapters.items import Item
from chalicelib.adapters.link_items import LINK_MEMORY
from chalicelib.domain.staff import StaffLink, StaffSession

_LINK, _SESSION = "STAFFLINK", "STAFFSESSION"


class StaffSessionsTable:
    """Fulfils `ports.StaffSessions` with DynamoDB. The exact expiry is kept as `until`: the table's own holds whole seconds."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def add_link(self, link: StaffLink) -> None:
        """Record a link that is about to be mailed."""
        self._table.put(_item(_LINK, link.digest, link, link.expires_at + LINK_MEMORY))

    def link(self, digest: str) -> StaffLink | None:
        """Return a link by the digest of its secret, used and expired ones too."""
        item = self._read(_LINK, digest)
        return from_values(StaffLink, item) if item else None

    def use_link(self, link: StaffLink, at: datetime) -> bool:
        """Note the use of a link; False if it was used before. The same moment counts as the same use, as with customers'."""
        condition = "attribute_exists(pk) AND (attribute_not_exists(used_at) OR used_at = :at)"
        values = {":at": at.isoformat()}
        return self._table.update(f"{_LINK}#{link.digest}", _LINK, "SET used_at = :at", condition, values, {})

    def add_session(self, session: StaffSession) -> None:
        """Record a session that was opened."""
        self._table.put(_item(_SESSION, session.digest, session, session.expires_at))

    def session(self, digest: str) -> StaffSession | None:
        """Return a session by the digest of its secret."""
        item = self._read(_SESSION, digest)
        return from_values(StaffSession, item) if item else None

    def renew(self, session: StaffSession) -> None:
        """Write down until when a session stays open unused; one that was ended meanwhile stays ended."""
        values = {":idle_at": session.idle_at.isoformat()}
        key = f"{_SESSION}#{session.digest}"
        self._table.update(key, _SESSION, "SET idle_at = :idle_at", "attribute_exists(pk)", values, {})

    def end_session(self, digest: str) -> None:
        """Forget a session."""
        self._table.delete(f"{_SESSION}#{digest}", _SESSION)

    def _read(self, kind: str, digest: str) -> Item | None:
        item = self._table.get(f"{kind}#{digest}", kind)
        if item is None or item["expires_at"] <= self._clock().timestamp():
            return None
        return item | {"expires_at": item["until"]}


def _item(kind: str, digest: str, model: BaseModel, expires: datetime) -> Item:
    values = to_values(model)
    key = {"pk": f"{kind}#{digest}", "sk": kind, "type": kind.lower(), "expires_at": int(expires.timestamp())}
    return values | {"until": values["expires_at"]} | key
