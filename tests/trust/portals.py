"""The demo's portal as several instances of a function on the same tables, the worker behind it, and whoever comes to it."""

from __future__ import annotations

import itertools
import logging
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.adapters.dynamodb import packed
from chalicelib.bootstrap import Portal, build
from chalicelib.labelling import Labelling
from chalicelib.worker import Worker
from tests.conftest import emulated_aws
from tests.mailroom import Postbox, event
from tests.trust.recorder import Recorder, recording
from tests.web.browsing import FORM, Browser
from tests.web.conftest import Site, new_site

# What a page of an error asks customers to quote; a gateway tells it whoever asks anything.
_REFERENCE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ADMINS = {"alustoora": "grace@alustoora.example", "azulu": "ana@azulu.example", "nurana": "shirin@nurana.example"}
COOKIES = {"customer": "vuelta_{}", "staff": "vuelta_staff_{}"}


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the headers, the cookies that were set, and the body."""

    status: int
    headers: dict[str, str]
    cookies: tuple[str, ...]
    body: str

    @property
    def opened(self) -> bool:
        """Whether a session was given."""
        given = (cookie for cookie in self.cookies if "Max-Age=0" not in cookie)
        return any(not cookie.startswith(("vuelta_language", "vuelta_staff_next")) for cookie in given)

    def without(self, *typed: str) -> Answer:
        """Return the answer without what whoever asked had typed themselves."""

        def masked(text: str) -> str:
            for each in filter(None, typed):
                text = text.replace(each, "~")
            return text

        headers = {name: masked(value) for name, value in self.headers.items()}
        return Answer(self.status, headers, tuple(map(masked, self.cookies)), masked(self.body))


class Visitor(Browser):
    """A browser that keeps neither pages nor, unless told so, cookies; it only says what came back."""

    def __init__(self, portal: Portal, source: str = "192.0.2.7") -> None:
        super().__init__(portal)
        self.source = source

    def ask(self, method: str, address: str, fields: dict[str, str] | None = None, **headers: str) -> Answer:
        """Send one request."""
        kind = {"content-type": FORM} if method == "POST" else {}
        body = urlencode(fields or {}).encode() if method == "POST" else None
        answer = self.send(method, address, body, kind | headers)
        self.answers.clear()
        cookies = tuple(answer.get("multiValueHeaders", {}).get("Set-Cookie", ()))
        return Answer(answer["statusCode"], answer["headers"], cookies, _REFERENCE.sub("~", answer["body"]))

    def _keep(self, answer: dict[str, Any]) -> None:
        """Keep no cookie: whoever guesses brings those that they made up."""


@dataclass(frozen=True)
class Street:
    """A site whose calls are heard, and further portals on the same tables, as a gateway spreads requests over instances."""

    site: Site
    instances: tuple[Portal, ...]
    recorder: Recorder

    def visitors(self) -> tuple[Visitor, ...]:
        """Return one visitor to each instance."""
        return tuple(Visitor(portal) for portal in self.instances)

    def worker(self, portal: Portal, post: Postbox) -> Worker:
        """Return a worker of an instance that hands its mails to this postbox."""
        labelling = Labelling(portal.returns, portal.files, portal.shops, lambda name: None, portal.clock)
        url = portal.settings.portal_url
        return Worker(
            portal.links, portal.staff, portal.returns, portal.sessions, portal.shops, post, portal.clock, url, labelling
        )

    def lookups(self) -> list[dict[str, Any]]:
        """Return the stream records of the lookups that wait."""
        waiting = (item for item in self.items(self.site.portal.settings.sessions_table) if item["type"]["S"] == "lookup")
        return [record for item in waiting if "unsent" in item for record in event(item)["Records"]]

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return what a table holds, as DynamoDB writes it; this is not heard."""
        found: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        heard = len(self.recorder.calls)
        while True:
            answer = self.site.client.scan(TableName=table, **more)
            found += answer["Items"]
            del self.recorder.calls[heard:]
            if "LastEvaluatedKey" not in answer:
                return found
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


@contextmanager
def street(instances: int = 1) -> Iterator[Street]:
    """Give the demo on an empty AWS, behind so many instances, while logs say nothing."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with emulated_aws(), recording() as recorder:
            site = new_site()
            stands, ticks = site.portal.clock, itertools.count(1)
            # No two moments are the same: what happens twice at one moment counts as once, since only a retry does.
            clock = lambda: stands() + timedelta(microseconds=next(ticks))  # noqa: E731
            portals = tuple(build(site.portal.settings, site.client, clock) for _ in range(instances))
            recorder.taken()
            yield Street(replace(site, portal=portals[0]), portals, recorder)
    finally:
        logging.disable(before)


def put(street: Street, table: str, item: dict[str, Any]) -> None:
    """Write an item, unheard."""
    heard = len(street.recorder.calls)
    street.site.client.put_item(TableName=table, Item=packed(item))
    del street.recorder.calls[heard:]


def near(secret: str, chance: random.Random) -> str:
    """Return a guess that is close to a secret, in one of the ways in which guesses are, and never the secret itself."""
    at = chance.randrange(len(secret))
    other = chance.choice("ABCDEFGHJKMNPQRSTVWXYZabcdefghijkmnopqrstuvwxyz0123456789-_")
    guesses = (
        f"{secret[:at]}{other}{secret[at + 1 :]}", secret[:at], secret[at:], secret + other, other + secret, secret.swapcase(),
        secret.lower(), secret.upper(), secret[::-1], secret[at:] + secret[:at], secret * 2, secret.replace(secret[at], ""),
        "".join(chance.choices("ABCDEFGHJKMNPQRSTVWXYZabcdefghijkmnopqrstuvwxyz0123456789-_", k=len(secret))),
    )  # fmt: skip
    return next(guess for guess in chance.sample(guesses, len(guesses)) if guess != secret and guess)
