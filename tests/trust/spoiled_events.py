"""Events that nobody should send, to what hears them: streams, the bucket, the mail service and the clock.

Each begins as AWS would send it; then something in it is left out, doubled, or of another kind.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chalicelib.adapters.digests_table import DigestsTable
from chalicelib.adapters.dynamodb import Table
from chalicelib.bounces import Bounces
from chalicelib.digests import Telling
from chalicelib.labelling import Labelling
from chalicelib.sweeping import Sweep
from chalicelib.worker import Worker
from tests.mailroom import Postbox, event
from tests.web.conftest import NOON, Site


class Events:
    """What hears events at one site, and chance to spoil what it hears; `text` makes up words."""

    def __init__(self, site: Site, chance: random.Random, text: Callable[[], str]) -> None:
        self.site, self.chance, self.text = site, chance, text
        portal = site.portal
        labelling = Labelling(portal.returns, portal.files, portal.shops, lambda name: None, portal.clock)
        post, url = Postbox(), portal.settings.portal_url
        self.worker = Worker(
            portal.links, portal.staff, portal.returns, portal.sessions, portal.shops, post, portal.clock, url, labelling
        )
        digests = DigestsTable(Table(site.client, portal.settings.sessions_table))
        telling = Telling(portal.returns, digests, portal.shops, post, portal.clock, url)
        chores = (portal.photos.left_behind, portal.photos.outlived)
        self.sweep = Sweep(self.worker, portal.returns, portal.shops, portal.clock, telling, chores)
        self.bounces = Bounces(portal.sessions)

    def send(self, said: list[str]) -> str:
        chance = self.chance
        if chance.random() < 0.05:
            said.append("a sweep")
            self.site.later(minutes=5)
            self.sweep.run()
            return ""
        target, plain = chance.choice((
            (self.worker.deliver, self._stream()),
            (self.site.portal.photos.cleaned_by, _uploaded(chance)),
            (self.bounces.note, _came_back(chance)),
        ))  # fmt: skip
        spoiled = self._spoiled(plain)
        said.append(f"{target.__qualname__} {json.dumps(spoiled, default=str, ensure_ascii=True)}")
        target(spoiled)
        return ""

    def _stream(self) -> dict[str, Any]:
        tables = (self.site.portal.settings.returns_table, self.site.portal.settings.sessions_table)
        items = self.site.client.scan(TableName=self.chance.choice(tables), Limit=50)["Items"]
        return event(*self.chance.sample(items, min(len(items), 3)))

    def _spoiled(self, value: Any, depth: int = 0) -> Any:
        """Return the event with something in it left out, doubled, or of another kind."""
        chance = self.chance
        if chance.random() < 0.04:
            return chance.choice((None, "", self.text(), 0, -1, 1.5, True, [], {}, [value], {"S": value}, {"x": value}))
        if isinstance(value, dict) and depth < 9:
            return {
                (self.text() if chance.random() < 0.01 else name): self._spoiled(each, depth + 1)
                for name, each in value.items()
                if chance.random() > 0.02
            }
        if isinstance(value, list | tuple) and depth < 9:
            return [self._spoiled(each, depth + 1) for each in value for _ in range(chance.choice((1,) * 30 + (0, 2)))]
        return copy.deepcopy(value)


def _uploaded(chance: random.Random) -> dict[str, Any]:
    """Return what the bucket tells of a file."""
    name = "".join(chance.choices("0123456789abcdef", k=32))
    folder = chance.choice(("incoming/photos/azulu/AZ1001/draft/line", "incoming/labels/azulu/AZ1001/1", "photos/azulu/x", ""))
    return {"source": "aws.s3", "detail-type": "Object Created", "detail": {"object": {"key": f"{folder}/{name}", "size": 1}}}


def _came_back(chance: random.Random) -> dict[str, Any]:
    """Return what the mail service tells of a mail that came back, or was called unwanted."""
    at = (NOON + timedelta(minutes=chance.randrange(500))).isoformat()
    mail = {
        "timestamp": at, "messageId": "1", "destination": ["jamie@example.com"],
        "tags": {"shop": ["alustoora"], "message": ["approved"], "identity": ["AL-1001/1"]},
    }  # fmt: skip
    told = {
        "Bounce": {"bounce": {"bounceType": "Permanent", "bounceSubType": "General", "timestamp": at}},
        "Complaint": {"complaint": {"complaintFeedbackType": "abuse", "timestamp": at}},
    }
    kind = chance.choice(("Bounce", "Complaint"))
    return {"source": "aws.ses", "id": "1", "detail": {"eventType": kind, "mail": mail, **told[kind]}}
