"""Keep in the sessions table who of a shop's people was told on which day; forgotten a few days later."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from chalicelib.adapters.dynamodb import Table, from_values, to_values
from chalicelib.domain.digests import Digest

MEMORY = timedelta(days=7)
"""Longer than any zone's day, with room for whoever asks what was sent."""


class DigestsTable:
    """Fulfils `ports.Digests` with DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def digest(self, merchant: str, day: date) -> Digest:
        """Return how far telling a shop's people on this day has come."""
        item = self._table.get(_key(merchant, day), "DIGEST")
        return from_values(Digest, item) if item else Digest(merchant=merchant, day=day)

    def save(self, digest: Digest) -> bool:
        """Write the next version of a digest; False if somebody else wrote it first."""
        key = {"pk": _key(digest.merchant, digest.day), "sk": "DIGEST", "type": "digest"}
        expires = datetime.combine(digest.day, time(), UTC) + MEMORY
        item = to_values(digest) | key | {"expires_at": int(expires.timestamp())}
        return self._table.put(item, "attribute_not_exists(pk) OR version = :before", {":before": digest.version - 1})


def _key(merchant: str, day: date) -> str:
    return f"DIGEST#{merchant}#{day.isoformat()}"
