"""Tells a shop's people once on every business day which promised times have passed.

The day is claimed before anything is read, and each person marked after their mail: overlapping sweeps send nothing twice, a
crash loses nothing, and only one between sending and marking sends one person's mail again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import chain, islice
from typing import Literal

from chalicelib.domain.claims import Claim, free
from chalicelib.domain.digests import Digest, Overdue, digest_day, overdue_among, told_of_overdue
from chalicelib.domain.merchant import Merchant, Staff
from chalicelib.logs import report
from chalicelib.mail import digest_mail
from chalicelib.message import MailHeld, MailRefused, Post
from chalicelib.ports import Digests, Returns
from chalicelib.shops import Shop

MOST_READ = 1000
"""How many returns of a status are looked at, oldest first; a shop with more has lost count itself."""
_WAITING: tuple[Literal["under_review", "accepted"], ...] = ("under_review", "accepted")


@dataclass(frozen=True)
class Telling:
    """Mails the digests that are due."""

    returns: Returns
    digests: Digests
    shops: Mapping[str, Shop]
    post: Post
    clock: Callable[[], datetime]
    portal_url: str

    def due(self) -> Iterator[partial[None]]:
        """Yield for each shop that is open at this moment the task of telling its people, unless it is done."""
        for slug, shop in self.shops.items():
            day = digest_day(shop.merchant, self.clock())
            if day and told_of_overdue(shop.merchant):
                yield partial(self._tell, slug, day)

    def _tell(self, slug: str, day: date) -> None:
        merchant, now = self.shops[slug].merchant, self.clock()
        digest = self.digests.digest(slug, day)
        if digest.done or not free(digest.claim, "sweep", now):
            return
        claimed: Digest | None = self._saved(digest.changed(claim=Claim(by="sweep", at=now)))
        overdue = self._overdue(slug, now) if claimed else Overdue(())
        people = told_of_overdue(merchant) if overdue.returns else ()
        held = False
        for person in people:
            if claimed is None:
                return
            if person.email in claimed.told:
                continue
            if self._send(overdue, person, merchant, day):
                claimed = self._saved(claimed.changed(told=tuple(sorted((*claimed.told, person.email)))))
            else:
                held = True
        if claimed and not held:
            self._saved(claimed.changed(done=True))

    def _overdue(self, slug: str, at: datetime) -> Overdue:
        waiting = chain.from_iterable(islice(self.returns.queue(slug, status), MOST_READ) for status in _WAITING)
        return overdue_among(waiting, at)

    def _send(self, overdue: Overdue, person: Staff, merchant: Merchant, day: date) -> bool:
        """Mail one person; False if that may work once an operator has mended something. Unavailable stops the whole task."""
        try:
            message = digest_mail(overdue, person, merchant, day, self.portal_url, self.clock())
            self.post.send(message, {"shop": merchant.slug, "message": "digest"})
        except MailRefused as error:
            report("mail_refused", shop=merchant.slug, message="digest", why=error.why)
        except MailHeld as error:
            report("mail_held", shop=merchant.slug, message="digest", why=error.why)
            return False
        return True

    def _saved(self, digest: Digest) -> Digest | None:
        """Write a digest; None if somebody else wrote it first, unless that was this very write, whose answer was lost."""
        if self.digests.save(digest) or self.digests.digest(digest.merchant, digest.day) == digest:
            return digest
        return None
