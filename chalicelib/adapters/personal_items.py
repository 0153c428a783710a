"""Find what both tables hold of one customer of a shop, and take it out of them, one conditional write an item."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.adapters.draft_items import draft_key
from chalicelib.adapters.dynamodb import Table, readable
from chalicelib.adapters.items import ORDER_KEY, Item, contact_key, order_key
from chalicelib.adapters.link_items import SEATS, is_seated
from chalicelib.adapters.return_items import is_return, item_to_return, return_to_item
from chalicelib.adapters.undeliverable_items import undeliverable_key
from chalicelib.adapters.withdrawn_orders import forgotten_order
from chalicelib.domain.forgetting import Holding
from chalicelib.domain.returns import Return
from chalicelib.domain.visits import recipient_name

_KEYS = frozenset({"lookup", "link", "session"})


class PersonalItems:
    """Fulfils `forgetting.Personal` with DynamoDB."""

    def __init__(self, returns: Table, sessions: Table) -> None:
        self._returns = returns
        self._sessions = sessions

    def numbers(self, merchant: str, email: str) -> tuple[str, ...]:
        """Return the folded numbers of the orders that are the customer's, or of which they return something."""
        keys = self._returns.index("ContactIndex", "contact = :contact", {":contact": contact_key(merchant, email)})
        return tuple(sorted({key["pk"].removeprefix(f"{merchant}#") for key in keys}))

    def holding(self, merchant: str, number: str, email: str) -> Holding:
        """Return what is held of the customer under an order's number, as it stands now."""
        items = list(self._returns.partition(order_key(merchant, number)["pk"]))
        mine = [item for item in items if is_return(item) and item["email"] == email]
        read = {item["sk"]: readable(item_to_return, item) for item in mine}
        owner = any(item["sk"] == ORDER_KEY and item.get("email") == email for item in items)
        recipients = {draft_key(merchant, number, each)["sk"]: each for each in (recipient_name(email), *([""] if owner else []))}
        drafts = {recipients[item["sk"]]: str(item["id"]) for item in items if item["sk"] in recipients}
        return Holding(
            number=number,
            owner=owner,
            returns=tuple(made for made in read.values() if made),
            others=any(is_return(item) and item["email"] not in (email, "") for item in items),
            damaged=tuple(f"{item['order_number']}/{item['slot']}" for item in mine if read[item["sk"]] is None),
            drafts=drafts,
        )

    def forget_return(self, changed: Return) -> bool:
        """Write a forgotten return whole; False if somebody else wrote it first."""
        return self._returns.put(return_to_item(changed), "version = :before", {":before": changed.version - 1})

    def forget_order(self, merchant: str, number: str, email: str, at: datetime) -> bool:
        """Take the customer out of an order; False if an import replaced it meanwhile."""
        key = order_key(merchant, number)
        item = self._returns.get(key["pk"], key["sk"])
        if item is None or item.get("email") != email:
            return True
        return self._returns.put(forgotten_order(item, at), "version = :before", {":before": item["version"]})

    def drop_draft(self, merchant: str, number: str, recipient: str) -> None:
        """Forget a draft."""
        key = draft_key(merchant, number, recipient)
        self._returns.delete(key["pk"], key["sk"])

    def keys(self, merchant: str, email: str) -> Iterator[Item]:
        """Yield the customer's lookups, links and sessions at this shop, and what is known of mails to their address.

        Those beside orders are found with these. Nothing leads from an address to the others, so that the whole table of what
        expires is read; it is never much.
        """
        for number in self.numbers(merchant, email):
            partition = self._returns.partition(order_key(merchant, number)["pk"], first=SEATS)
            yield from (item for item in partition if is_seated(item) and item["email"] == email)
        values = {":merchant": merchant, ":email": email}
        for item in self._sessions.scan("merchant = :merchant AND email = :email", values):
            if item["type"] in _KEYS:
                yield item
        if known := self._sessions.get(*undeliverable_key(merchant, email)):
            yield known

    def drop_key(self, item: Item) -> None:
        """Forget a lookup, a link, a session, or what is known of an address."""
        table = self._returns if is_seated(item) else self._sessions
        table.delete(item["pk"], item["sk"])

    def drop_count(self, what: str, window_start: datetime) -> None:
        """Forget whom was counted for something in a window."""
        self._sessions.delete(f"COUNT#{what}#{int(window_start.timestamp())}", "COUNT")
