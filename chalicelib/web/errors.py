"""What went wrong becomes a page: in the customer's language, with nothing lost, and one line in the log."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from chalice import Response
from chalice.app import Request

from chalicelib.bootstrap import Portal
from chalicelib.domain.errors import Busy, LifecycleError, NothingChosen, StaleDraft, Unavailable, Unknown
from chalicelib.settings import InvalidSettings
from chalicelib.web import http
from chalicelib.web.base_call import BaseCall, NoSession
from chalicelib.web.call import Call, ForTheStaff
from chalicelib.web.forms import FindForm
from chalicelib.web.staff_call import StaffCall
from chalicelib.web.views import found

log = logging.getLogger("vuelta")

RETRY_SECONDS = 5
AnyCall = TypeVar("AnyCall", bound=BaseCall)


def answered(
    call: AnyCall, view: Callable[..., Response], path: Mapping[str, str], page_for: Callable[[AnyCall, Exception], Response]
) -> Response:
    """Return the view's answer, or the page for what it raised: which page, `page_for` knows."""
    try:
        if call.shop is None:
            return error_page(call, 404)
        return view(call, **path)
    except Exception as error:  # noqa: BLE001 Whatever it is, the customer sees a page that says what to do.
        return page_for(call, error)


def not_there(call: BaseCall, **_path: str) -> Response:
    """Answer that nothing stands at this address."""
    return error_page(call, 404)


def error_page(call: BaseCall, status: int) -> Response:
    """Return the page for an HTTP status: what happened, whether anything was lost, what to do."""
    response = call.page("customer/error", status, code=status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def ended_page(call: Call) -> Response:
    """Return the page for someone whose session is over: what is kept, and the form for a new link."""
    gifts = found("asking.asks_proof")(call.known_shop.policy_for(call.portal.clock()))
    return call.page("ended", 403, form=FindForm(), gifts=gifts, form_id="step")


def page_for(call: Call, error: Exception) -> Response:
    """Return the page for what a view of the customer's side raised."""
    match error:
        case http.Refused():
            return error_page(call, error.status)
        case NoSession() | Unknown():
            return ended_page(call)
        case ForTheStaff():
            call.close_session()
            return call.go(f"/staff{error.path}")
        case StaleDraft():
            return answered(call, _after_stale_draft, {}, page_for)
        case NothingChosen():
            return call.go(f"/{error.step}")
        case LifecycleError():
            return call.go("/items?notice=too_late")
        case Busy() | Unavailable():
            note(call.request, "unavailable", error)
            return error_page(call, 503)
        case _:
            note(call.request, "failed", error)
            return error_page(call, 500)


def _after_stale_draft(call: Call) -> Response:
    """Lead from a page about a draft that is gone to the return that it became, or to the beginning of the new one."""
    visit = call.visit()
    posted = call.fields.get("draft")
    made = next((each for each in visit.own if each.draft_id == posted), None)
    return call.go(f"/returns/{made.slot}?notice=already_made" if made else "/items?notice=stale")


def note(request: Request, event: str, error: Exception) -> None:
    """Log what kind of error it was and where it was raised, never words that may hold what a customer wrote."""
    trace, place = error.__traceback__, ""
    while trace:
        place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
        trace = trace.tb_next
    entry = {"event": event, "error": type(error).__name__, "at": place, "request": http.request_id(request)}
    if isinstance(error, Unavailable | InvalidSettings):
        entry["why"] = str(error)  # Our own words: a table, an error's code, a variable.
    log.error(json.dumps(entry))


class Middleware:
    """Stands around every request: what the framework refuses becomes a page, every answer is logged in one line."""

    def __init__(self, portal: Callable[[], Portal]) -> None:
        self._portal = portal

    def __call__(self, request: Request, get_response: Callable[[Request], Response]) -> Response:
        """Answer the request."""
        started = time.perf_counter()
        # Without an id of the gateway's, page and log line must still name the request alike.
        request.context.setdefault("requestId", http.request_id(request))
        response = get_response(request)
        if response.status_code >= 400 and not str(response.headers.get("Content-Type", "")).startswith("text/html"):
            response = self._as_page(request, response)
        self._log(request, response, time.perf_counter() - started)
        return response

    def _as_page(self, request: Request, refused: Response) -> Response:
        slug = (request.uri_params or {}).get("shop")
        try:
            kind: type[BaseCall] = StaffCall if request.path.startswith("/{shop}/staff") else Call
            page = error_page(kind(request, self._portal(), slug), refused.status_code)
        except Exception as error:  # noqa: BLE001 A page about an error must never be the next error.
            note(request, "failed", error)
            page = http.answer("<!doctype html><title>Error</title><h1>Error</h1>", refused.status_code, None, [])
        if "Allow" in refused.headers:
            page.headers["Allow"] = refused.headers["Allow"]
        return page

    def _log(self, request: Request, response: Response, seconds: float) -> None:
        entry = {
            "event": "request",
            "shop": self._shop(request),
            "method": request.method,
            "route": request.path,
            "status": response.status_code,
            "ms": round(seconds * 1000),
            "request": http.request_id(request),
        }
        log.info(json.dumps(entry))

    def _shop(self, request: Request) -> str | None:
        """Return the shop's slug if it is one of ours: what else stands in an address is not for the log."""
        slug = (request.uri_params or {}).get("shop")
        try:
            return slug if slug in self._portal().shops else None
        except Exception:  # noqa: BLE001 A portal that cannot be wired is reported by the answer itself.
            return None
