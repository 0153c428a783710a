"""The pages with which the gateway answers by itself, before any function runs: one page each, in every language at once.

A gateway response is a fixed text in which only variables are replaced, so that it can ask for nobody's language. For the same
reason its headers stand between single quotes and can hold none: the policy that needs some stands in the page.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from chalicelib.i18n import LANGUAGES
from chalicelib.rendering import TEMPLATES, render
from chalicelib.web.http import HEADERS, HTML
from chalicelib.wording import Wording

Code = int | str
PAGES: dict[str, tuple[int | None, Code]] = {
    "MISSING_AUTHENTICATION_TOKEN": (404, 404),  # what the gateway says of an address without a route
    "RESOURCE_NOT_FOUND": (404, 404),
    "REQUEST_TOO_LARGE": (413, 413),
    "THROTTLED": (429, "crowded"),
    "QUOTA_EXCEEDED": (429, "crowded"),
    "UNAUTHORIZED": (401, 403),
    "ACCESS_DENIED": (403, 403),
    "EXPIRED_TOKEN": (403, 403),
    "INVALID_SIGNATURE": (403, 403),
    "WAF_FILTERED": (403, 403),
    "DEFAULT_4XX": (None, 400),
    "DEFAULT_5XX": (None, 500),  # a function that cannot be reached, or runs out of time, too
}
"""By the gateway's name for what happened: the status, where it is not the gateway's own, and which of our texts is said."""
RETRY_SECONDS = {"THROTTLED": 5, "QUOTA_EXCEEDED": 60}
REFERENCE = "$context.requestId"
# Directives without a source allow nothing, as 'none' would say.
POLICY = "base-uri; form-action; frame-ancestors"


def gateway_responses() -> dict[str, object]:
    """Return the extension of OpenAPI that gives each of these answers its page, its status and our headers."""
    return {kind: _response(kind, status, code) for kind, (status, code) in PAGES.items()}


def _response(kind: str, status: int | None, code: Code) -> dict[str, object]:
    headers = {"Content-Type": HTML, "Content-Security-Policy": POLICY, **HEADERS}
    if kind in RETRY_SECONDS:
        headers["Retry-After"] = str(RETRY_SECONDS[kind])
    if wrong := [name for name, value in headers.items() if "'" in value]:
        raise ValueError(f"the gateway takes no quotes within a header: {', '.join(wrong)}")
    page = gateway_page(code)
    response: dict[str, object] = {
        "responseParameters": {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()},
        # Chosen by what the client says that it accepts; where it says nothing, JSON is assumed.
        "responseTemplates": {"text/html": page, "application/json": page},
    }
    return response | ({"statusCode": str(status)} if status else {})


@cache
def gateway_page(code: Code) -> str:
    """Return the page that says one of our texts in every language; the first of them is the page's own."""
    sheet = (TEMPLATES / "gateway" / "style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    wordings = [Wording(language) for language in LANGUAGES.values()]
    said = [
        render("gateway/said.html", wording, code=code, reference=REFERENCE, heading="h2" if others else "h1")
        for others, wording in enumerate(wordings)
    ]
    titles = [wording.gettext("Page not found" if code == 404 else "That did not work") for wording in wordings]
    return render("gateway/page.html", wordings[0], sheet=sheet, style_hash=f"sha256-{digest}", said="".join(said), titles=titles)
