"""One request of anybody, customer or staff: whose shop, which language, which form; and the pages that can answer it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import ClassVar, NoReturn

from chalice import Response
from chalice.app import Request

from chalicelib.access import csrf_token
from chalicelib.bootstrap import Portal
from chalicelib.domain.visits import SESSION_LIFE, SESSION_MEMORY
from chalicelib.files import origin
from chalicelib.i18n import LANGUAGES, negotiate
from chalicelib.rendering import SHEETS, render, style_hash
from chalicelib.shops import Shop
from chalicelib.web import http
from chalicelib.wording import Wording

CUSTOMERS_COOKIE = "vuelta"
LANGUAGE_COOKIE = "vuelta_language"
LANGUAGE_SECONDS = 180 * 24 * 3600


class NoSession(Exception):
    """The page needs an open session, and the browser has none at this shop."""


def furniture(shop: Shop | None, wording: Wording, base: str) -> dict[str, object]:
    """Return what every page needs and what is the same for everybody; `base` as `http.base_path`."""
    merchant = wording.merchant
    home = f"{base}/{merchant.slug}" if merchant else base or "/"
    return {
        "home": home,
        "front": home,
        "frame": "base.html",
        "shop": shop,
        "spoken": [LANGUAGES[code] for code in merchant.languages if code in LANGUAGES] if merchant else [],
        "mistakes": (),
        "named": (),
        "notice": None,
        "form_id": None,
        "signed_in": False,
        "step": None,
        "keep": "",
        "by_phone": None,
    }


class BaseCall:
    """A request with all that answering it takes. `shop` is None where the address names no shop of ours.

    `side` is the folder of its templates, `session_cookie` how the cookie of its sessions begins, before the shop.
    """

    side: ClassVar[str]
    session_cookie: ClassVar[str]

    def __init__(self, request: Request, portal: Portal, slug: str | None) -> None:
        self.request = request
        self.portal = portal
        self.shop = portal.shops.get(slug) if slug else None
        self.base = http.base_path(request)
        self.reference = http.request_id(request)
        self.cookies: list[str] = []
        self.allowed: dict[http.Directive, str] = {}
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
        return "lang" in self.fields

    def speak(self, language: str) -> None:
        """Answer in this language unless the reader chose one: that of a mailed link, say."""
        if not self._chosen:
            self.wording = self._negotiated(language)

    @property
    def secret(self) -> str | None:
        """The secret of the session's cookie, whether or not it opens anything."""
        return self._cookie(f"{self.session_cookie}_{self.merchant_slug}")

    @property
    def posted(self) -> dict[str, str] | None:
        """The posted fields, as `fields`; None where the page was only opened."""
        return self.fields if self.request.method == "POST" else None

    def check_token(self, secret: str, posted: Mapping[str, str] | None) -> None:
        """Check that a posted form is ours: Refused with 403 if it lacks the token of the session with this secret."""
        if posted is not None and not hmac.compare_digest(csrf_token(secret).encode(), posted.get("csrf", "").encode()):
            raise http.Refused(403)

    def keep_session(self, secret: str, seconds: int) -> None:
        """Give the browser the session with this secret for so long; 0 seconds takes it away."""
        self.keep(f"{self.session_cookie}_{self.merchant_slug}", secret, seconds)

    def keep_customers_session(self, secret: str) -> None:
        """Give the browser this session of the customer's side in place of any other, whose order's drafts are not this one's."""
        self.keep(f"{CUSTOMERS_COOKIE}_{self.merchant_slug}", secret, int((SESSION_LIFE + SESSION_MEMORY).total_seconds()))
        if self._cookie(self.saved_cookie):
            self.keep(self.saved_cookie, "", 0)

    @property
    def saved_cookie(self) -> str:
        """The name of the cookie that says what the browser has seen of the customer's order."""
        return f"{CUSTOMERS_COOKIE}_{self.merchant_slug}_saved"

    def keep(self, name: str, value: str, seconds: int) -> None:
        """Give the browser a cookie for so long; 0 seconds takes it away."""
        self.cookies.append(http.set_cookie(name, value, secure=self._secure, seconds=seconds))

    def close_session(self) -> None:
        """Take the session away from the browser."""
        self.keep_session("", 0)

    def allow(self, directive: http.Directive, address: str) -> None:
        """Let the page post a form to, or show a picture from, where a signed address of the files leads: no other page may."""
        self.allowed[directive] = " ".join(sorted({*self.allowed.get(directive, "").split(), origin(address)}))

    def page(self, template: str, status: int = 200, **context: object) -> Response:
        """Answer with one of this side's pages, or one that is named with its folder, in the reader's language."""
        secret = self.secret if self.shop else None
        own = {"csrf": csrf_token(secret) if secret else "", "now": self.portal.clock(), "reference": self.reference}
        everybodys = furniture(self.shop, self.wording, self.base)
        name = template if "/" in template else f"{self.side}/{template}"
        sheets = self.sheets(template)
        html = render(f"{name}.html", self.wording, sheets=sheets, **(everybodys | own | self.furniture() | context))
        return self.answer(html, sheets, status)

    def answer(self, html: str, sheets: Sequence[str], status: int = 200) -> Response:
        """Answer with a page that is written already, with these stylesheets."""
        return http.answer(html, status, style_hash(self.wording.merchant, sheets), self.cookies, self.allowed)

    def sheets(self, template: str) -> Sequence[str]:  # noqa: ARG002 - other sides tell their pages apart
        """Return which stylesheets a page needs."""
        return SHEETS

    def furniture(self) -> dict[str, object]:
        """Return what this side's pages need besides what every page needs."""
        return {}

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
        """Speak the language that the reader asks for from now on, if we can."""
        if language in LANGUAGES:
            self._chosen = language
            self.wording = self._negotiated(None)
            self._keep_language()

    def _keep_language(self) -> None:
        code = self.wording.language.code
        self.cookies = [each for each in self.cookies if LANGUAGE_COOKIE not in each]
        self.keep(LANGUAGE_COOKIE, code, LANGUAGE_SECONDS)
