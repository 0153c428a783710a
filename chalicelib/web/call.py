"""One request of one customer: which session, which order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from chalice import Response
from chalice.app import Request

from chalicelib.bootstrap import Portal
from chalicelib.domain.visits import SESSION_LIFE, Seen
from chalicelib.rendering import SHEETS
from chalicelib.web.base_call import CUSTOMERS_COOKIE, BaseCall, NoSession
from chalicelib.web.staff_call import StaffCall

if TYPE_CHECKING:
    from chalicelib.domain.merchant import Staff
    from chalicelib.domain.returns import Return
    from chalicelib.domain.visits import Link, Session, Standing
    from chalicelib.visit import Visit


Reading = Literal["now", "lately"]
"""How the order is read: as it stands now, or, for half of what that costs, as it stood a moment ago."""


class ForTheStaff(Exception):
    """The session is one of the staff for a customer, and goes on in the console: `path` says where, as `StaffCall.go`."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


DOOR = frozenset("start sent gift gift_sent link unusable ended error customer/error policy".split())
"""The pages that a visit begins or ends with: they need the first stylesheet alone."""


class Call(BaseCall):
    """A request of a customer."""

    side = "customer"
    session_cookie = CUSTOMERS_COOKIE

    def sheets(self, template: str) -> Sequence[str]:
        """Return which stylesheets a page needs."""
        return SHEETS[:1] if template in DOOR else SHEETS[:2]

    def __init__(self, request: Request, portal: Portal, slug: str | None) -> None:
        super().__init__(request, portal, slug)
        self.may_lapse = False
        self.lapsed = False
        self._reading: Reading | None = None
        self._standing: Standing | None = None

    @property
    def switches_language(self) -> bool:
        """Whether the form was posted only to see the page in another language."""
        return super().switches_language and not self.lapsed

    @property
    def saves(self) -> bool:
        """Whether the form was posted to go on later, or from a page that stood open until its session was over."""
        return self.fields.get("then") == "save" or self.lapsed

    @cached_property
    def session(self) -> Session:
        """The open session at this shop. NoSession if there is none; Refused with 403 if a posted form lacks its token."""
        posted = self.posted
        secret = self.secret
        session = self._found(secret) if secret else None
        if session is None or secret is None:
            raise NoSession
        if session.opened_by:
            self.speak(self._person_for(session).language or session.language)
        else:
            self.speak(session.language)
        self.lapsed = self.portal.access.lapsed(session)
        if self.lapsed and not self.may_lapse:
            raise ForTheStaff("/phone") if session.opened_by else NoSession
        self.check_token(secret, posted)
        return session

    def _found(self, cookie: str) -> Session | None:
        """Return the cookie's session, and keep what came with it where the order is to be read next."""
        access = self.portal.access
        if self._reading is None:
            return access.session_or_lapsed(self.merchant_slug, cookie)
        session, self._standing = access.session_and_order(self.merchant_slug, cookie, consistent=self._reading == "now")
        return session

    def leave(self) -> None:
        """End the session, and take it away from the browser."""
        self.portal.access.leave(self.merchant_slug, self.secret or "")
        self.close_session()

    def _person_for(self, session: Session) -> Staff:
        """Return who acts for the customer; ForTheStaff unless they are still signed in, and still may."""
        secret = self._cookie(f"{StaffCall.session_cookie}_{self.merchant_slug}")
        entered = self.portal.staff.session(self.merchant_slug, secret) if secret else None
        if entered is None or entered[1].email != session.opened_by or not entered[1].may("decide"):
            raise ForTheStaff("/phone")
        return entered[1]

    @property
    def mail_language(self) -> str:
        """In which language mails about this visit are: that of the page, unless somebody else reads the page."""
        return self.session.language if self.session.opened_by else self.wording.language.code

    def furniture(self) -> dict[str, object]:
        """Return what the customer's pages need, too: who is in front of them, and whether mails reach them."""
        known: Session | None = self.__dict__.get("session")
        by_phone = known if known and known.opened_by else None
        if known is None:
            return {"by_phone": by_phone, "unreached": None}
        return {"by_phone": by_phone, "unreached": known.unreached, "unreached_address": masked(known.email)}

    def has_opened(self, link: Link | None) -> bool:
        """Say whether this browser has a session for the order of a link: its second press of the button, say."""
        session = self.portal.access.session(self.merchant_slug, self.secret) if link and self.secret else None
        return session is not None and link is not None and _same(session, link)

    def visit(self) -> Visit:
        """Return the customer's order with all that stands around it, as it stands now; NoSession without a session."""
        return self._visit("now")

    def visit_lately(self) -> Visit:
        """Return the same as it stood a moment ago, for half of what that costs, with all that this browser has saved."""
        return self._visit("lately")

    def _visit(self, reading: Reading) -> Visit:
        self._reading = reading
        session = self.session
        # What came with the session is of this moment, and serves once.
        standing, self._standing = self._standing, None
        return self.portal.desk.visit(session, None if reading == "now" else self._seen, standing)

    @property
    def _seen(self) -> Seen:
        told = re.fullmatch(r"([0-9]{1,9})\.([0-9]{1,3})", self._cookie(self.saved_cookie) or "")
        return Seen(int(told[1]), int(told[2])) if told else Seen()

    def remember_saved(self, visit: Visit) -> None:
        """Let the browser tell on its next page which version of the draft it has saved, so that no older one is shown."""
        self._remember(self._seen._replace(version=visit.draft.version))

    def _remember(self, seen: Seen) -> None:
        self.keep(self.saved_cookie, f"{seen.version}.{seen.slot}", int(SESSION_LIFE.total_seconds()))

    def made(self, slot: str) -> tuple[Visit, Return]:
        """Return the visit and the return in this slot; the page is not there if the slot is empty."""
        return self._made(self.visit(), slot) or self.not_there()

    def just_made(self, slot: str) -> tuple[Visit, Return]:
        """Return the same as it stood a moment ago, for half of what that costs; as it stands now where none was there yet."""
        return self._made(self.visit_lately(), slot) or self.made(slot)

    def _made(self, visit: Visit, slot: str) -> tuple[Visit, Return] | None:
        made = next((each for each in visit.own if str(each.slot) == slot), None)
        if made and self.session.opened_by:
            raise ForTheStaff(f"/return?{urlencode({'id': made.id})}")
        return (visit, made) if made else None

    def go_to_made(self, made: Return) -> Response:
        """Lead to a return that was just made; who made it for a customer is done with the customer's pages."""
        if not self.session.opened_by:
            self._remember(self._seen._replace(slot=made.slot))
            return self.go(f"/returns/{made.slot}/done")
        self.leave()
        return self.go(f"/staff/return?{urlencode({'id': made.id, 'notice': 'opened'})}")

    def visit_to_save(self) -> Visit:
        """Return the visit for a step that only saves what was typed: a session that is over will do, but sees no page."""
        self.may_lapse = True
        return self.visit_lately()

    def open_session(self, secret: str, language: str) -> None:
        """Give the browser its session, and the link's language if it has none of its own."""
        self.keep_customers_session(secret)
        self.speak(language)
        self._keep_language()


def _same(session: Session, link: Link) -> bool:
    return (session.number, session.as_gift) == (link.number, link.as_gift)


def masked(address: str) -> str:
    """Return an e-mail address so that only its owner knows it again: `m•••@e•••.com`."""
    name, _, host = address.partition("@")
    domain, _, top = host.rpartition(".")
    return f"{name[:1]}•••@{domain[:1]}•••.{top}"
