"""The label that a customer prints: where it is fetched, for a few minutes at a time."""

from __future__ import annotations

from chalice import Response

from chalicelib.web import http
from chalicelib.web.call import Call


def label(call: Call, slot: str) -> Response:
    """Lead to the label's file, to be saved; or to the return if there is none to print."""
    _, made = call.made(slot)
    found = made.usable_label
    if found is None:
        return call.go(f"/returns/{made.slot}")
    return http.see_other(call.portal.files.link(found.key, f"label-{made.rma}.pdf"), call.cookies)
