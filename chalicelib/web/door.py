"""The way in: a shop's returns page, its policy, the wish for a link, the link itself, and the way out."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from chalice import Response

from chalicelib.access import LinkUnusable
from chalicelib.rendering import render, settled
from chalicelib.shops import Shop
from chalicelib.web import http
from chalicelib.web.base_call import furniture
from chalicelib.web.call import Call
from chalicelib.web.forms import FindForm
from chalicelib.web.views import found
from chalicelib.wording import Wording

if TYPE_CHECKING:
    from chalicelib.domain.policy import Policy
    from chalicelib.i18n import Language

GROUPS = ("how_long", "excluded", "condition", "money", "sending")


def returns_page(call: Call) -> Response:
    """Show who this is, what may come back, and the form for a link."""
    if call.secret or not settled():
        return _start(call, FindForm(), 200)
    sheets, shop = tuple(call.sheets("start")), call.known_shop
    return call.answer(_front(shop, _current(shop, call), call.wording.language, call.base, sheets), sheets)


def back_to_start(call: Call) -> Response:
    """Lead to the returns page whoever opens the address that its form is posted to."""
    return call.go("")


def back_to_link(call: Call, token: str) -> Response:
    """Lead to the link's page whoever opens the address at which a new one is asked for."""
    return call.go(f"/link/{quote(token.encode('utf-8', 'replace'), safe='')}")


def find(call: Call) -> Response:
    """Record the wish for a link; the answer is the same whatever is true."""
    form = FindForm.read(call.fields)
    if call.switches_language:
        return _start(call, FindForm(form.number, form.email), 200)
    if form.mistakes:
        return _start(call, form, 422)
    call.portal.access.ask(call.merchant_slug, form.number, form.email, call.wording.language.code, http.source(call.request))
    return call.go("/sent")


def sent(call: Call) -> Response:
    """Say what happens now, in the same words whether or not the order exists."""
    return call.page("sent", again=False)


def policy(call: Call) -> Response:
    """Show one version of the shop's policy, the newest that holds unless another is asked for."""
    shop = call.known_shop
    current = _current(shop, call)
    version = http.query(call.request, "version")
    shown = next((each for each in shop.policies if each.effective.isoformat() == version), current)
    groups = [(group, [clause for clause in shown.clauses if clause.group == group]) for group in GROUPS]
    keep = "" if shown is current else f"version={shown.effective.isoformat()}&"
    return call.page(
        "policy", keep=keep, policy=shown, current=current, groups=[(name, found) for name, found in groups if found]
    )


def link(call: Call, token: str) -> Response:
    """Show what the link opens, and change nothing: mail scanners fetch it too."""
    try:
        opened = call.portal.access.peek(call.merchant_slug, token)
    except LinkUnusable as error:
        return call.go("/items") if call.has_opened(error.link) else _unusable(call, token, error)
    call.speak(opened.language)
    return call.page("link", token=token, link=opened)


def enter(call: Call, token: str) -> Response:
    """Use the link up, open the session and lead to where the customer left off."""
    if call.switches_language:
        return link(call, token)
    try:
        session, secret, opened = call.portal.access.enter(call.merchant_slug, token)
    except LinkUnusable as error:
        return call.go("/items") if call.has_opened(error.link) else _unusable(call, token, error)
    call.open_session(secret, opened.language)
    if opened.purpose == "return":
        return call.go(f"/returns/{opened.return_slot}")
    if not opened.drafted:
        return call.go("/items")
    visit = call.portal.desk.visit(session)
    return call.go(f"/{found('photos.first_missing')(call.portal, visit)}")


def ask_again(call: Call, token: str) -> Response:
    """Record the wish for a new link instead of one that opens nothing any more; it goes where the old one went."""
    if call.switches_language:
        return link(call, token)
    try:
        opened = call.portal.access.peek(call.merchant_slug, token)
    except LinkUnusable as error:
        if error.link is not None:
            call.portal.access.ask_again(error.link, call.wording.language.code, http.source(call.request))
            return call.go("/gift/sent" if error.link.as_gift else "/sent")
        return _unusable(call, token, error)
    return call.page("link", token=token, link=opened)


def sign_out(call: Call) -> Response:
    """End the session and lead to the beginning."""
    session = call.session
    call.leave()
    return call.go("/staff/phone" if session.opened_by else "")


def _start(call: Call, form: FindForm, status: int) -> Response:
    return call.page("start", status, **_starting(_current(call.known_shop, call), form, returning=bool(call.secret)))


@lru_cache(maxsize=64)
def _front(shop: Shop, current: Policy, language: Language, base: str, sheets: tuple[str, ...]) -> str:
    """Return the returns page as everybody gets it who has no session here.

    What it shows follows from the arguments: the template is given no token, moment or request, and fails if it asks for one.
    """
    wording = Wording(language, shop.merchant)
    said = furniture(shop, wording, base) | _starting(current, FindForm(), returning=False)
    return render("customer/start.html", wording, sheets=sheets, **said)


def _starting(current: Policy, form: FindForm, *, returning: bool) -> dict[str, object]:
    """Return what the returns page shows beside what every page does."""
    return {
        "form": form,
        "mistakes": form.mistakes,
        "facts": found("facts.facts")(current),
        "gifts": found("asking.asks_proof")(current),
        "form_id": "step",
        "returning": returning,
    }


def _current(shop: Shop, call: Call) -> Policy:
    """Return the policy under which an order placed now would fall."""
    return shop.policy_for(call.portal.clock())


def _unusable(call: Call, token: str, error: LinkUnusable) -> Response:
    if error.link is not None:
        call.speak(error.link.language)
    status = 404 if error.trouble == "unknown" else 410
    return call.page("unusable", status, token=token, trouble=error.trouble, known=error.link is not None, form=FindForm())
