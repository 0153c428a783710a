"""A whole shop on emulated AWS whose every call passes a gate: pages, worker and commands, and what they leave behind."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib.adapters.bulk import BulkTable
from chalicelib.adapters.digests_table import DigestsTable
from chalicelib.adapters.dynamodb import Table, packed, unpacked
from chalicelib.adapters.items import order_to_item
from chalicelib.adapters.link_items import is_seated
from chalicelib.adapters.personal_items import PersonalItems
from chalicelib.adapters.s3 import BucketFiles
from chalicelib.adapters.ses import Mailer
from chalicelib.bootstrap import Portal, build
from chalicelib.bounces import CarefulPost
from chalicelib.digests import Telling
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.orders import StoredOrder
from chalicelib.domain.returns import Return
from chalicelib.forgetting import Forgetting
from chalicelib.labelling import Labelling
from chalicelib.photos import Photos
from chalicelib.settings import Settings
from chalicelib.sweeping import Sweep
from chalicelib.worker import Worker
from tests.conftest import REGION, Tables, new_bucket, new_tables
from tests.gate import Gate, Way
from tests.labels import Seller, shops
from tests.made import NOON
from tests.mailroom import event
from tests.web.browsing import Browser

URL = "https://returns.example.com"
Item = dict[str, Any]

# What differs from run to run and means nothing: random names, digests of them, and the time within a day.
_RANDOM = re.compile(
    r"(?<![\w-])[\w-]{43}(?![\w-])|\b[0-9a-f]{64}\b|\b[0-9a-f]{32}\b|\b(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}\b|\bshp_\d+|(?<=SESSION#)[0-9a-f]{10}"
)
_WITHIN_A_DAY = re.compile(r"(\d{4}-\d\d-\d\d)T[\d:.]+(?:Z|\+00:00)")
# How often something was written or tried, and until when it is kept, is no part of what came of it.
_COUNTED = frozenset({"version", "claim", "expires_at", "draft_expires_at", "unsent_since"})


class Letterbox:
    """Stands where SES does, and keeps every mail that it takes."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.meta = SimpleNamespace(
            service_model=SimpleNamespace(service_name="sesv2"), method_to_api_mapping={"send_email": "SendEmail"}
        )

    def send_email(self, **call: Any) -> dict[str, str]:
        """Take a raw mail."""
        self.mails.append(message_from_bytes(call["Content"]["Raw"]["Data"], policy=policy.SMTP))
        return {"MessageId": str(len(self.mails))}


@dataclass(frozen=True)
class Snapshot:
    """Everything that a stage holds, to be brought back."""

    items: Mapping[str, Mapping[tuple[str, str], Item]]
    files: Mapping[str, tuple[bytes, str]]
    at: datetime
    cookies: tuple[dict[str, str], ...]
    mails: tuple[EmailMessage, ...]
    seller: dict[str, Any]


