"""Sends the mails that wait: what the tables' streams show at once, and what they left behind on a sweep.

Of a stream record only two things are believed: which item it is about, and whether it shows something that nobody has tried to
send; the item is read afresh. What is to be sent is claimed first and marked as sent afterwards: a crash loses none, and only one
between sending and marking sends it twice. Claiming is a write of its own, so that nothing is sent while nothing can be marked.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from chalicelib.backlog import Backlog
from chalicelib.domain.claims import Claim, Claimant, free
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.lifecycle import mail_failed, mail_sent, mails_claimed
from chalicelib.domain.returns import Mail, Return
from chalicelib.domain.visits import LOOKUP_LIFE, Lookup
from chalicelib.labelling import Labelling
from chalicelib.letter import Letter
from chalicelib.links import Links, MailedLink
from chalicelib.logs import report
from chalicelib.mail import lookup_mail, return_mail, staff_mail
from chalicelib.message import MailHeld, MailRefused, Post
from chalicelib.ports import Returns, Sessions
from chalicelib.shops import Shop
from chalicelib.staff_access import MailedStaffLink, StaffAccess
from chalicelib.stream_images import Image, shows_work, text_of

PATIENCE = timedelta(minutes=1)
"""How long the stream is given before the sweep looks after an item too."""
SWEEP_ITEMS = 500
ENOUGH = timedelta(seconds=40)
"""How long a batch or a sweep may take until it leaves the rest for the next one: the functions are stopped after a minute."""
SEND_FOR = timedelta(days=3)
"""How long a mail is tried that cannot be composed or that the mail service does not take; age alone gives it up."""
RACES = 50
"""How often one return is read again because somebody else wrote it, or because it has another mail."""
SUPERSEDED = "superseded"
"""Why a mail was not sent whose news is old: a later mail of the same return tells what is true now."""

Task = partial[None]
"""What is to be done about one item; its arguments are the ids of that item and nothing else."""
_log = logging.getLogger("vuelta.mail")


@dataclass(frozen=True)
class Worker:
    """Sends what waits. Each item stands alone: whatever happens to one, the others are looked after."""

    links: Links
    staff: StaffAccess
    returns: Returns
    sessions: Sessions
    shops: Mapping[str, Shop]
    post: Post
    clock: Callable[[], datetime]
    portal_url: str
    labelling: Labelling

    def deliver(self, event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
        """Send the mails of a batch of stream records; answer with the records to bring again (ReportBatchItemFailures).

        A record that can never be served is logged and not brought again: what it is about waits for the sweep.
        """
        started = self.clock()
        failed: list[dict[str, str]] = []
        records = event.get("Records", ()) if isinstance(event, Mapping) else None
        if not isinstance(records, Iterable):
            report("event_unreadable")
            return {"batchItemFailures": []}
        for record in records:
            try:
                task = self._task(record["dynamodb"].get("NewImage", {}))
                number = str(record["dynamodb"]["SequenceNumber"])
            except (AttributeError, KeyError, TypeError, ValueError):
                report("record_unreadable", record=str(record.get("eventID")) if isinstance(record, Mapping) else None)
                continue
            if task and (self.clock() - started > ENOUGH or not self._attempt(task)):
                failed.append({"itemIdentifier": number})
        return {"batchItemFailures": failed}

    def sweep(self, *others: Iterator[Task]) -> None:
        """Send what has waited for longer than a minute: a bounded number of items within a bounded time, oldest first.

        `others` is work of another kind; it takes turns with the mails, so that neither starves.
        """
        self.sweep_counting(Backlog(self.clock()), *others)

    def sweep_counting(self, backlog: Backlog, *others: Iterator[Task]) -> bool:
        """Do as `sweep` does, and count what waited; False if some of it is left for the next sweep."""
        until = backlog.started - PATIENCE
        for task in islice(_by_turns([self._unsent(until, backlog), self._unanswered(until, backlog), *others]), SWEEP_ITEMS):
            if self.clock() - backlog.started > ENOUGH:
                return False
            backlog.tasks += 1
            self._attempt(task)
        return backlog.tasks < SWEEP_ITEMS

    def _task(self, image: Image) -> Task | None:
        """Return what is to be done about the item of a stream record, None if it shows nothing new to send."""
        if not shows_work(image):
            return None
        if image["type"]["S"] == "lookup":
            return partial(self._answer, text_of(image, "id"), by="stream")
        ids = text_of(image, "merchant"), text_of(image, "order_number"), int(image["slot"]["N"])
        return partial(self._look_after, *ids, by="stream")

    def _unanswered(self, until: datetime, backlog: Backlog) -> Iterator[Task]:
        for lookup in self.sessions.unanswered(until):
            backlog.met_unsent(lookup.asked_at)
            yield partial(self._answer, lookup.id, by="sweep")

    def _unsent(self, until: datetime, backlog: Backlog) -> Iterator[Task]:
        for made in self.returns.unsent(until):
            backlog.met_unsent(*(mail.queued_at for mail in made.waiting_mails))
            yield partial(self._look_after, made.merchant, made.order_number, made.slot, by="sweep")

    def _attempt(self, task: Task) -> bool:
        """Do one item's work; False if trying again soon may help."""
        try:
            task()
        except Unavailable as error:
            report("put_off", item=_name(task), service=error.service, why=error.why)
            return False
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one item is left to the sweep and keeps no others waiting
            report("item_failed", item=_name(task), error=what(error))
        return True

    def _answer(self, lookup_id: str, *, by: Claimant) -> None:
        """Mail the link that a lookup asked for, if there is one to mail. What was asked for too long ago gets no answer."""
        lookup, now = self.sessions.lookup(lookup_id), self.clock()
        if lookup and now - lookup.asked_at < LOOKUP_LIFE:
            if not free(lookup.claim, by, now):
                return
            mailed = self.staff.answer(lookup) if lookup.purpose == "staff" else self.links.answer(lookup)
            if mailed:
                if not self.sessions.claim_lookup(lookup, Claim(by=by, at=now)):
                    return
                self._send_link(lookup, mailed)
        self.sessions.finish_lookup(lookup_id)

    def _send_link(self, lookup: Lookup, mailed: MailedLink | MailedStaffLink) -> None:
        merchant = self.shops[lookup.merchant].merchant
        try:
            if isinstance(mailed, MailedStaffLink):
                message = staff_mail(lookup, mailed, merchant, self.portal_url, self.clock())
            else:
                message = lookup_mail(lookup, mailed, merchant, self.portal_url, self.clock())
            self.post.send(message, {"shop": merchant.slug, "message": lookup.message})
        except MailRefused as error:
            report("mail_refused", shop=merchant.slug, message=lookup.message, why=error.why)

    def _look_after(self, merchant: str, number: str, slot: int, *, by: Claimant) -> None:
        """Send the waiting mails of a return and see to its label, whatever becomes of the mails."""
        try:
            self._send_all(merchant, number, slot, by=by)
        except Exception:
            self.labelling.carry_out(merchant, number, slot, by=by)
            raise
        self.labelling.carry_out(merchant, number, slot, by=by)

    def _send_all(self, merchant: str, number: str, slot: int, *, by: Claimant) -> None:
        """Send the waiting mails of a return in their order; one that is put off keeps later ones back."""
        claim = Claim(by=by, at=self.clock())
        tried: set[str] = set()
        for _ in range(RACES):
            made = self.returns.by_slot(merchant, number, slot)
            mail = next((mail for mail in made.waiting_mails if mail.id not in tried), None) if made else None
            if made is None or mail is None:
                return
            ours = bool(tried) and mail.claim == claim
            if not ours and not free(mail.claim, by, claim.at):
                return
            claimed = mails_claimed(made, claim)
            if self.returns.change(claimed):
                tried.add(mail.id)
                self._send(claimed, mail)
        raise Unavailable("the return", "others keep writing it")

    def _send(self, made: Return, mail: Mail) -> None:
        """Send one mail of a return that is claimed. What fails writes nothing, until the mail is given up."""
        try:
            letter = Letter(made, mail, self.shops[made.merchant])
            if letter.superseded or letter.too_late(self.clock()):
                self._mark(made, mail, lambda current: mail_failed(current, mail.id, SUPERSEDED))
                return
            message = return_mail(letter, self.links.link_to_return(made), self.portal_url, self.clock())
            self.post.send(message, {"shop": made.merchant, "message": mail.message})
        except Exception as error:
            why = what(error)
            if isinstance(error, MailRefused) or self.clock() - mail.queued_at >= SEND_FOR:
                report("mail_given_up", shop=made.merchant, of=made.id, mail=mail.id, why=why)
                self._mark(made, mail, lambda current: mail_failed(current, mail.id, why))
            elif isinstance(error, Unavailable):
                raise
            else:
                report("mail_held", shop=made.merchant, of=made.id, mail=mail.id, why=why)
        else:
            self._mark(made, mail, lambda current: mail_sent(current, mail.id, self.clock()))
            _log.info(json.dumps({"event": "mail_sent", "shop": made.merchant, "of": made.id, "mail": mail.id}))

    def _mark(self, made: Return, mail: Mail, step: Callable[[Return], Return]) -> None:
        """Write what became of a mail into the return as it then stands, unless somebody else has done so."""
        current: Return | None = made
        for _ in range(RACES):
            if current is None or mail.id not in {waiting.id for waiting in current.waiting_mails}:
                return
            if self.returns.change(step(current)):
                return
            current = self.returns.by_slot(made.merchant, made.order_number, made.slot)
        raise Unavailable("the return", "others keep writing it")


def _by_turns(sources: list[Iterator[Task]]) -> Iterator[Task]:
    """Yield from all sources in turn, so that a flood in one leaves the others their share of the time."""
    while sources:
        for source in tuple(sources):
            try:
                yield next(source)
            except StopIteration:
                sources.remove(source)
            except Exception as error:  # noqa: BLE001 - what is wrong with one kind of work keeps no other waiting
                report("sweep_stopped", why=what(error))
                sources.remove(source)


def what(error: Exception) -> str:
    """Say what kind of error it is and where it was raised; never its words, which may hold what a customer wrote."""
    if isinstance(error, Unavailable | MailRefused | MailHeld):
        return error.why
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"


def _name(task: Task) -> str:
    return "/".join(str(part) for part in task.args)
