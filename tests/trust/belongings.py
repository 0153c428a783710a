"""What belongs to a shop of the demo: what somebody could carry from there to another shop, and how it stands in the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from chalicelib.access import csrf_token
from chalicelib.adapters.dynamodb import unpacked
from chalicelib.domain.returns import Return
from chalicelib.files import INCOMING
from chalicelib.labelling import label_folder
from chalicelib.photos import order_folder
from tests.conftest import REGION
from tests.trust.links import ORDERS, links
from tests.trust.portals import ADMINS, Street
from tests.trust.recorder import Call
from tests.web.asking import asked

Keys = dict[tuple[str, str], Any]
_INDEXED = ("queue", "contact", "gift")


@dataclass(frozen=True)
class Belongings:
    """What is a shop's: a return of an order, its customer, open sessions, links that were mailed, and words of its own."""

    shop: str
    made: Return
    email: str
    words: tuple[str, ...]
    customer: str
    staff: str
    links: tuple[str, ...]

    @property
    def things(self) -> dict[str, str]:
        """What may be carried elsewhere, by what it is."""
        made, rma = self.made, self.made.rma or self.made.reserved_rma
        return {
            "a return": made.id, "an RMA number": rma, "an order": made.order_number, "an address": self.email,
            "a draft": made.draft_id, "a key": f"{self.shop}#{made.order_number}", "a shop": self.shop,
            "a way up": f"../{self.shop}/{made.order_number}", "a label": f"{INCOMING}{label_folder(made)}a1",
            "a photo": f"{order_folder(self.shop, made.order_number)}{made.draft_id}/0/{'0' * 32}",
            "a slip's code": f"/{self.shop}/staff/receive?rma={rma}", "a token": csrf_token(self.staff),
            **{f"link {number}": secret for number, secret in enumerate(self.links)},
        }  # fmt: skip

    def named_by(self, call: Call) -> list[str]:
        """Return the keys of this shop that a call asked for, or was answered with."""
        found = [key for key in keys_of(call) if key.startswith(f"{self.shop}#") or f"/{self.shop}/" in f"/{key}"]
        return found + [str(item.get("pk")) for item in call.found if self.owns(item)]

    def owns(self, item: Mapping[str, Any]) -> bool:
        """Say whether an item is this shop's."""
        return item.get("merchant") == self.shop or str(item.get("pk", "")).startswith(f"{self.shop}#")


def belongings(place: Street, shop: str) -> Belongings:
    """Ask for a return at a shop, sign its customer and one of its staff in, and have every kind of link mailed."""
    site, number = place.site, ORDERS[shop]
    made = asked(site, number).approved().now if shop == "nurana" else asked(site, number).now
    files = boto3.client("s3", region_name=REGION)
    for key in (f"{INCOMING}{label_folder(made)}a1", f"{order_folder(shop, number)}{made.draft_id}/0/{'0' * 32}.jpg"):
        files.put_object(Bucket=site.portal.settings.files_bucket, Key=key, Body=b"%PDF-1.7 of a shop's own")
    stored, _ = site.portal.returns.order_with_returns(shop, number)
    assert stored is not None
    return Belongings(
        shop=shop,
        made=made,
        email=stored.email,
        words=tuple(line.name for line in stored.order.lines),
        customer=site.inside(number).cookies[f"vuelta_{shop}"],
        staff=site.staff(ADMINS[shop]).cookies[f"vuelta_staff_{shop}"],
        links=tuple(sent.secret for sent in links(place, shop)),
    )


def keys_of(call: Call) -> Iterable[str]:
    """Yield what a call asks for by key: of an item, a partition, a place in an index, a file or a folder."""
    if call.service == "s3":
        source = call.asked.get("CopySource", {})
        objects = call.asked.get("Delete", {}).get("Objects", ())
        named = (call.asked.get("Key"), call.asked.get("Prefix"), source.get("Key"), *(each["Key"] for each in objects))
        yield from filter(None, named)
        return
    asked = call.asked
    yield from map(str, unpacked(asked.get("Key", {})).values())
    item = unpacked(asked.get("Item", {}))
    yield from (str(item[name]) for name in ("pk", *_INDEXED) if name in item)
    if "KeyConditionExpression" in asked:
        yield from map(str, unpacked(asked["ExpressionAttributeValues"]).values())
    for requests in asked.get("RequestItems", {}).values():
        keys = requests["Keys"] if isinstance(requests, dict) else [each["PutRequest"]["Item"] for each in requests]
        yield from (str(unpacked(each)["pk"]) for each in keys)


def kept(place: Street, owner: Belongings) -> Keys:
    """Return all that a shop has in both tables and in the bucket, as it stands; this is not heard."""
    settings, heard = place.site.portal.settings, len(place.recorder.calls)
    found: Keys = {}
    for table in (settings.returns_table, settings.sessions_table):
        items = (unpacked(item) for item in place.items(table))
        found |= {(item["pk"], item["sk"]): item for item in items if owner.owns(item)}
    files = boto3.client("s3", region_name=REGION)
    for each in files.list_objects_v2(Bucket=settings.files_bucket).get("Contents", ()):
        if f"/{owner.shop}/" in each["Key"]:
            found["file", each["Key"]] = each["ETag"]
    del place.recorder.calls[heard:]
    return found
