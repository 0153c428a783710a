"""One field that finds a return, an order or a customer."""

from __future__ import annotations

from chalice import Response

from chalicelib.finding import look_for
from chalicelib.web import http
from chalicelib.web.forms import LONGEST_LINE, Mistake, one_line
from chalicelib.web.staff_call import StaffCall


def find(call: StaffCall) -> Response:
    """Show what was found, lead to the only return that can be meant, or say what was looked for in vain."""
    call.section = "find"
    asked = http.query(call.request, "q")
    if asked is None:
        return call.page("find", typed="", found=None)
    typed = one_line(asked)[: LONGEST_LINE * 2]
    found = look_for(call.portal.counter, call.portal.returns, call.merchant_slug, typed)
    if found.only:
        return call.go_to_return(found.only)
    code = "find_missing" if found.trouble == "missing" else f"staff_scan_{found.trouble}"
    mistakes = [Mistake("q", code, found.shown)] if found.trouble else []
    return call.page("find", 422 if mistakes else 200, typed=typed, found=found, mistakes=mistakes, keep=http.kept(q=typed))
