"""A customer of whom everything is known that can be known, each word of it a marker that must be found nowhere afterwards."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin

import boto3
from pydantic import BaseModel

from chalicelib.adapters.dynamodb import Table, unpacked
from chalicelib.adapters.items import Item, order_to_item
from chalicelib.adapters.personal_items import PersonalItems
from chalicelib.adapters.return_items import return_to_item
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.adapters.s3 import BucketFiles
from chalicelib.adapters.sessions_table import SessionsTable
from chalicelib.domain.claims import Claim
from chalicelib.domain.drafts import Draft, DraftLine
from chalicelib.domain.findings import Inspection, Settlement
from chalicelib.domain.labels import Label, LabelOrder
from chalicelib.domain.orders import Address
from chalicelib.domain.returns import Mail, Parcel, Return
from chalicelib.domain.seats import Seat
from chalicelib.domain.verdicts import Outcome
from chalicelib.domain.visits import Link, Lookup, Session
from chalicelib.forgetting import Forgetting
from tests.conftest import Tables, new_bucket
from tests.made import NOON, line, made, order, stored

MARK = "canary"
EMAIL = f"{MARK}.ana@example.com"
SOMEBODY = "eva@example.com"

# What says nothing of the customer, or by what the shop's books name the return: it stays.
STAYS = frozenset(
    """merchant order_number draft_id rma reserved_rma policy_id policy_sha256 language country currency store opened_by assignee
    lines.line.id lines.line.sku lines.line.product lines.line.name lines.line.categories lines.line.tags
    settlements.lines settlements.charges settlements.reference settlements.by lines.inspection.by
    label.carrier label.service label.currency label.by timeline.by timeline.lines outbox.id outbox.lines""".split()
)


def whole_return(**changes: Any) -> Return:
    """Return a return of which everything is said that a return can hold, in the state that everything leaves it in."""
    plain = made("authorised", "under_review", email=EMAIL, **changes)
    granted = Outcome("refund", "review", Decimal(170000), (), Decimal(0), None)
    inspection = Inspection(
        condition="used", verdict="reduced", value=Decimal(150000), reduction=Decimal(20000), reason="x", at=NOON, by="Eva"
    )
    filled = {"granted": granted, "photos": ("x", "y"), "inspection": inspection, "status": "settled", "arrived": 1}
    lines = (plain.lines[0].model_copy(update=filled), plain.lines[1])
    settlement = Settlement(kind="refund", lines=("1",), amount=Decimal(150000), reference="R-1", at=NOON, by="Eva")
    waiting = Mail(id="settled-9", message="settled", lines=("1",), queued_at=NOON)
    return plain.model_copy(
        update={
            "lines": lines,
            "settlements": (settlement,),
            "parcel": Parcel(carrier="x", tracking="x", added_at=NOON),
            "label": Label(
                source="easypost", key="x", cost=Decimal(9), currency="COP", provider_id="x", by="easypost", made_at=NOON
            ),
            "label_order": LabelOrder(shipment="x", rate="x", missing="unclear", detail="x", claim=Claim(by="stream", at=NOON)),
            "label_wanted_at": NOON,
            "received_at": NOON + timedelta(days=2),
            "outbox": (*plain.outbox, waiting, waiting.model_copy(update={"id": "settled-10", "failed": "x"})),
        }
    )


def marked(shape: Any, path: str = "") -> Any:
    """Return a value with a marker of its own in every text that can hold anything, but for what stays."""
    if isinstance(shape, tuple):
        return tuple(marked(each, path) for each in shape)
    if not isinstance(shape, BaseModel):
        return shape
    changes = {}
    for name, field in type(shape).model_fields.items():
        inner = f"{path}.{name}" if path else name
        value = getattr(shape, name)
        if inner in STAYS or inner == "lines.wish" or (inner == "outbox.failed" and value is None):
            continue
        if _free_text(field.annotation):
            many = get_origin(field.annotation) is tuple
            changes[name] = (f"{MARK}/{inner}/0", f"{MARK}/{inner}/1") if many else f"{MARK}/{inner}"
        else:
            changes[name] = marked(value, inner)
    return shape.model_copy(update=changes | ({"email": EMAIL} if "email" in changes and not path else {}))


def leaves(value: Any) -> Iterator[str]:
    """Yield every text in a value of JSON, names of fields too."""
    match value:
        case dict():
            for name, each in value.items():
                yield str(name)
                yield from leaves(each)
        case list() | tuple() | set():
            for each in value:
                yield from leaves(each)
        case str():
            yield value


# Order, draft and slot of what has files: two returns and something begun only, a gift and one begun only.
FILED = (
    ("AZ1001", "draft", 1), ("AZ1001", "second", 2), ("AZ1001", f"{MARK}-draft", 3),
    ("AZ1002", "gift", 2), ("AZ1003", "begun", 1),
)  # fmt: skip


class Remembered:
    """A shop on moto that knows the customer, and somebody else of whom nothing may be lost."""

    def __init__(self, tables: Tables, *, client: Any = None, s3: Any = None) -> None:
        self.tables = tables
        self.client = client or tables.client
        self.returns = Table(tables.client, tables.returns)
        self.table = Table(tables.client, tables.sessions)
        self.bucket = new_bucket()
        self.s3 = s3 or boto3.client("s3", region_name="us-east-1")
        self.files = BucketFiles(self.bucket, lambda: boto3.client("s3", region_name="us-east-1"))
        self.sessions = SessionsTable(self.table, self.returns, lambda: NOON)
        self._fill()

    def forgetting(self) -> Forgetting:
        """Return what forgets, through the clients that may break."""
        personal = PersonalItems(Table(self.client, self.tables.returns), Table(self.client, self.tables.sessions))
        return Forgetting(personal, BucketFiles(self.bucket, lambda: self.s3), lambda: NOON + timedelta(days=3))

    def _fill(self) -> None:
        address = Address(
            name=MARK, company=MARK, street=MARK, street2=MARK, city=MARK, region=MARK, postcode=MARK, country="CO", phone=MARK
        )
        hers = Address(name="Eva", street="Calle 1", city="Cali", country="CO")
        own = order(line("1"), line("2"), tags=("member_gold", f"{MARK}/tags"))
        for item in (
            order_to_item(stored(own, email=EMAIL, language="es", ship_to=address, gift_code=f"{MARK}-7799")),
            order_to_item(stored(order(number="AZ-1002"), email=SOMEBODY, ship_to=hers)),
            return_to_item(marked(whole_return())),
            return_to_item(marked(whole_return(slot=2, draft_id="second"))),
            return_to_item(made(order_number="AZ-1002", email=SOMEBODY, draft_id="evas")),
            # The recipient of what Eva bought.
            return_to_item(marked(whole_return(order_number="AZ-1002", slot=2, draft_id="gift", as_gift=True))),
        ):
            self.returns.put(item)
        self._remember(EMAIL, "AZ1001", f"{MARK}-draft", MARK)
        gift = Session(
            digest=f"{MARK}-gift", merchant="azulu", number="AZ1003", email=EMAIL, language="es",
            expires_at=NOON + timedelta(days=20), as_gift=True,
        )  # fmt: skip
        self.sessions.add_session(gift, Seat(gift.digest))
        begun = Draft(id="begun", lines=(DraftLine(id="1", quantity=1, remark=f"{MARK}/gift"),))
        returns = ReturnsTable(self.returns)
        returns.save_draft("azulu", gift.number, gift.recipient, begun, NOON)
        self._remember(SOMEBODY, "AZ1002", "evas", "eva")
        self._remember(EMAIL, "NU1001", f"{MARK}-nurana", "kept", merchant="nurana")
        for number, draft_id, slot in FILED:
            if draft_id != "begun":
                self.files.put(f"labels/azulu/{number}/{slot}/label.pdf", MARK.encode(), "application/pdf")
            for place in ("", "incoming/", "quarantine/"):
                self.files.put(f"{place}photos/azulu/{number}/{draft_id}/line/{MARK}", MARK.encode(), "image/jpeg")
        self.files.put("labels/azulu/AZ1002/1/label.pdf", b"eva", "application/pdf")
        self.files.put("photos/azulu/AZ1002/evas/line/photo", b"eva", "image/jpeg")

    def _remember(self, email: str, number: str, draft_id: str, word: str, merchant: str = "azulu") -> None:
        later = NOON + timedelta(days=20)
        plain: dict[str, Any] = {"merchant": merchant, "number": number, "email": email, "language": "es"}
        self.sessions.add_lookup(Lookup(id=f"{word}-lookup", purpose="access", source="0", asked_at=NOON, **plain))
        for purpose, seat in (("return", Seat(f"{word}-link")), ("access", Seat(f"{word}-link", number, "0"))):
            link = Link(digest=seat.digest, written=number, purpose=purpose, expires_at=later, **plain)  # type: ignore[arg-type]
            self.sessions.add_link(link, seat)
        for seat in (Seat(f"{word}-session"), Seat(f"{word}-session", number, "1")):
            self.sessions.add_session(Session(digest=seat.digest, expires_at=later, **plain), seat)
        draft = Draft(id=draft_id, lines=(DraftLine(id="1", quantity=1, remark=word),))
        ReturnsTable(self.returns).save_draft(merchant, number, "", draft, NOON)

    def items(self) -> list[Item]:
        """Return every item of both tables."""
        return [*self._items(self.tables.returns), *self._items(self.tables.sessions)]

    def held(self) -> dict[str, bytes]:
        """Return every file by its key."""
        listed = [each for place in ("labels/", "photos/", "incoming/", "quarantine/") for each in self.files.list(place)]
        return {each.key: self.files.get(each.key, 10_000) or b"" for each in listed}

    def traces(self) -> list[str]:
        """Return every text in tables and files in which the customer's marker stands, but for what another shop knows."""
        texts = [text for item in self.items() if "nurana" not in json.dumps(item, default=str) for text in leaves(item)]
        texts += [text for key, body in self.held().items() for text in (key, body.decode())]
        return [text for text in texts if MARK in text.lower()]

    def _items(self, name: str) -> list[Item]:
        pages = self.tables.client.get_paginator("scan").paginate(TableName=name)
        return [unpacked(item) for page in pages for item in page["Items"]]


def _free_text(annotation: Any) -> bool:
    """Say whether a field holds text that nobody chose from a list: one, perhaps none, or several."""
    if get_origin(annotation) in (Union, types.UnionType, tuple):
        parts = [each for each in get_args(annotation) if each not in (type(None), Ellipsis)]
        return bool(parts) and all(_free_text(each) for each in parts)
    if get_origin(annotation) is typing.Annotated:
        return _free_text(get_args(annotation)[0])
    return annotation is str and get_origin(annotation) is not Literal
