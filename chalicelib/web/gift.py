"""A gift's own way in: the code on its receipt, and the address of whoever got it."""

from __future__ import annotations

from chalice import Response

from chalicelib.web import http
from chalicelib.web.call import Call
from chalicelib.web.forms import GiftForm


def gift(call: Call) -> Response:
    """Show the form for the code."""
    return _page(call, GiftForm(), 200)


def ask(call: Call) -> Response:
    """Record the wish for a link; the answer is the same whatever is true."""
    form = GiftForm.read(call.fields)
    if call.switches_language:
        return _page(call, GiftForm(form.code, form.email), 200)
    if form.mistakes:
        return _page(call, form, 422)
    source = http.source(call.request)
    call.portal.access.ask_for_gift(call.merchant_slug, form.code, form.email, call.wording.language.code, source)
    return call.go("/gift/sent")


def sent(call: Call) -> Response:
    """Say what happens now, in the same words whether or not anything has that code."""
    return call.page("gift_sent", shop=call.known_shop)


def _page(call: Call, form: GiftForm, status: int) -> Response:
    return call.page("gift", status, form=form, mistakes=form.mistakes, form_id="step", shop=call.known_shop)
