"""How each kind of item is read, and written again, by the real adapters: on tables that a test made."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from chalicelib.adapters.attributes import packed, unpacked
from chalicelib.adapters.digests_table import DigestsTable
from chalicelib.adapters.draft_items import EXPIRES, draft_to_item, item_to_draft
from chalicelib.adapters.dynamodb import Table, from_values
from chalicelib.adapters.items import item_to_order, item_to_variant, order_to_item, product_to_item
from chalicelib.adapters.return_items import item_to_return, return_to_item
from chalicelib.adapters.sessions_table import SessionsTable
from chalicelib.adapters.staff_sessions import StaffSessionsTable
from chalicelib.adapters.withdrawn_orders import forgotten_order, is_withdrawn, withdrawn_order
from chalicelib.domain.digests import Digest
from chalicelib.domain.drafts import Draft
from chalicelib.domain.orders import StoredOrder, Variant
from chalicelib.domain.returns import Return
from chalicelib.domain.seats import Seat, Ticket
from chalicelib.domain.staff import StaffLink, StaffSession
from chalicelib.domain.undeliverable import Undeliverable
from chalicelib.domain.visits import DRAFT_LIFE, Link, Lookup, Session
from tests.conftest import Tables

FOLDER = Path(__file__).parent
DAY = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
"""The moment at which every example is read."""
Item = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """A stored item: kind and shape as a name (`order-1`), `item` typed as DynamoDB writes it, and its model's `fields`."""

    name: str
    item: Item
    fields: Any

    @property
    def kind(self) -> str:
        """What the kind is called here: a forgotten order is one of its own."""
        return self.name.rpartition("-")[0]

    @property
    def shape(self) -> int:
        """The number of its shape."""
        return int(self.name.rpartition("-")[2])


def examples() -> list[Example]:
    """Return every stored example, by name."""
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        told = json.loads(path.read_text("utf-8"))
        found.append(Example(path.stem, told["item"], told["fields"]))
    return found


class Adapters:
    """The tables with their adapters."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.returns = Table(tables.client, tables.returns)
        self.table = Table(tables.client, tables.sessions)
        self.sessions = SessionsTable(self.table, self.returns, lambda: DAY)
        self.staff = StaffSessionsTable(self.table, lambda: DAY)
        self.digests = DigestsTable(self.table)

    def there(self, item: Item) -> Item | None:
        """Return the item under this one's key, in whichever table it lies."""
        key = {"pk": item["pk"], "sk": item["sk"]}
        for name in (self.tables.returns, self.tables.sessions):
            if found := self.tables.client.get_item(TableName=name, Key=key, ConsistentRead=True).get("Item"):
                return found
        return None


Read = Callable[[Adapters, Item], Any]
Write = Callable[[Adapters, Any, Item], object]


@dataclass(frozen=True)
class Kind:
    """One kind: its model, how it is read from its item, and how what was read is written once more. None: it has none."""

    model: type[BaseModel] | None
    read: Read
    write: Write
    in_returns: bool = False


def _put_order(adapters: Adapters, stored: StoredOrder, _item: Item) -> None:
    adapters.returns.put(order_to_item(stored))


def _put_draft(adapters: Adapters, draft: Draft, item: Item) -> None:
    at = datetime.fromtimestamp(int(item[EXPIRES]), UTC) - DRAFT_LIFE
    recipient = item["sk"].partition("GIFT#")[2]
    adapters.returns.put(draft_to_item(item["pk"].partition("#")[0], item["pk"].partition("#")[2], recipient, draft, at))


def seat(item: Item) -> Seat:
    """Return where a link or a session is kept, as its key says."""
    _, stamp, name = f"{item['sk']}##".split("#")[:3]
    return Seat(item["digest"], item["number"] if name else "", stamp)


def _use_link(adapters: Adapters, link: Link, item: Item) -> None:
    used = link.used_at
    adapters.sessions.add_link(link.model_copy(update={"used_at": None}), seat(item))
    if used:
        adapters.sessions.open_link(link.merchant, seat(item), item["opened"], used)


LINK = Kind(Link, lambda on, item: on.sessions.link(item["merchant"], seat(item)), _use_link)
SESSION = Kind(
    Session,
    lambda on, item: on.sessions.session(item["merchant"], Ticket(seat(item), item["digest"])),
    lambda on, read, item: on.sessions.add_session(read, seat(item)),
)


def _use_staff_link(adapters: Adapters, link: StaffLink, _item: Item) -> None:
    adapters.staff.add_link(link.model_copy(update={"used_at": None}))
    if link.used_at:
        adapters.staff.use_link(link, link.used_at)


def _ask(adapters: Adapters, lookup: Lookup, _item: Item) -> None:
    adapters.sessions.add_lookup(lookup.model_copy(update={"claim": None}))
    if lookup.claim:
        adapters.sessions.claim_lookup(lookup.model_copy(update={"claim": None}), lookup.claim)


