"""One request of one customer: which session, which order."""

from __future__ import annotations

from functools import cached_property

from chalice.app import Request

from chalicelib.bootstrap import Portal
from chalicelib.domain.returns import Return
from chalicelib.domain.visits import SESSION_LIFE, SESSION_MEMORY, Link, Session
from chalicelib.visit import Visit
from chalicelib.web.base_call import BaseCall, NoSession


class Call(BaseCall):
    """A request of a customer."""

    side = "customer"
    session_cookie = "vuelta"

    def __init__(self, request: Request, portal: Portal, slug: str | None) -> None:
        super().__init__(request, portal, slug)
        self.may_lapse = False
        self.lapsed = False

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
        session = self.portal.access.session_or_lapsed(self.merchant_slug, secret) if secret else None
        if session is None or secret is None or (self.portal.access.lapsed(session) and not self.may_lapse):
            raise NoSession
        self.lapsed = self.portal.access.lapsed(session)
        self.speak(session.language)
        self.check_token(secret, posted)
        return session

    def has_opened(self, link: Link | None) -> bool:
        """Say whether this browser has a session for the order of a link: its second press of the button, say."""
        session = self.portal.access.session(self.merchant_slug, self.secret) if link and self.secret else None
        return session is not None and link is not None and _same(session, link)

    def visit(self) -> Visit:
        """Return the customer's order with all that stands around it, as `Desk.visit`; NoSession without a session."""
        return self.portal.desk.visit(self.session)

    def made(self, slot: str) -> tuple[Visit, Return]:
        """Return the visit and the return in this slot; the page is not there if the slot is empty."""
        visit = self.visit()
        made = next((each for each in visit.own if str(each.slot) == slot), None)
        return (visit, made) if made else self.not_there()

    def visit_to_save(self) -> Visit:
        """Return the visit for a step that only saves what was typed: a session that is over will do, but sees no page."""
        self.may_lapse = True
        return self.visit()

    def open_session(self, secret: str, language: str) -> None:
        """Give the browser its session, and the link's language if it has none of its own."""
        self.keep_session(secret, int((SESSION_LIFE + SESSION_MEMORY).total_seconds()))
        self.speak(language)
        self._keep_language()


def _same(session: Session, link: Link) -> bool:
    return (session.number, session.as_gift) == (link.number, link.as_gift)


def masked(address: str) -> str:
    """Return an e-mail address so that only its owner knows it again: `m•••@e•••.com`."""
    name, _, host = address.partition("@")
    domain, _, top = host.rpartition(".")
    return f"{name[:1]}•••@{domain[:1]}•••.{top}"
