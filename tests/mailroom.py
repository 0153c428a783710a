"""A worker on real tables for tests: azulu with Ana's order, a postbox, a clock that can be set, and calls that can be broken."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, cast

from chalicelib.access import Access
from chalicelib.adapters.digests_table import DigestsTable
from chalicelib.adapters.dynamodb import Table, packed
from chalicelib.adapters.items import order_to_item
from chalicelib.adapters.return_items import return_to_item
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.adapters.sessions_table import SessionsTable
from chalicelib.adapters.staff_sessions import StaffSessionsTable
from chalicelib.digests import Telling
from chalicelib.domain.returns import Mail, Return
from chalicelib.labelling import Labelling
from chalicelib.links import Links
from chalicelib.ports import Files, Returns
from chalicelib.shops import load_shops
from chalicelib.staff_access import StaffAccess
from chalicelib.sweeping import Chore, Sweep
from chalicelib.worker import Worker
from tests.conftest import Tables
from tests.made import EMAIL, NOON, order, stored

PORTAL_URL = "https://returns.example.com"
Event = dict[str, Any]


class Postbox:
    """Takes every mail, unless `answer` raises for it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer: Callable[[EmailMessage], None] = lambda message: None

    def send(self, message: EmailMessage, tags: Mapping[str, str]) -> None:
        self.answer(message)
        self.mails.append(message)


class Crash(BaseException):
    """The end of the process: nothing catches it."""


class Faults:
    """Counts the calls that pass through, and breaks one of them, or all of some names: before it happens or after.

    `before` names calls that something else comes before, once.
    """

    def __init__(
        self,
        at: int = 0,
        error: BaseException | None = None,
        *,
        after: bool = False,
        named: Collection[str] = (),
        before: Mapping[str, Callable[[], None]] | None = None,
    ) -> None:
        self.calls: list[str] = []
        self.at, self.error, self.after, self.named = at, error, after, named
        self.before = dict(before or {})

    def on(self, target: Any) -> Any:
        """Return a stand-in for a table or the post whose calls pass through here."""
        return _Broken(target, self)

    def call(self, name: str, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        self.calls.append(name)
        self.before.pop(name, lambda: None)()
        broken = self.error if len(self.calls) == self.at or name in self.named else None
        if broken and not self.after:
            raise broken
        answer = function(*arguments, **named)
        if broken:
            raise broken
        return answer


class _Broken:
    def __init__(self, target: Any, faults: Faults) -> None:
        self._target, self._faults = target, faults

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._target, name)
        return lambda *arguments, **named: self._faults.call(name, function, *arguments, **named)


class NoFiles:
    """A bucket that nobody is to use."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nobody is to {name} a file here")


class Mailroom:
    """Azulu's tables with Ana's order, a postbox, and a worker between them."""

    def __init__(self, tables: Tables) -> None:
        self.at = NOON + timedelta(seconds=1)
        self.tables = tables
        self.returns = ReturnsTable(Table(tables.client, tables.returns))
        expiring, beside = (Table(tables.client, name) for name in (tables.sessions, tables.returns))
        self.sessions = SessionsTable(expiring, beside, self.clock)
        self.staff_sessions = StaffSessionsTable(expiring, self.clock)
        self.postbox = Postbox()
        self.numbers = itertools.count()
        self.access = Access(self.returns, self.sessions, self.clock, self.secret)
        self.worker = self.with_faults(Faults())
        tables.client.put_item(TableName=tables.returns, Item=packed(order_to_item(stored(order()))))

    def with_faults(self, faults: Faults) -> Worker:
        """Return a worker on the same tables and post, all of whose calls go through these faults."""
        returns, sessions = faults.on(self.returns), faults.on(self.sessions)
        links = Links(returns, sessions, self.clock, self.secret)
        staff = StaffAccess(load_shops(), sessions, faults.on(self.staff_sessions), self.clock, self.secret)
        post, labelling = faults.on(self.postbox), self.labelling(returns)
        return Worker(links, staff, returns, sessions, load_shops(), post, self.clock, PORTAL_URL, labelling)

    def sweeping(self, faults: Faults, *chores: Chore) -> Sweep:
        """Return what is done every few minutes, all of whose calls go through these faults."""
        worker = self.with_faults(faults)
        digests = faults.on(DigestsTable(Table(self.tables.client, self.tables.sessions)))
        telling = Telling(worker.returns, digests, worker.shops, worker.post, self.clock, PORTAL_URL)
        return Sweep(worker, worker.returns, worker.shops, self.clock, telling, chores)

    def labelling(self, returns: Returns) -> Labelling:
        """Return what sees to labels, at shops that buy none."""
        return Labelling(returns, cast("Files", NoFiles()), load_shops(), lambda name: None, self.clock)

    def clock(self) -> datetime:
        return self.at

    def secret(self) -> str:
        return f"secret-{next(self.numbers)}"

    def has(self, *new: Return) -> Event:
        """Keep returns, and return the event that their stream makes of it."""
        for each in new:
            assert self.returns.add(each)
        return event(*(packed(return_to_item(each)) for each in new))

    def asked(self, email: str = EMAIL, number: str = "AZ-1001") -> Event:
        """Ask for a link, and return the event that the stream makes of it."""
        self.access.ask("azulu", number, email, "es", "1.1.1.1")
        items = self.tables.client.scan(TableName=self.tables.sessions)["Items"]
        return event(*(item for item in items if item["type"]["S"] == "lookup" and "unsent" in item))

    def mail(self, number: int = 0) -> Mail:
        """Return a mail of the return as it is kept."""
        kept = self.returns.by_slot("azulu", "AZ-1001", 1)
        assert kept is not None
        return kept.outbox[number]

    def later(self, **time: float) -> None:
        """Let time pass, then sweep."""
        self.at += timedelta(**time)
        self.worker.sweep()


def event(*images: Mapping[str, Any]) -> Event:
    """Return a batch of stream records as Lambda hands it over."""
    return {
        "Records": [
            {"eventID": f"e{number}", "eventName": "INSERT", "dynamodb": {"NewImage": image, "SequenceNumber": str(100 + number)}}
            for number, image in enumerate(images)
        ]
    }