def _count(adapters: Adapters, seen: set[str], item: Item) -> None:
    _, what, start = item["pk"].split("#")
    seconds = (int(item["expires_at"]) - int(start)) // 2
    for each in seen:
        adapters.sessions.admit(what, each, 10, datetime.fromtimestamp(int(start), UTC), seconds)


def _note(adapters: Adapters, news: Undeliverable, item: Item) -> None:
    # Nothing leads from the item back to the address: the examples are of this one.
    adapters.sessions.note_undeliverable("ana@example.com", news)
    if news.cleared_at:
        assert news.cleared_by
        adapters.sessions.clear_undeliverable(news.merchant, "ana@example.com", news.cleared_by, news.cleared_at)


def _withdraw(adapters: Adapters, _read: bool, item: Item) -> None:
    at = datetime.fromisoformat(item["updated_at"])
    adapters.returns.put(withdrawn_order(item["merchant"], item["number"], at))


def _forget(adapters: Adapters, _read: bool, item: Item) -> None:
    adapters.returns.put(forgotten_order(item, datetime.fromisoformat(item["forgotten_at"])))


KINDS: Mapping[str, Kind] = {
    "order": Kind(StoredOrder, lambda _, item: item_to_order(item), _put_order, in_returns=True),
    "withdrawn": Kind(None, lambda _, item: is_withdrawn(item), _withdraw, in_returns=True),
    "forgotten": Kind(None, lambda _, item: is_withdrawn(item), _forget, in_returns=True),
    "return": Kind(
        Return, lambda _, item: item_to_return(item), lambda on, made, _: on.returns.put(return_to_item(made)), in_returns=True
    ),
    "draft": Kind(Draft, lambda _, item: item_to_draft(item, DAY), _put_draft, in_returns=True),
    "product": Kind(
        Variant,
        lambda _, item: item_to_variant(item),
        lambda on, read, item: on.returns.put(product_to_item(read, datetime.fromisoformat(item["updated_at"]))),
        in_returns=True,
    ),
    "lookup": Kind(Lookup, lambda on, item: on.sessions.lookup(item["id"]), _ask),
    "link": LINK,
    "seatedlink": replace(LINK, in_returns=True),
    "session": SESSION,
    "seatedsession": replace(SESSION, in_returns=True),
    "stafflink": Kind(StaffLink, lambda on, item: on.staff.link(item["digest"]), _use_staff_link),
    "staffsession": Kind(
        StaffSession, lambda on, item: on.staff.session(item["digest"]), lambda on, read, _: on.staff.add_session(read)
    ),
    "counter": Kind(None, lambda _, item: item["seen"], _count),
    "digest": Kind(
        Digest,
        lambda on, item: on.digests.digest(item["merchant"], date.fromisoformat(item["day"])),
        lambda on, read, _: on.digests.save(read),
    ),
    "undeliverable": Kind(Undeliverable, lambda _, item: from_values(Undeliverable, item), _note),
}
"""Every kind, by the name of its examples."""
TYPES = {"forgotten": "order", "seatedlink": "link", "seatedsession": "session"}
"""The kinds that are others of another kind (`type`): an order that lost its customer; a link, a session beside their order."""


def fields(model: type[BaseModel] | None) -> Any:
    """Return what a model's items may hold, as a JSON schema without the words."""
    return _bare(model.model_json_schema(mode="serialization")) if model else None


def written_again(adapters: Adapters, example: Example) -> Item | None:
    """Read an example and write what was read, all by today's adapters; return the item that this makes."""
    kind, plain = KINDS[example.kind], unpacked(example.item)
    read = kind.read(adapters, plain)
    empty(adapters, plain)
    kind.write(adapters, read, plain)
    return adapters.there(example.item)


def keep(adapters: Adapters, example: Example) -> Item:
    """Put an example into its table as it is, and return its plain values."""
    name = adapters.tables.returns if KINDS[example.kind].in_returns else adapters.tables.sessions
    adapters.tables.client.put_item(TableName=name, Item=example.item)
    return unpacked(example.item)


def empty(adapters: Adapters, item: Item) -> None:
    """Take an item out of both tables."""
    for name in (adapters.tables.returns, adapters.tables.sessions):
        adapters.tables.client.delete_item(TableName=name, Key=packed({"pk": item["pk"], "sk": item["sk"]}))


def _bare(schema: Any) -> Any:
    match schema:
        case dict():
            return {name: _bare(value) for name, value in schema.items() if not _words(name, value)}
        case list():
            return [_bare(each) for each in schema]
    return schema


def _words(name: str, value: Any) -> bool:
    return name in ("description", "title") and isinstance(value, str)
