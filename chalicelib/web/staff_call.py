"""One request of one of the shop's people: which session, who they are now and what they may do."""

from __future__ import annotations

import hmac
import re
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlencode

from chalice import Response

from chalicelib.access import csrf_token
from chalicelib.domain.staff import STAFF_LINK_LIFE, STAFF_SESSION_LIFE, StaffSession
from chalicelib.web import http
from chalicelib.web.base_call import BaseCall, NoSession

if TYPE_CHECKING:
    from chalicelib.domain.merchant import Role, Staff
    from chalicelib.domain.returns import Return

_NEXT = "vuelta_staff_next"
_PAGE = re.compile(r"(/(find|phone|receive|return(/[a-z]{1,20})?|settings))?(\?[\w%&=.~+-]{1,300})?", re.ASCII)
"""The pages that somebody can be led to after signing in, as `StaffCall.go` takes them."""


class StaffCall(BaseCall):
    """A request of the staff. `section` is the part of the console that the page belongs to, for the navigation."""

    side = "staff"
    session_cookie = "vuelta_staff"
    section = ""

    @cached_property
    def _entered(self) -> tuple[StaffSession, Staff]:
        posted = self.posted
        secret = self.secret
        entered = self.portal.staff.session(self.merchant_slug, secret) if secret else None
        if entered is None or secret is None:
            raise NoSession
        if entered[1].language:
            self.speak(entered[1].language)
        self.check_token(secret, posted)
        return entered

    @property
    def session(self) -> StaffSession:
        """The open session. NoSession if there is none; Refused with 403 if a posted form lacks its token."""
        return self._entered[0]

    @property
    def person(self) -> Staff:
        """Who is signed in, as the shop's file has them now; raises as `session`."""
        return self._entered[1]

    def demand(self, role: Role) -> None:
        """Let nobody on who may not do what takes this role: NoSession, or Refused with 403 as `RoleLacking`."""
        if not self.person.may(role):
            raise RoleLacking(role)

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in at this shop, without refusing anything."""
        return bool(self.shop and self.secret and self.portal.staff.session(self.merchant_slug, self.secret))

    def sealed(self, text: str) -> str:
        """Return what only a page of this session can know to stand beside a text in an address."""
        key = csrf_token(self.secret or "").encode()
        return hmac.new(key, text.encode("utf-8", "surrogatepass"), sha256).hexdigest()[:32]

    def open_session(self, secret: str) -> None:
        """Give the browser its session."""
        self.keep_session(secret, int(STAFF_SESSION_LIFE.total_seconds()))

    def remember_page(self) -> None:
        """Remember which page somebody asked for who has to sign in first: one that a mail leads to, say."""
        path = str(self.request.context["path"]).removeprefix(f"{self.base}/{self.merchant_slug}/staff").rstrip("/")
        asked = {name: http.query(self.request, name) or "" for name in self.request.query_params or () if name != "lang"}
        wanted = f"{path}?{urlencode(asked)}" if asked else path
        if wanted and _PAGE.fullmatch(wanted):
            self._keep_page(quote(wanted, safe=""), int(STAFF_LINK_LIFE.total_seconds()))

    def remembered_page(self) -> str:
        """Return the page that was asked for before signing in, as `go` takes it, and forget it; the queue if there is none."""
        wanted = unquote(self._cookie(f"{_NEXT}_{self.merchant_slug}") or "")
        if wanted:
            self._keep_page("", 0)
        return wanted if _PAGE.fullmatch(wanted) else ""

    def _keep_page(self, value: str, seconds: int) -> None:
        self.keep(f"{_NEXT}_{self.merchant_slug}", value, seconds)

    def go(self, path: str, **query: str) -> Response:
        """Send the browser on to a page of the console, such as `/settings`; empty for the queue."""
        asked = f"?{urlencode(query)}" if query else ""
        return super().go(f"/staff{path}{asked}")

    def go_to_customers_side(self, path: str) -> Response:
        """Send the browser on to a page of the customer's side, such as `/items`."""
        return super().go(path)

    def go_to_return(self, made: Return, path: str = "", **query: str) -> Response:
        """Send the browser on to a return's page, or to one of those behind it, such as `/receive`."""
        return self.go(f"/return{path}", id=made.id, **query)

    def furniture(self) -> dict[str, object]:
        """Return what the console's pages need besides what every page needs."""
        console = f"{self.base}/{self.shop.merchant.slug}/staff" if self.shop else self.base or "/"
        known = self.__dict__.get("_entered")
        return {
            "frame": "staff/base.html",
            "console": console,
            "front": console,
            "person": known[1] if known else None,
            "section": self.section,
            "names": {member.email: member.name for member in self.shop.merchant.staff} if self.shop else {},
        }


class RoleLacking(http.Refused):
    """Somebody is signed in whose role does not reach so far; `role` is the one that would."""

    def __init__(self, role: Role) -> None:
        super().__init__(403)
        self.role = role
