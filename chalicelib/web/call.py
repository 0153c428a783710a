"""One request of one customer: whose shop, which language, which session; and the pages that can answer it."""

from __future__ import annotations

import hmac
from functools import cached_property
from typing import NoReturn

from chalice import Response
from chalice.app import Request

from chalicelib.access import csrf_token
from chalicelib.bootstrap import Portal
from chalicelib.domain.visits import SESSION_LIFE, SESSION_MEMORY, Link, Session
from chalicelib.files import origin
from chalicelib.i18n import LANGUAGES, negotiate
from chalicelib.rendering import render, style_hash
from chalicelib.shops import Shop
from chalicelib.visit import Visit
from chalicelib.web import http
from chalicelib.wording import Wording

LANGUAGE_COOKIE = "vuelta_language"
LANGUAGE_SECONDS = 180 * 24 * 3600


class NoSession(Exception):
    """The page needs an open session, and the browser has none at this shop."""


class Call:
    """A request with all that answering it takes. `shop` is None where the address names no shop of ours."""

    def __init__(self, request: Request, portal: Portal, slug: str | None) -> None:
        self.request = request
        self.portal = portal
        self.shop = portal.shops.get(slug) if slug else None
        self.base = http.base_path(request)
        self.reference = http.request_id(request)
        self.cookies: list[str] = []
        self.allowed: dict[http.Directive, str] = {}
        self.may_lapse = False
        self.lapsed = False
        self._secure = portal.settings.secure
        self._chosen = self._cookie(LANGUAGE_COOKIE)
        self.wording = self._negotiated(None)
        self._choose(http.query(request, "lang"))

    @property
    def merchant_slug(self) -> str:
        """The slug of the shop that the address names; Refused with 404 if it names none."""
        return self.known_shop.merchant.slug

    @property
    def known_shop(self) -> Shop:
        """The shop that the address names; Refused with 404 if it names none."""
        if self.shop is None:
            raise http.Refused(404)
        return self.shop

    @cached_property
    def fields(self) -> dict[str, str]:
        """The posted fields. Refused if another site posted them or they are no form; a language among them is spoken."""
        if http.from_elsewhere(self.request, self.portal.settings.portal_url):
            raise http.Refused(403)
        fields = http.read_fields(self.request, http.LONGEST_BODY_INSIDE if self.secret else http.LONGEST_BODY)
        self._choose(fields.get("lang"))
        return fields

    @property
    def switches_language(self) -> bool:
        """Whether the form was posted only to see the page in another language."""
        return "lang" in self.fields and not self.lapsed

    @property
    def saves(self) -> bool:
        """Whether the form was posted to go on later, or from a page that stood open until its session was over."""
        return self.fields.get("then") == "save" or self.lapsed

    def speak(self, language: str) -> None:
        """Answer in this language unless the customer chose one: that of a mailed link, say."""
        if not self._chosen:
            self.wording = self._negotiated(language)

    @property
    def secret(self) -> str | None:
        """The secret of the session's cookie, whether or not it opens anything."""
        return self._cookie(f"vuelta_{self.merchant_slug}")

    @cached_property
    def session(self) -> Session:
        """The open session at this shop. NoSession if there is none; Refused with 403 if a posted form lacks its token."""
        posted = self.fields if self.request.method == "POST" else {}
        secret = self.secret
        session = self.portal.access.session_or_lapsed(self.merchant_slug, secret) if secret else None
        if session is None or secret is None or (self.portal.access.lapsed(session) and not self.may_lapse):
            raise NoSession
        self.lapsed = self.portal.access.lapsed(session)
        self.speak(session.language)
        if self.request.method == "POST" and not hmac.compare_digest(
            csrf_token(secret).encode(), posted.get("csrf", "").encode()
        ):
            raise http.Refused(403)
        return session

    def has_opened(self, link: Link | None) -> bool:
        """Say whether this browser has a session for the order of a link: its second press of the button, say."""
        session = self.portal.access.session(self.merchant_slug, self.secret) if link and self.secret else None
        return session is not None and link is not None and session.number == link.number

    def visit(self) -> Visit:
        """Return the customer's order with all that stands around it, as `Desk.visit`; NoSession without a session."""
        return self.portal.desk.visit(self.session)

    def visit_to_save(self) -> Visit:
        """Return the visit for a step that only saves what was typed: a session that is over will do, but sees no page."""
        self.may_lapse = True
        return self.visit()

    def open_session(self, secret: str, language: str) -> None:
        """Give the browser its session, and the link's language if it has none of its own."""
        self.cookies.append(
            http.set_cookie(
                f"vuelta_{self.merchant_slug}",
                secret,
                secure=self._secure,
                seconds=int((SESSION_LIFE + SESSION_MEMORY).total_seconds()),
            )
        )
        self.speak(language)
        self._keep_language()

    def close_session(self) -> None:
        """Take the session away from the browser."""
        self.cookies.append(http.set_cookie(f"vuelta_{self.merchant_slug}", "", secure=self._secure, seconds=0))

    def allow(self, directive: http.Directive, address: str) -> None:
        """Let the page post a form to, or show a picture from, where a signed address of the files leads: no other page may."""
        self.allowed[directive] = " ".join(sorted({*self.allowed.get(directive, "").split(), origin(address)}))

    def page(self, template: str, status: int = 200, **context: object) -> Response:
        """Answer with a page in the customer's language."""
        merchant = self.wording.merchant
        secret = self.secret if self.shop else None
        spoken = [LANGUAGES[code] for code in merchant.languages if code in LANGUAGES] if merchant else []
        furniture: dict[str, object] = {
            "home": f"{self.base}/{merchant.slug}" if merchant else self.base or "/",
            "shop": self.shop,
            "spoken": spoken,
            "csrf": csrf_token(secret) if secret else "",
            "now": self.portal.clock(),
            "mistakes": (),
            "named": (),
            "notice": None,
            "form_id": None,
            "signed_in": False,
            "step": None,
            "keep": "",
            "reference": self.reference,
        }
        html = render(f"customer/{template}.html", self.wording, **(furniture | context))
        return http.answer(html, status, style_hash(merchant), self.cookies, self.allowed)

    def go(self, path: str) -> Response:
        """Send the browser on to a page of this shop, such as `/items`."""
        return http.see_other(f"{self.base}/{self.merchant_slug}{path}", self.cookies)

    def not_there(self) -> NoReturn:
        """Answer that there is no such page."""
        raise http.Refused(404)

    def _cookie(self, name: str) -> str | None:
        return http.cookie(self.request, http.cookie_name(name, secure=self._secure))

    def _negotiated(self, link: str | None) -> Wording:
        merchant = self.shop.merchant if self.shop else None
        accepted = self.request.headers.get("accept-language")
        spoken = merchant.languages if merchant else ()
        return Wording(negotiate(self._chosen, link, accepted, spoken), merchant)

    def _choose(self, language: str | None) -> None:
        """Speak the language that the customer asks for from now on, if we can."""
        if language in LANGUAGES:
            self._chosen = language
            self.wording = self._negotiated(None)
            self._keep_language()

    def _keep_language(self) -> None:
        code = self.wording.language.code
        self.cookies = [each for each in self.cookies if LANGUAGE_COOKIE not in each]
        self.cookies.append(http.set_cookie(LANGUAGE_COOKIE, code, secure=self._secure, seconds=LANGUAGE_SECONDS))


def masked(address: str) -> str:
    """Return an e-mail address so that only its owner knows it again: `m•••@e•••.com`."""
    name, _, host = address.partition("@")
    domain, _, top = host.rpartition(".")
    return f"{name[:1]}•••@{domain[:1]}•••.{top}"
