"""Who of a shop's people gets in: an address is recorded and, if the shop lists it, answered by a link that opens a session.

Whether an address is one of the staff is never shown: asking only records. What somebody may do is read from the shop's file at
every request, so that whoever is taken from it is out at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.access import LinkTrouble
from chalicelib.domain.errors import VueltaError
from chalicelib.domain.identifiers import fold_email
from chalicelib.domain.merchant import Staff
from chalicelib.domain.seats import digest
from chalicelib.domain.staff import STAFF_IDLE, STAFF_LINK_LIFE, STAFF_SESSION_LIFE, StaffLink, StaffSession
from chalicelib.domain.visits import Lookup
from chalicelib.limits import too_many
from chalicelib.ports import Sessions, StaffSessions
from chalicelib.shops import Shop


class StaffLinkUnusable(VueltaError):
    """A link signs nobody in; `trouble` says why."""

    def __init__(self, trouble: LinkTrouble) -> None:
        super().__init__(f"the link is {trouble}")
        self.trouble = trouble


@dataclass(frozen=True)
class MailedStaffLink:
    """A link to be mailed: `secret` goes into its address and is stored nowhere."""

    link: StaffLink
    secret: str


@dataclass(frozen=True)
class StaffAccess:
    """The staff's way in. `secret` gives 256 random bits as URL-safe text."""

    shops: Mapping[str, Shop]
    lookups: Sessions
    sessions: StaffSessions
    clock: Callable[[], datetime]
    secret: Callable[[], str]

    def ask(self, merchant: str, email: str, language: str, source: str) -> None:
        """Record that somebody asks to sign in; the address is folded, `source` is kept as a digest only."""
        lookup = Lookup(
            id=self.secret(),
            merchant=merchant,
            number="",
            email=fold_email(email),
            language=language,
            purpose="staff",
            source=digest(source),
            asked_at=self.clock(),
        )
        self.lookups.add_lookup(lookup)

    def answer(self, lookup: Lookup) -> MailedStaffLink | None:
        """Return the link to mail; None if the shop does not list the address, or too many were asked for."""
        if too_many(self.lookups, "source", f"{lookup.merchant}/{lookup.source}", lookup):
            return None
        person = self._person(lookup.merchant, lookup.email)
        whom = f"{lookup.merchant}/{lookup.email}"
        if person is None or too_many(self.lookups, "staff_from", f"{whom}/{lookup.source}", lookup):
            return None
        if too_many(self.lookups, "staff", whom, lookup):
            return None
        secret = self.secret()
        link = StaffLink(
            digest=digest(secret),
            merchant=lookup.merchant,
            email=person.email,
            language=person.language or lookup.language,
            expires_at=self.clock() + STAFF_LINK_LIFE,
        )
        self.sessions.add_link(link)
        return MailedStaffLink(link, secret)

    def peek(self, merchant: str, secret: str) -> StaffLink:
        """Return the link with this secret without using it; StaffLinkUnusable if it signs nobody in at this shop."""
        link = self.sessions.link(digest(secret))
        if link is None or link.merchant != merchant or self._person(merchant, link.email) is None:
            raise StaffLinkUnusable("unknown")
        trouble = link.trouble(self.clock())
        if trouble:
            raise StaffLinkUnusable(trouble)
        return link

    def enter(self, merchant: str, secret: str, former: str | None = None) -> tuple[StaffSession, str]:
        """Use the link and open a session; return it with the secret for its cookie. StaffLinkUnusable as in `peek`.

        `former` is the secret of a session that the browser had before, which ends.
        """
        link = self.peek(merchant, secret)
        now = self.clock()
        cookie = self.secret()
        session = StaffSession(
            digest=digest(cookie),
            merchant=merchant,
            email=link.email,
            expires_at=now + STAFF_SESSION_LIFE,
            idle_at=now + STAFF_IDLE,
        )
        # The session comes first, as at the customers' door: a crash in between must not use the link up for nothing.
        self.sessions.add_session(session)
        if not self.sessions.use_link(link, now):
            self.sessions.end_session(session.digest)
            raise StaffLinkUnusable("used")
        if former:
            self.sessions.end_session(digest(former))
        return session, cookie

    def session(self, merchant: str, cookie: str) -> tuple[StaffSession, Staff] | None:
        """Return the open session of this shop that the cookie's secret belongs to, and its person as the shop's file has them.

        That it was used is written down, though not each time.
        """
        session = self.sessions.session(digest(cookie))
        now = self.clock()
        if session is None or session.merchant != merchant or session.over(now):
            return None
        person = self._person(merchant, session.email)
        if person is None:
            return None
        used = session.used(now)
        if used is not session:
            self.sessions.renew(used)
        return used, person

    def leave(self, session: StaffSession) -> None:
        """End a session."""
        self.sessions.end_session(session.digest)

    def _person(self, merchant: str, email: str) -> Staff | None:
        shop = self.shops.get(merchant)
        return shop.merchant.member(email) if shop else None
