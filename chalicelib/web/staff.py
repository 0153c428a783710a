"""Which address of the staff's console is answered by which view, and which role each takes."""

from __future__ import annotations

from collections.abc import Callable

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.bootstrap import Portal
from chalicelib.domain.merchant import Role
from chalicelib.web import errors
from chalicelib.web.http import FORM
from chalicelib.web.staff_call import StaffCall
from chalicelib.web.views import view

ROUTES: tuple[tuple[str, str, str, Role | None], ...] = (
    ("GET", "/{shop}/staff", "staff_queue.queue", "read"),
    ("GET", "/{shop}/staff/find", "staff_find.find", "read"),
    ("GET", "/{shop}/staff/settings", "staff_settings.settings", "read"),
    ("GET", "/{shop}/staff/phone", "staff_phone.ask", "decide"),
    ("POST", "/{shop}/staff/phone", "staff_phone.begin", "decide"),
    ("POST", "/{shop}/staff/bulk", "staff_queue.bulk", "decide"),
    ("GET", "/{shop}/staff/return", "staff_return.show", "read"),
    ("POST", "/{shop}/staff/return", "staff_return.act", "decide"),
    ("GET", "/{shop}/staff/return/receive", "staff_receive.parcel", "settle"),
    ("POST", "/{shop}/staff/return/receive", "staff_receive.take_in", "settle"),
    ("GET", "/{shop}/staff/return/label", "staff_labels.show", "decide"),
    ("POST", "/{shop}/staff/return/label", "staff_labels.act", "decide"),
    ("GET", "/{shop}/staff/return/label/file", "staff_labels.print_label", "read"),
    ("GET", "/{shop}/staff/return/settle", "staff_settle.show", "settle"),
    ("POST", "/{shop}/staff/return/settle", "staff_settle.settle", "settle"),
    ("GET", "/{shop}/staff/receive", "staff_receive.scan", "settle"),
    ("POST", "/{shop}/staff/receive", "staff_receive.look_up", "settle"),
    # What stands open to everybody: the way in.
    ("GET", "/{shop}/staff/sign-in", "staff_door.sign_in", None),
    ("POST", "/{shop}/staff/sign-in", "staff_door.ask", None),
    ("GET", "/{shop}/staff/sent", "staff_door.sent", None),
    ("GET", "/{shop}/staff/link/{token}", "staff_door.link", None),
    ("POST", "/{shop}/staff/link/{token}", "staff_door.enter", None),
    ("POST", "/{shop}/staff/sign-out", "staff_door.sign_out", "read"),
    # A form's own address, opened or reloaded as a page, leads to where the form stands.
    ("GET", "/{shop}/staff/sign-out", "staff_door.back_to_queue", None),
    ("GET", "/{shop}/staff/bulk", "staff_door.back_to_queue", None),
    # Addresses that nothing stands at, here too: the gateway does not look among the customers' once it is among the staff's.
    ("GET", "/{shop}/staff/{a}", "errors.not_there", None),
    ("GET", "/{shop}/staff/{a}/{b}", "errors.not_there", None),
    ("GET", "/{shop}/staff/{a}/{b}/{c}", "errors.not_there", None),
)
"""Method, address, view, and the role from which on somebody may see or do it; None where nobody needs to be signed in."""


def staff(portal: Callable[[], Portal]) -> Blueprint:
    """Return the staff's side of this portal."""
    blueprint = Blueprint(__name__)

    def answered(name: str, role: Role | None) -> Callable[..., Response]:
        def allowed(call: StaffCall, **path: str) -> Response:
            if role:
                call.demand(role)
            return view(name)(call, **path)

        def called(**path: str) -> Response:
            call = StaffCall(blueprint.current_request, portal(), path.pop("shop", None))
            return errors.answered(call, allowed, path, view("staff_errors.page_for"))

        return called

    for method, address, name, role in ROUTES:
        content_types = {"content_types": [FORM]} if method == "POST" else {}
        blueprint.route(address, methods=[method], name=name, **content_types)(answered(name, role))
    return blueprint


blueprints = (staff(bootstrap.portal),)
