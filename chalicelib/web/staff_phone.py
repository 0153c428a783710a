"""A return that one of the shop's people opens for a customer on the phone: which order, whose, then the customer's own steps."""

from __future__ import annotations

from collections.abc import Sequence

from chalice import Response

from chalicelib.domain.identifiers import fold_email
from chalicelib.i18n import LANGUAGES, Language
from chalicelib.web import http
from chalicelib.web.forms import FindForm, Mistake
from chalicelib.web.staff_call import StaffCall


def ask(call: StaffCall) -> Response:
    """Ask for the order and the address that the customer names."""
    return _page(call, FindForm(number=http.query(call.request, "number") or ""), "", 200)


def begin(call: StaffCall) -> Response:
    """Open the order for the customer, if number and address belong together; the steps are those that the customer would go."""
    form = FindForm.read(call.fields)
    form.mistakes = [_asked_of_staff(each) for each in form.mistakes]
    language = call.fields.get("language", "")
    if call.switches_language:
        form.mistakes = []
        return _page(call, form, language, 200)
    stored = None if form.mistakes else call.portal.returns.order_with_returns(call.merchant_slug, form.number)[0]
    if stored is None and not form.mistakes:
        form.mistakes.append(Mistake("number", "staff_scan_unknown"))
    if stored and stored.email != fold_email(form.email):
        form.mistakes.append(Mistake("email", "phone_email_other"))
    if stored is None or form.mistakes:
        return _page(call, form, language, 422)
    spoken = language if language in {each.code for each in _languages(call)} else stored.language
    secret = call.portal.access.open_for(stored, call.person, spoken or call.known_shop.merchant.languages[0])
    call.keep_customers_session(secret)
    return call.go_to_customers_side("/items")


def _asked_of_staff(mistake: Mistake) -> Mistake:
    # Whoever is on the phone fills in for somebody else: "your order number" would be theirs.
    return Mistake(mistake.field, f"phone_{mistake.code}") if mistake.code.endswith("_missing") else mistake


def _page(call: StaffCall, form: FindForm, language: str, status: int) -> Response:
    call.section = "phone"
    offered = _languages(call)
    return call.page(
        "phone", status, form=form, mistakes=form.mistakes, offered=offered, spoken_to=language, form_id="step",
    )  # fmt: skip


def _languages(call: StaffCall) -> Sequence[Language]:
    return [LANGUAGES[code] for code in call.known_shop.merchant.languages if code in LANGUAGES]
