"""Keep drafts and returns beside their orders: a return is born by one conditional PutItem, each change is one UpdateItem."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from chalicelib.adapters.draft_items import draft_key, draft_to_item, is_owners_draft, item_to_draft
from chalicelib.adapters.dynamodb import Table, readable
from chalicelib.adapters.items import (
    EXPIRES,
    ORDER_KEY,
    Item,
    contact_key,
    gift_key,
    item_to_order,
    item_to_variant,
    order_key,
    product_partition,
)
from chalicelib.adapters.link_items import is_seated, item_to_session, seat_key
from chalicelib.adapters.return_items import LAST_SLOT, WAKE, is_return, item_to_return, return_to_item, slot_key
from chalicelib.adapters.unsent import unsent_keys
from chalicelib.adapters.withdrawn_orders import is_withdrawn
from chalicelib.domain.drafts import Draft
from chalicelib.domain.orders import StoredOrder, Variant
from chalicelib.domain.places import queue_place, sortable
from chalicelib.domain.returns import QueueState, Return, ReturnStatus
from chalicelib.domain.seats import Ticket
from chalicelib.domain.shapes import SHAPE, stamped
from chalicelib.domain.visits import Session, Standing

_CHANGES = (
    "lines", "rma", "parcel", "settlements", "resolve_by", "received_at", "remind_at", "reminded_at", "label_wanted_at",
    "label_order", "label", "assignee", "timeline", "outbox", "version", "queue", "unsent", "unsent_since", "wake", "wakes_at",
    SHAPE,
)  # fmt: skip
"""The attributes that a step of a return can change; all others stay as they were born."""
_NEWER = 8
"""How many sessions that are newer than its own a page may read with its order."""
_PAGE = 60
"""How many items are read at a time with a session: an order, its draft, fifty returns at most, and those sessions."""


class ReturnsTable:
    """Fulfils `ports.Returns` with DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def order_with_returns(self, merchant: str, number: str) -> tuple[StoredOrder | None, tuple[Return, ...]]:
        """Return an order and its returns by one Query on their partition."""
        stored, returns, _ = _standing(self._order(merchant, number, consistent=True), None)
        return stored, returns

    def order_with_draft(self, merchant: str, number: str, recipient: str, at: datetime, *, consistent: bool = True) -> Standing:
        """Return an order, its returns and its draft by one Query; the draft of whoever got a gift takes a read of its own."""
        standing = _standing(self._order(merchant, number, consistent=consistent), at)
        if not recipient:
            return standing
        key = draft_key(merchant, number, recipient)
        draft = self._table.get(key["pk"], key["sk"], consistent=consistent)
        return standing._replace(draft=item_to_draft(draft, at) if draft else None)

    def order_with_session(
        self, merchant: str, ticket: Ticket, at: datetime, *, consistent: bool = True
    ) -> tuple[Session, Standing] | None:
        """Return the ticket's session and its order by one Query; None, and the order unread, if it did not bring the session.

        The newest sessions stand first: those that are newer than this one are read with it, a few at most.
        """
        own, newer = seat_key(merchant, ticket.seat), 0
        order: list[Item] = []
        query = self._table.partition(own["pk"], first=ORDER_KEY, last=own["sk"], consistent=consistent, page=_PAGE)
        for item in query:
            if item["sk"] == own["sk"]:
                session = item_to_session(item, ticket, at)
                ours = session and session.merchant == merchant and not session.as_gift
                return (session, _standing(order, at)) if session and ours else None
            if not is_seated(item):
                order.append(item)
            elif (newer := newer + 1) == _NEWER:
                break
        return None

    def _order(self, merchant: str, number: str, *, consistent: bool) -> Iterator[Item]:
        # Before the order stand the drafts of those who got it as a gift, behind its returns links and sessions: none is read.
        pk = order_key(merchant, number)["pk"]
        return self._table.partition(pk, first=ORDER_KEY, last=slot_key(LAST_SLOT), consistent=consistent)

    def draft(self, merchant: str, number: str, recipient: str, at: datetime) -> Draft | None:
        """Return the order's draft, or that of whoever got it as a gift, if there is one."""
        key = draft_key(merchant, number, recipient)
        item = self._table.get(key["pk"], key["sk"])
        return item_to_draft(item, at) if item else None

    def save_draft(self, merchant: str, number: str, recipient: str, draft: Draft, at: datetime) -> bool:
        """Write the next version of a draft; False if somebody else wrote it first."""
        condition = f"attribute_not_exists(pk) OR version = :before OR {EXPIRES} <= :now"
        values = {":before": draft.version - 1, ":now": int(at.timestamp())}
        return self._table.put(draft_to_item(merchant, number, recipient, draft, at), condition, values)

    def add(self, new: Return) -> bool:
        """Write a new return into its slot; False if the slot is taken."""
        return self._table.put(return_to_item(new), "attribute_not_exists(pk)")

    def change(self, changed: Return) -> bool:
        """Write the next version of a return; False if somebody else wrote it first."""
        item = stamped(return_to_item(changed))
        kept = [name for name in _CHANGES if name in item]
        gone = [name for name in _CHANGES if name not in item]
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
        if gone:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in gone)
        return self._table.update(
            item["pk"],
            item["sk"],
            expression,
            "#version = :before",
            {f":{name}": item[name] for name in kept} | {":before": changed.version - 1},
            {f"#{name}": name for name in _CHANGES},
        )

    def by_rma(self, merchant: str, rma: str) -> Return | None:
        """Return the return with this RMA number, if this shop gave it."""
        for key in self._table.index("RmaIndex", "rma = :rma", {":rma": rma}):
            if key["pk"].startswith(f"{merchant}#"):
                return self._read(key["pk"], key["sk"])
        return None

    def by_slot(self, merchant: str, number: str, slot: int) -> Return | None:
        """Return one return of an order."""
        return self._read(order_key(merchant, number)["pk"], slot_key(slot))

    def queue(self, merchant: str, status: ReturnStatus) -> Iterator[Return]:
        """Yield a shop's returns in this status, oldest first."""
        states: tuple[QueueState, ...] = ("authorised", "unlabelled") if status == "authorised" else (status,)
        yield from heapq.merge(*(self._queued(merchant, state) for state in states), key=queue_place)

    def _queued(self, merchant: str, state: QueueState) -> Iterator[Return]:
        for item in self._table.index("QueueIndex", "queue = :queue", {":queue": f"{merchant}#{state}"}):
            if found := readable(item_to_return, item):
                yield found

    def queue_page(self, merchant: str, state: QueueState, after: str, before: str, limit: int) -> tuple[Return, ...]:
        """Return at most so many of a shop's returns in this state between two places of the queue, oldest first."""
        values = {":queue": f"{merchant}#{state}", ":after": after, ":before": before}
        condition = "queue = :queue AND queued_at BETWEEN :after AND :before"
        found = (readable(item_to_return, item) for item in self._table.index("QueueIndex", condition, values, limit + 1))
        return tuple(islice((made for made in found if made and queue_place(made) != after), limit))

    def by_contact(self, merchant: str, email: str) -> tuple[Return, ...]:
        """Return every return whose customer has this folded e-mail address at this shop."""
        keys = self._table.index("ContactIndex", "contact = :contact", {":contact": contact_key(merchant, email)})
        found = (self._read(key["pk"], key["sk"]) for key in keys if is_return(key))
        return tuple(made for made in found if made and made.email == email)

    def gift(self, merchant: str, code: str) -> str | None:
        """Return the folded number of the order whose gift receipt has this code; None if none has, or more than one."""
        keys = list(self._table.index("GiftIndex", "gift = :gift", {":gift": gift_key(merchant, code)}))
        return str(keys[0]["pk"]).partition("#")[2] if len(keys) == 1 else None

    def orders_of(self, merchant: str, email: str, limit: int) -> tuple[StoredOrder, ...]:
        """Return at most so many orders of the customer with this folded e-mail address at this shop, in no order."""
        keys = self._table.index("ContactIndex", "contact = :contact", {":contact": contact_key(merchant, email)})
        orders = (key for key in keys if key["sk"] == ORDER_KEY)
        found = (self._table.get(key["pk"], key["sk"]) for key in islice(orders, limit))
        stored = (item_to_order(item) for item in found if item)
        return tuple(each for each in stored if each.email == email)

    def waking(self, until: datetime) -> Iterator[Return]:
        """Yield the returns of all shops to which time does something until this moment, the earliest first."""
        values = {":wake": WAKE, ":until": sortable(until)}
        for key in self._table.index("WakeIndex", "wake = :wake AND wakes_at <= :until", values):
            item = self._table.get(key["pk"], key["sk"])
            if item and (found := readable(item_to_return, item)):
                yield found

    def unsent(self, until: datetime) -> Iterator[Return]:
        """Yield the returns of all shops with a mail that waits and was left alone since before `until`, longest first."""
        for key in unsent_keys(self._table, until):
            item = self._table.get(key["pk"], key["sk"])
            if item and (found := readable(item_to_return, item)):
                yield found

    def variants(self, merchant: str, product: str, *, consistent: bool = True) -> tuple[Variant, ...]:
        """Return what the catalogue knows of a product, by SKU."""
        items = self._table.partition(product_partition(merchant, product), consistent=consistent)
        return tuple(map(item_to_variant, items))

    def _read(self, pk: str, sk: str) -> Return | None:
        item = self._table.get(pk, sk)
        return item_to_return(item) if item else None


def _standing(items: Iterable[Item], at: datetime | None) -> Standing:
    """Read an order's items; its draft only where it is asked for at a moment."""
    stored: StoredOrder | None = None
    returns: list[Return] = []
    draft: Draft | None = None
    for item in items:
        if item["sk"] == ORDER_KEY:
            stored = None if is_withdrawn(item) else item_to_order(item)
        elif is_owners_draft(item):
            draft = item_to_draft(item, at) if at else None
        else:
            returns.append(item_to_return(item))
    return Standing(stored, tuple(returns), draft)
