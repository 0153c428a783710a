"""Where hostile words are put: an order and two returns of it, whose every word is chosen, and every form, address and header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.domain.labels import Label
from chalicelib.domain.orders import StoredOrder
from chalicelib.domain.returns import Event, Parcel, Return
from tests.labels import CUSTOMER
from tests.made import NOON, line, made, order, stored
from tests.sequels import came, given, looked_at

STORED = (
    "name", "sku", "id", "tag", "remark", "wish", "reply", "why", "reason", "internal", "note", "carrier", "tracking",
    "reference", "sender",
)  # fmt: skip
SHORT = frozenset({"carrier", "tracking", "reference", "tag", "sku", "id", "name", "sender"})
"""What no form and no stored return takes longer than a hundred characters."""
MESSAGES = ("approved", "decided", "label", "received", "inspected", "settled", "reminder")
SIGNED = (
    "staff/return?id=AZ-1001/1", "staff/return?id=AZ-1001/2", "staff", "staff/find?q=AZ-1001",
    "staff/return/receive?id=AZ-1001/1", "staff/return/settle?id=AZ-1001/2", "staff/return/label?id=AZ-1001/1",
    "staff/phone?number=AZ-1001",
)  # fmt: skip
CUSTOMERS = ("items", "returns/1", "returns/1/slip", "returns/1/cancel", "returns/2", "returns/1/done")
TYPED: tuple[tuple[str, str], ...] = (
    ("find", "number"), ("find", "email"), ("gift", "code"), ("gift", "email"), ("items", "take-1"), ("items", "lang"),
    ("returns/1/tracking", "tracking"), ("returns/1/tracking", "carrier"), ("check", "draft"), ("save", "then"),
    ("staff/sign-in", "email"), ("staff/phone", "number"), ("staff/phone", "email"), ("staff/receive", "code"),
    ("staff/bulk", "back"), ("staff/bulk", "pick-1"), ("staff/bulk", "after"),
    ("staff/return?id=AZ-1001/1", "internal"), ("staff/return?id=AZ-1001/1", "then"),
    ("staff/return/settle?id=AZ-1001/2", "reference"), ("staff/return/label?id=AZ-1001/1", "name"),
)  # fmt: skip
ASKED = (
    "staff?since", "staff?until", "staff?sku", "staff?reason", "staff?state", "staff?after", "staff?results",
    "staff/find?q", "staff/return?id", "staff/phone?number", "staff/settings?version", "policy?version", "items?notice",
    "?lang", "sent?lang", "returns/1?notice", "staff/return/label?id=AZ-1001/1&key",
)  # fmt: skip
NAMED = (
    "link/{}",
    "link/{}/again",
    "returns/{}",
    "returns/{}/tracking",
    "returns/{}/slip.pdf",
    "staff/link/{}",
    "{}",
    "staff/{}",
)
HEADERS = ("host", "referer", "origin", "accept-language", "x-forwarded-host", "x-forwarded-proto", "user-agent")


def shapes(words: Mapping[str, str]) -> tuple[StoredOrder, Return, Return]:
    """Return an order, a return of it that is approved, and one that is inspected and may be settled."""
    sold = line("1", name=words["name"], sku=words["sku"], tags=(words["tag"],))
    odd = line(words["id"], name=words["name"], sku=words["sku"])
    sender = CUSTOMER.model_copy(update={"name": words["sender"], "street": words["sender"], "city": words["sender"]})
    bought = stored(order(sold, odd), ship_to=sender)
    plain = made("authorised", "authorised")
    said = {
        "remark": words["remark"], "wish_words": words["wish"], "reply": words["reply"], "granted_why": words["why"],
    }  # fmt: skip
    lines = tuple(
        each.model_copy(update={
            "line": sold if place == 0 else odd, "granted": replace(each.chosen, kind=("exchange", "refund")[place]), **said,
        })
        for place, each in enumerate(plain.lines)
    )  # fmt: skip
    label = Label(
        source="shop", key="labels/azulu/AZ1001/1/x.pdf", carrier=words["carrier"], service=words["carrier"],
        tracking=words["tracking"], by="ana@azulu.example", made_at=NOON,
    )  # fmt: skip
    told = Event(at=NOON, act="noted", by="ana@azulu.example", note=words["note"], internal=words["internal"])
    first = plain.model_copy(update={
        "lines": lines, "label": label, "label_wanted_at": NOON, "timeline": (*plain.timeline, told),
        "parcel": Parcel(carrier=words["carrier"], tracking=words["tracking"], added_at=NOON),
    })  # fmt: skip
    back = looked_at(came(first.model_copy(update={"slot": 2, "draft_id": "second"})), l1=("reduced", "used"))
    found = back.lines[0].inspection.model_copy(update={"reason": words["reason"]})  # type: ignore[union-attr]
    second = back.model_copy(update={
        "lines": (back.lines[0].model_copy(update={"inspection": found}), back.lines[1]), "reserved_rma": "second", "rma": None,
    })  # fmt: skip
    return bought, first, given(second, "exchange", words["reference"])
