"""Sends the mails that wait: what the tables' streams show at once, and what they left behind on a sweep.

Nothing is believed of a stream record but which item it is about; that is read afresh. A mail is marked after it was sent, so
that a crash loses none, and only one between sending and marking sends it twice.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from chalicelib.access import Access, MailedLink
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.returns import Mail, Return, mail_failed, mail_sent
from chalicelib.domain.visits import LOOKUP_LIFE, Lookup
from chalicelib.mail import Letter, lookup_mail, return_mail
from chalicelib.message import MailRefused, Post
from chalicelib.ports import Returns, Sessions
from chalicelib.shops import Shop

PATIENCE = timedelta(minutes=1)
"""How long the stream is given before the sweep looks after an item too."""
SWEEP_ITEMS = 500
ENOUGH = timedelta(seconds=40)
"""How long a batch or a sweep may take until it leaves the rest for the next one: the functions are stopped after a minute."""
COMPOSE_ATTEMPTS = 5
SEND_ATTEMPTS = 10
SEND_FOR = timedelta(days=1)
"""A mail that cannot be composed is given up after so many attempts; one that the mail service does not take, only when it was
also tried for a day, because the stream tries often while the service is down."""
MARK_ATTEMPTS = 50
SUPERSEDED = "superseded"
"""Why a mail was not sent whose news is old: a later mail of the same return tells what is true now."""

Image = Mapping[str, Mapping[str, str]]
Task = partial[None]
"""What is to be done about one item; its arguments are the ids of that item and nothing else."""
_log = logging.getLogger("vuelta.mail")


@dataclass(frozen=True)
class Worker:
    """Sends what waits. Each item stands alone: whatever happens to one, the others are looked after."""

    access: Access
    returns: Returns
    sessions: Sessions
    shops: Mapping[str, Shop]
    post: Post
    clock: Callable[[], datetime]
    portal_url: str

    def deliver(self, event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
        """Send the mails of a batch of stream records; answer with the records to bring again (ReportBatchItemFailures).

        A record that can never be served is logged and not brought again: what it is about waits for the sweep.
        """
        started = self.clock()
        failed: list[dict[str, str]] = []
        for record in event.get("Records", ()):
            try:
                task = self._task(record["dynamodb"].get("NewImage", {}))
                number = str(record["dynamodb"]["SequenceNumber"])
            except (AttributeError, KeyError, TypeError, ValueError):
                _report("record_unreadable", record=str(record.get("eventID")) if isinstance(record, Mapping) else None)
                continue
            if task and (self.clock() - started > ENOUGH or not self._attempt(task)):
                failed.append({"itemIdentifier": number})
        return {"batchItemFailures": failed}

    def sweep(self) -> None:
        """Send what has waited for longer than a minute: a bounded number of items within a bounded time, oldest first."""
        started = self.clock()
        for task in islice(self._left_behind(started - PATIENCE), SWEEP_ITEMS):
            if self.clock() - started > ENOUGH:
                return
            self._attempt(task)

    def _task(self, image: Image) -> Task | None:
        """Return what is to be done about the item of a stream record, None if nothing of it waits."""
        if "unsent" not in image:
            return None
        if image["type"]["S"] == "lookup":
            return partial(self._answer, image["id"]["S"])
        return partial(self._send_all, image["merchant"]["S"], image["order_number"]["S"], int(image["slot"]["N"]))

    def _left_behind(self, until: datetime) -> Iterator[Task]:
        for source in (self._unanswered, self._unsent):
            try:
                yield from source(until)
            except Unavailable as error:
                _report("sweep_stopped", why=error.why)

    def _unanswered(self, until: datetime) -> Iterator[Task]:
        for lookup in self.sessions.unanswered(until):
            yield partial(self._answer, lookup.id)

    def _unsent(self, until: datetime) -> Iterator[Task]:
        for made in self.returns.unsent(until):
            yield partial(self._send_all, made.merchant, made.order_number, made.slot)

    def _attempt(self, task: Task) -> bool:
        """Do one item's work; False if trying again soon may help."""
        try:
            task()
        except Unavailable as error:
            _report("put_off", item=_name(task), service=error.service, why=error.why)
            return False
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one item must not keep others waiting
            _report("item_failed", item=_name(task), error=_what(error))
        return True

    def _answer(self, lookup_id: str) -> None:
        """Mail the link that a lookup asked for, if there is one to mail. What was asked for too long ago gets no answer."""
        lookup = self.sessions.lookup(lookup_id)
        if lookup and self.clock() - lookup.asked_at < LOOKUP_LIFE:
            mailed = self.access.answer(lookup)
            if mailed:
                self._send_link(lookup, mailed)
        self.sessions.finish_lookup(lookup_id)

    def _send_link(self, lookup: Lookup, mailed: MailedLink) -> None:
        merchant = self.shops[lookup.merchant].merchant
        try:
            message = lookup_mail(lookup, mailed, merchant, self.portal_url, self.clock())
            self.post.send(message, {"shop": merchant.slug, "message": lookup.purpose})
        except MailRefused as error:
            _report("mail_refused", shop=merchant.slug, message=lookup.purpose, why=error.why)

    def _send_all(self, merchant: str, number: str, slot: int) -> None:
        """Send the waiting mails of a return in their order; one that is put off keeps later ones back."""
        tried: set[str] = set()
        while made := self.returns.by_slot(merchant, number, slot):
            mail = next((mail for mail in made.waiting_mails if mail.id not in tried), None)
            if mail is None:
                return
            tried.add(mail.id)
            self._send(made, mail)

    def _send(self, made: Return, mail: Mail) -> None:
        try:
            letter = Letter(made, mail, self.shops[made.merchant])
            if letter.superseded:
                self._mark(made, mail, lambda current: mail_failed(current, mail.id, SUPERSEDED, for_good=True))
                return
            message = return_mail(letter, self.access.link_to_return(made), self.portal_url, self.clock())
            self.post.send(message, {"shop": made.merchant, "message": mail.message})
        except MailRefused as error:
            self._fail(made, mail, error.why, for_good=True)
        except Unavailable as error:
            tried_long = self.clock() - mail.queued_at >= SEND_FOR
            self._fail(made, mail, error.why, for_good=tried_long and mail.attempts + 1 >= SEND_ATTEMPTS)
            raise
        except Exception as error:  # noqa: BLE001 - a mail that cannot be composed must not keep the next one waiting
            self._fail(made, mail, _what(error), for_good=mail.attempts + 1 >= COMPOSE_ATTEMPTS)
        else:
            self._mark(made, mail, lambda current: mail_sent(current, mail.id, self.clock()))
            _log.info(json.dumps({"event": "mail_sent", "shop": made.merchant, "of": made.id, "mail": mail.id}))

    def _fail(self, made: Return, mail: Mail, why: str, *, for_good: bool) -> None:
        _report("mail_given_up" if for_good else "mail_failed", shop=made.merchant, of=made.id, mail=mail.id, why=why)
        self._mark(made, mail, lambda current: mail_failed(current, mail.id, why, for_good=for_good))

    def _mark(self, made: Return, mail: Mail, step: Callable[[Return], Return]) -> None:
        """Write what became of a mail into the return as it then stands, unless somebody else has done so."""
        current: Return | None = made
        for _ in range(MARK_ATTEMPTS):
            if current is None or mail.id not in {waiting.id for waiting in current.waiting_mails}:
                return
            if self.returns.change(step(current)):
                return
            current = self.returns.by_slot(made.merchant, made.order_number, made.slot)
        raise Unavailable("the return", "others keep writing it")


def _what(error: Exception) -> str:
    """Say what kind of error it is and where it was raised; never its words, which may hold what a customer wrote."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"


def _name(task: Task) -> str:
    return "/".join(str(part) for part in task.args)


def _report(event: str, **ids: str | None) -> None:
    """Log one JSON line of ids and words of ours; never an address, a secret or what somebody wrote."""
    _log.warning(json.dumps({"event": event} | ids))
