"""Keep in the sessions table which addresses a shop's mails do not reach: one item for each, found by a digest of the address."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from hashlib import sha256

from chalicelib.adapters.dynamodb import Table, from_values, readable
from chalicelib.adapters.items import Item
from chalicelib.domain.identifiers import as_mailed
from chalicelib.domain.places import sortable
from chalicelib.domain.shapes import SHAPES
from chalicelib.domain.undeliverable import Undeliverable

_KIND = "UNDELIVERABLE"


class UndeliverableItems:
    """The part of `ports.Sessions` that knows undeliverable addresses, for whoever has a table and a clock."""

    _table: Table
    _clock: Callable[[], datetime]

    def undeliverable(self, merchant: str, email: str) -> Undeliverable | None:
        """Return why this shop's mails do not reach an address at present; None as far as is known that they do."""
        item = self._table.get(*undeliverable_key(merchant, email), consistent=False)
        return self._standing(item) if item else None

    def undeliverables(self, merchant: str, emails: Collection[str]) -> frozenset[str]:
        """Return those of some addresses, a hundred at most, which this shop's mails do not reach."""
        keys = {undeliverable_key(merchant, email): email for email in emails}
        found = self._table.several(list(keys))
        return frozenset(keys[item["pk"], item["sk"]] for item in found if self._standing(item))

    def note_undeliverable(self, email: str, news: Undeliverable) -> bool:
        """Keep bad news of an address; False if it is older than what is known, or than the moment when it was cleared.

        News comes twice and in any order: the newest mail counts, and the same news changes nothing.
        """
        pk, sk = undeliverable_key(news.merchant, email)
        newer = "attribute_not_exists(sent_at) OR sent_at <= :sent_at"
        uncleared = "attribute_not_exists(cleared_at) OR cleared_at < :sent_at"
        values = {
            ":type": _KIND.lower(), ":merchant": news.merchant, ":why": news.why, ":sent_at": sortable(news.sent_at),
            ":at": sortable(news.at), ":shape": SHAPES["undeliverable"], ":expires_at": int(news.until.timestamp()),
        }  # fmt: skip
        return self._table.update(
            pk,
            sk,
            "SET #type = :type, shape = :shape, merchant = :merchant, why = :why, sent_at = :sent_at, #at = :at,"
            " expires_at = :expires_at",
            f"({newer}) AND ({uncleared})",
            values,
            {"#type": "type", "#at": "at"},
        )

    def clear_undeliverable(self, merchant: str, email: str, by: str, at: datetime) -> None:
        """Let mails go to an address again; news of mails that were sent before this moment counts no more."""
        pk, sk = undeliverable_key(merchant, email)
        values = {":at": sortable(at), ":by": by}
        self._table.update(pk, sk, "SET cleared_at = :at, cleared_by = :by", "attribute_exists(pk)", values, {})

    def _standing(self, item: Item) -> Undeliverable | None:
        known = readable(partial(from_values, Undeliverable), item)
        return known if known and known.stands(self._clock()) else None


def undeliverable_key(merchant: str, email: str) -> tuple[str, str]:
    """Return the key under which it is kept that mails do not reach an address, in the form of our pages or of mails."""
    return f"{_KIND}#{merchant}#{sha256(as_mailed(email).encode()).hexdigest()}", _KIND