class Stage:
    """Azulu on empty tables: two browsers, a worker, a letterbox, a seller of labels, and a clock that stands."""

    def __init__(self, *, streams: bool = False) -> None:
        self.gate = Gate()
        self.at = NOON
        self.tables: Tables = new_tables(boto3.client("dynamodb", region_name=REGION))
        if not streams:  # The emulator keeps a copy of every item that was ever written.
            for name in (self.tables.returns, self.tables.sessions):
                dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[name].stream_shard = None
        self.s3 = boto3.client("s3", region_name=REGION)
        self.bucket = new_bucket()
        self.letterbox, self.seller = Letterbox(), Seller()
        self.client = self.gate.on(self.tables.client)
        self.portal = self._portal()
        self.customer, self.staff = Browser(self.portal), Browser(self.portal)
        self.worker, self.sweep = self._worker()
        personal = PersonalItems(*(Table(self.client, name) for name in (self.tables.returns, self.tables.sessions)))
        self.forgetting = Forgetting(personal, self.portal.files, self.clock)
        self.shelf = BulkTable(self.client, self.tables.returns, pause=lambda seconds: None)

    def clock(self) -> datetime:
        return self.at

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.at += timedelta(**span)

    def order(self, *orders: StoredOrder) -> None:
        """Import orders, over those that are there."""
        for each in orders:
            self.put(order_to_item(each))

    def put(self, item: Item) -> None:
        """Write an item into the returns table."""
        self.tables.client.put_item(TableName=self.tables.returns, Item=packed(item))

    def made(self, slot: int = 1, number: str = "AZ-1001") -> Return:
        """Return a return as it stands."""
        found = self.portal.returns.by_slot("azulu", number, slot)
        assert found is not None
        return found

    def news(self) -> dict[str, Any]:
        """Return the event that the streams make of everything that waits."""
        return event(*(packed(item) for held in self._items().values() for item in held.values() if "unsent" in item))

    def settle(self) -> None:
        """Let sweeps come, minutes apart, until whoever was at something must have ended."""
        for _ in range(2):
            self.later(minutes=3)
            self.sweep.run()

    def secret(self, purpose: str = "/link/") -> str:
        """Return the secret of the link in the newest mail."""
        text = self.letterbox.mails[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
        return next(word.rpartition("/")[2] for word in text.split() if word.startswith(URL) and purpose in word)

    def snapshot(self) -> Snapshot:
        """Return everything that is held."""
        return Snapshot(
            self._items(), self._files(), self.at, (dict(self.customer.cookies), dict(self.staff.cookies)),
            tuple(self.letterbox.mails), copy.deepcopy(vars(self.seller)),
        )  # fmt: skip

    def restore(self, before: Snapshot) -> None:
        """Bring back everything that was held."""
        for name, held in self._items().items():
            for key in held.keys() - before.items[name].keys():
                self.tables.client.delete_item(TableName=name, Key=packed(dict(zip(("pk", "sk"), key, strict=True))))
            for key, item in before.items[name].items():
                if held.get(key) != item:
                    self.tables.client.put_item(TableName=name, Item=packed(item))
        files = self._files()
        for key in files.keys() - before.files.keys():
            self.s3.delete_object(Bucket=self.bucket, Key=key)
        for key, (body, kind) in before.files.items():
            if files.get(key) != (body, kind):
                self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=kind)
        self.at, self.letterbox.mails[:] = before.at, before.mails
        self.customer.cookies, self.staff.cookies = map(dict, before.cookies)
        vars(self.seller).update(copy.deepcopy(before.seller))

    def came_of_it(self) -> dict[str, Any]:
        """Return what a customer, the shop and its accountant could ever tell apart: kept, mailed, filed, and paid for.

        Returns, orders and products stand there each by itself. Of links and sessions only the kinds do: one that was made and
        never reached anybody opens nothing and expires, so that a second one beside it is no difference. Lookups stand there
        as long as they wait for their answer.
        """
        held = self._items()
        kept = [item for item in held[self.tables.returns].values() if not is_seated(item)]
        expiring = [item for item in held[self.tables.sessions].values() if _matters(item)]
        expiring += filter(is_seated, held[self.tables.returns].values())
        return {
            "kept": sorted(map(_plain, kept)),
            "expiring": sorted(set(map(_plain, expiring))),
            "mailed": sorted(set(self.mailed())),
            "filed": sorted({f"{_masked(key)} {len(body)}" for key, (body, _) in self._files().items()}),
            "paid": len(self.seller.charges) - len(self.seller.voided),
        }

    def mailed(self) -> Counter[str]:
        """Return how often each mail was taken, by whom it is for and what it is about."""
        return Counter(_masked(f"{mail['To']}: {mail['Subject']}") for mail in self.letterbox.mails)

    def _items(self) -> dict[str, dict[tuple[str, str], Item]]:
        found = {}
        for name in (self.tables.returns, self.tables.sessions):
            items = map(unpacked, self.tables.client.scan(TableName=name)["Items"])
            found[name] = {(item["pk"], item["sk"]): item for item in items}
        return found

    def _files(self) -> dict[str, tuple[bytes, str]]:
        found = {}
        for listed in self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", ()):
            answer = self.s3.get_object(Bucket=self.bucket, Key=listed["Key"])
            found[listed["Key"]] = (answer["Body"].read(), answer["ContentType"])
        return found

    def _portal(self) -> Portal:
        settings = Settings(self.tables.returns, self.tables.sessions, URL, self.bucket)
        portal = build(settings, self.client, self.clock)
        files = BucketFiles(self.bucket, lambda: self.gate.on(self.s3))
        return replace(portal, files=files, photos=Photos(files, portal.returns, portal.sessions, portal.shops, self.clock))

    def _worker(self) -> tuple[Worker, Sweep]:
        wired, mailer = self.portal, Mailer(self.gate.on(self.letterbox), None, lambda seconds: None)
        post = CarefulPost(mailer, wired.sessions, self.clock)
        seller = self.gate.on_other(self.seller, "labels", _silent)
        labelling = Labelling(wired.returns, wired.files, shops(), lambda name: seller, self.clock)
        worker = Worker(wired.links, wired.staff, wired.returns, wired.sessions, wired.shops, post, self.clock, URL, labelling)
        digests = DigestsTable(Table(self.client, self.tables.sessions))
        telling = Telling(wired.returns, digests, wired.shops, post, self.clock, URL)
        chores = (wired.photos.left_behind, wired.photos.outlived)
        return worker, Sweep(worker, wired.returns, wired.shops, self.clock, telling, chores)


def _silent(name: str, way: Way) -> Exception:
    return Unavailable("the seller of labels", f"{name}: {way}")


def _matters(item: Item) -> bool:
    return item["type"] != "counter" and (item["type"] != "lookup" or "unsent" in item)


def _plain(item: Item) -> str:
    return _masked(json.dumps(_without(item), sort_keys=True, default=str))


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(each) for name, each in value.items() if name not in _COUNTED}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_without(each) for each in value]
    return value


def _masked(text: str) -> str:
    return _WITHIN_A_DAY.sub(r"\1", _RANDOM.sub("~", text))
