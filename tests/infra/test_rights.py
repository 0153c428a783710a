"""What the roles may do with the tables is what their functions do: nothing is missing, nothing is left over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest

from chalicelib.adapters.digests_table import DigestsTable
from chalicelib.adapters.dynamodb import Table
from chalicelib.bounces import Bounces, CarefulPost
from chalicelib.digests import Telling
from chalicelib.domain.rma import new_rma
from chalicelib.labelling import Labelling
from chalicelib.sweeping import Sweep
from chalicelib.worker import Worker
from tests.conftest import REGION
from tests.infra.granting import resources, statements
from tests.mail_events import came_back
from tests.mailroom import Postbox, event
from tests.web.conftest import Site, new_site
from tests.web.test_journeys import WAYS, go

STREAMS = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
Right = tuple[str, str]
"""An action, and the table or index on which: `("Query", "ReturnsTable/index/RmaIndex")`."""


@dataclass
class Watched:
    """The portal and its worker, and what each of them asked of the tables."""

    site: Site
    rights: dict[str, set[Right]] = field(default_factory=lambda: {"DefaultRole": set(), "MailRole": set(), "BouncedRole": set()})
    role: str = "DefaultRole"

    def __post_init__(self) -> None:
        settings = self.site.portal.settings
        self._names = {settings.returns_table: "ReturnsTable", settings.sessions_table: "SessionsTable"}
        portal = self.site.portal
        self._postbox = Postbox()
        post = CarefulPost(self._postbox, portal.sessions, portal.clock)
        self._worker = Worker(
            portal.links,
            portal.staff,
            portal.returns,
            portal.sessions,
            portal.shops,
            post,
            portal.clock,
            settings.portal_url,
            Labelling(portal.returns, portal.files, portal.shops, lambda name: None, portal.clock),
        )
        digests = DigestsTable(Table(self.site.client, settings.sessions_table))
        telling = Telling(portal.returns, digests, portal.shops, post, portal.clock, settings.portal_url)
        chores = (portal.photos.left_behind, portal.photos.outlived)
        self._sweep = Sweep(self._worker, portal.returns, portal.shops, portal.clock, telling, chores)
        # The tests' own look into the tables, which no role has to allow.
        self._aside = boto3.client("dynamodb", region_name=REGION)
        self.site.client.meta.events.register("provide-client-params.dynamodb", self._note)

    def mail(self, shop: str) -> list[str]:
        """Let the worker send what waits; return the paths of the links in what it sent for this shop."""
        self.role = "MailRole"
        seen = len(self._postbox.mails)
        items = [item for name in self._names for item in self._aside.scan(TableName=name)["Items"]]
        assert self._worker.deliver(event(*(item for item in items if "unsent" in item))) == {"batchItemFailures": []}
        self.site.later(minutes=2)
        self._sweep.run()
        self.role = "DefaultRole"
        bodies = [message.get_body(("plain",)) for message in self._postbox.mails[seen:]]
        return [link for body in bodies if body for link in re.findall(rf"/{shop}/link/[\w~-]+", body.get_content())]

    def comes_back(self, shop: str, email: str) -> None:
        """Let the mail service tell that a mail to this address came back."""
        self.role = "BouncedRole"
        Bounces(self.site.portal.sessions).note(came_back(email, shop=shop, sent_at=self.site.portal.clock()))
        self.role = "DefaultRole"

    def _note(self, params: dict[str, Any], model: Any, **_: object) -> None:
        index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
        table = params.get("TableName") or next(iter(params["RequestItems"]))
        self.rights[self.role].add((model.name, self._names[table] + index))


@pytest.fixture
def watched(aws: None) -> Iterator[Watched]:
    return Watched(new_site())


def play(watched: Watched, shop: str) -> None:
    """Go a customer's whole way at a shop: ask for a link, return, follow the mail, cancel, leave; the mails between."""
    way = WAYS[shop]
    browser = watched.site.browser()
    browser.post(f"/{shop}/find", {"number": way.number, "email": "nobody@example.com"})
    browser.post(f"/{shop}/gift", {"code": "NOBODY-HAS-IT", "email": "nobody@example.com"})
    browser.post(f"/{shop}/find", {"number": way.number, "email": watched.site.addresses[way.number]})
    watched.site.later(minutes=2)
    (link,) = watched.mail(shop)
    browser.get(link)
    browser.submit()
    go(browser, way).submit()
    assert browser.page.address == f"/{shop}/returns/1/done"
    (link, *_) = watched.mail(shop)
    browser.get(link)
    browser.submit()
    browser.get(f"/{shop}/returns/1/cancel")
    browser.submit()
    watched.mail(shop)
    browser.post(f"/{shop}/sign-out", {"csrf": browser.page.field("csrf")["value"]})
    assert browser.page.address == f"/{shop}"


def work(watched: Watched, shop: str) -> None:
    """Go through a working day of the shop's people: sign in by mail, look at the queue, find, open a return, sign out."""
    address = watched.site.portal.shops[shop].merchant.staff[0].email
    browser = watched.site.browser()
    browser.post(f"/{shop}/staff/sign-in", {"email": "nobody@example.com"})
    browser.post(f"/{shop}/staff/sign-in", {"email": address})
    watched.site.later(minutes=2)
    (link,) = watched.mail(f"{shop}/staff")
    browser.get(link)
    browser.submit()
    assert browser.page.address == f"/{shop}/staff"
    watched.site.later(minutes=10)
    browser.get(f"/{shop}/staff?state=cancelled")
    browser.get(f"/{shop}/staff/find?q={new_rma(1)}")
    browser.get(f"/{shop}/staff/find?q={watched.site.addresses[WAYS[shop].number]}")
    assert browser.page.address.startswith(f"/{shop}/staff/return")
    watched.comes_back(shop, watched.site.addresses[WAYS[shop].number])
    watched.site.later(minutes=1)
    browser.get(browser.page.address)
    browser.submit({"then": "write"})
    browser.submit_to(f"/{shop}/staff/sign-out")
    assert browser.page.address == f"/{shop}/staff/sign-in"


def allowed(role: str) -> set[Right]:
    """Return what a role may do with tables and indexes."""
    rights = set()
    for statement in statements(role):
        for action in statement["Action"]:
            service, _, name = action.partition(":")
            if service == "dynamodb" and name not in STREAMS:
                rights |= {(name, named(resource)) for resource in resources(statement)}
    return rights


def named(resource: dict[str, Any]) -> str:
    """Return the logical name of a table, or `Table/index/Name`."""
    if "Fn::GetAtt" in resource:
        table, attribute = resource["Fn::GetAtt"]
        assert attribute == "Arn"
        return str(table)
    return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", resource["Fn::Sub"])


def test_each_role_may_do_what_its_functions_do_and_nothing_else(watched: Watched) -> None:
    play(watched, "alustoora")
    work(watched, "alustoora")
    for role, used in watched.rights.items():
        assert (sorted(used - allowed(role)), sorted(allowed(role) - used)) == ([], []), f"{role}: lacking, needless"
