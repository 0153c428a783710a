"""The staff's way in: the wish for a link, the link itself, and the way out."""

from __future__ import annotations

import json
import logging

from chalice import Response

from chalicelib.staff_access import StaffLinkUnusable
from chalicelib.web import http
from chalicelib.web.forms import SignInForm
from chalicelib.web.staff_call import StaffCall

log = logging.getLogger("vuelta")


def sign_in(call: StaffCall) -> Response:
    """Show the form for a link, or lead on who is signed in already."""
    if call.signed_in:
        return call.go("")
    return _form(call, SignInForm(), 200)


def ask(call: StaffCall) -> Response:
    """Record the wish for a link; the answer is the same whether or not the address is one of the staff."""
    form = SignInForm.read(call.fields)
    if call.switches_language:
        return _form(call, SignInForm(form.email), 200)
    if form.mistakes:
        return _form(call, form, 422)
    call.portal.staff.ask(call.merchant_slug, form.email, call.wording.language.code, http.source(call.request))
    return call.go("/sent")


def sent(call: StaffCall) -> Response:
    """Say what happens now, in the same words whatever the address is."""
    return call.page("sent")


def link(call: StaffCall, token: str) -> Response:
    """Show whom the link signs in, and change nothing: mail scanners fetch it too."""
    try:
        opened = call.portal.staff.peek(call.merchant_slug, token)
    except StaffLinkUnusable as error:
        return _unusable(call, error)
    call.speak(opened.language)
    person = call.known_shop.merchant.member(opened.email)
    return call.page("link", token=token, whom=person)


def enter(call: StaffCall, token: str) -> Response:
    """Use the link up, open the session and lead to the page that was asked for before, or to the queue."""
    if call.switches_language:
        return link(call, token)
    try:
        _, secret = call.portal.staff.enter(call.merchant_slug, token, call.secret)
    except StaffLinkUnusable as error:
        return _unusable(call, error)
    log.info(json.dumps({"event": "staff_signed_in", "shop": call.merchant_slug, "request": call.reference}))
    call.open_session(secret)
    return call.go(call.remembered_page())


def sign_out(call: StaffCall) -> Response:
    """End the session and lead to the form for a link."""
    call.portal.staff.leave(call.session)
    call.close_session()
    return call.go("/sign-in")


def back_to_queue(call: StaffCall) -> Response:
    """Lead to the queue whoever opens the address that a form of it is posted to."""
    return call.go("")


def _form(call: StaffCall, form: SignInForm, status: int) -> Response:
    return call.page("sign_in", status, form=form, mistakes=form.mistakes, form_id="step", ended=False, typed={})


def _unusable(call: StaffCall, error: StaffLinkUnusable) -> Response:
    if error.trouble == "used" and call.signed_in:
        return call.go("")  # The second press of the button.
    return call.page("unusable", 404 if error.trouble == "unknown" else 410, trouble=error.trouble)
