"""Which address of the customer's side is answered by which view, and how each is called."""

from __future__ import annotations

from collections.abc import Callable

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.bootstrap import Portal
from chalicelib.web import errors
from chalicelib.web.call import Call
from chalicelib.web.http import FORM
from chalicelib.web.views import view

ROUTES: tuple[tuple[str, str, str], ...] = (
    ("GET", "/", "errors.not_there"),
    ("GET", "/{shop}", "door.returns_page"),
    ("POST", "/{shop}/find", "door.find"),
    ("GET", "/{shop}/sent", "door.sent"),
    ("GET", "/{shop}/gift", "gift.gift"),
    ("POST", "/{shop}/gift", "gift.ask"),
    ("GET", "/{shop}/gift/sent", "gift.sent"),
    ("GET", "/{shop}/policy", "door.policy"),
    ("GET", "/{shop}/link/{token}", "door.link"),
    ("POST", "/{shop}/link/{token}", "door.enter"),
    ("POST", "/{shop}/link/{token}/again", "door.ask_again"),
    ("POST", "/{shop}/sign-out", "door.sign_out"),
    ("GET", "/{shop}/items", "draft.items"),
    ("POST", "/{shop}/items", "draft.choose_items"),
    ("GET", "/{shop}/details", "draft.details"),
    ("POST", "/{shop}/details", "draft.describe"),
    ("GET", "/{shop}/photos", "photos.photos"),
    ("POST", "/{shop}/photos", "photos.go_on"),
    ("POST", "/{shop}/photos/remove", "photos.remove"),
    ("POST", "/{shop}/photos/without", "photos.without"),
    ("GET", "/{shop}/outcomes", "draft.outcomes"),
    ("POST", "/{shop}/outcomes", "draft.choose_outcomes"),
    ("GET", "/{shop}/check", "draft.check"),
    ("POST", "/{shop}/check", "draft.submit"),
    ("POST", "/{shop}/save", "draft.save"),
    ("GET", "/{shop}/saved", "draft.saved"),
    ("GET", "/{shop}/returns/{slot}", "status.status"),
    ("GET", "/{shop}/returns/{slot}/done", "status.done"),
    ("GET", "/{shop}/returns/{slot}/label", "labels.label"),
    ("GET", "/{shop}/returns/{slot}/slip", "papers.slip_page"),
    ("GET", "/{shop}/returns/{slot}/slip.pdf", "papers.slip_file"),
    ("GET", "/{shop}/returns/{slot}/code.png", "papers.code"),
    ("POST", "/{shop}/returns/{slot}/tracking", "status.track"),
    ("GET", "/{shop}/returns/{slot}/cancel", "status.confirm_cancelling"),
    ("POST", "/{shop}/returns/{slot}/cancel", "status.cancel"),
    # A form's own address, opened or reloaded as a page, leads to where the form stands.
    ("GET", "/{shop}/link/{token}/again", "door.back_to_link"),
    ("GET", "/{shop}/find", "door.back_to_start"),
    ("GET", "/{shop}/sign-out", "door.back_to_start"),
    ("GET", "/{shop}/save", "draft.back_to_items"),
    ("GET", "/{shop}/photos/remove", "photos.back_to_photos"),
    ("GET", "/{shop}/photos/without", "photos.back_to_photos"),
    ("GET", "/{shop}/returns/{slot}/tracking", "status.back_to_status"),
    # Addresses that nothing stands at: a page of ours says so better than the gateway does.
    ("GET", "/{shop}/{a}", "errors.not_there"),
    ("GET", "/{shop}/{a}/{b}", "errors.not_there"),
    ("GET", "/{shop}/{a}/{b}/{c}", "errors.not_there"),
)


def customer(portal: Callable[[], Portal]) -> Blueprint:
    """Return the customer's side of this portal, with what every answer of the application goes through."""
    blueprint = Blueprint(__name__)

    def answered(name: str) -> Callable[..., Response]:
        def called(**path: str) -> Response:
            call = Call(blueprint.current_request, portal(), path.pop("shop", None))
            return errors.answered(call, view(name), path, errors.page_for)

        return called

    for method, address, name in ROUTES:
        content_types = {"content_types": [FORM]} if method == "POST" else {}
        blueprint.route(address, methods=[method], name=name, **content_types)(answered(name))
    blueprint.register_middleware(errors.Middleware(portal), "http")
    return blueprint


blueprints = (customer(bootstrap.portal),)
