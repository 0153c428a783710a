"""The console's first page: what waits for one of the shop's people, oldest first."""

from __future__ import annotations

from chalice import Response

from chalicelib.web.staff_call import StaffCall


def queue(call: StaffCall) -> Response:
    """Show what waits for a person."""
    call.section = "queue"
    return call.page("queue")
