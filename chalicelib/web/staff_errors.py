"""What went wrong in the console becomes a page for the staff, with nothing lost that was typed."""

from __future__ import annotations

from chalice import Response

from chalicelib.counter import NotFound
from chalicelib.domain.errors import Busy, Unavailable
from chalicelib.web import http
from chalicelib.web.base_call import NoSession
from chalicelib.web.errors import error_page, note
from chalicelib.web.forms import SignInForm
from chalicelib.web.staff_call import RoleLacking, StaffCall


def page_for(call: StaffCall, error: Exception) -> Response:
    """Return the page for what a view raised."""
    match error:
        case NoSession():
            return _ended(call)
        case RoleLacking():
            return call.page("role", 403, lacking=error.role)
        case http.Refused():
            return error_page(call, error.status)
        case NotFound():
            return error_page(call, 404)
        case Busy() | Unavailable():
            note(call.request, "unavailable", error)
            return error_page(call, 503)
        case _:
            note(call.request, "failed", error)
            return error_page(call, 500)


def _ended(call: StaffCall) -> Response:
    """Return the form for a link, for someone who is not signed in; what they typed on the page that was open stands below it."""
    try:
        fields = call.posted or {}
        if call.posted is None and call.shop:
            call.remember_page()
    except http.Refused as refused:
        return error_page(call, refused.status)
    typed = {name: value for name, value in fields.items() if name != "csrf" and " " in value.strip()}
    return call.page("sign_in", 403, form=SignInForm(), form_id="step", ended=bool(call.secret), typed=typed)
