"""What is odd about browsers and API Gateway: addresses behind a stage, cookies, origins, bodies, every answer's headers."""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal
from urllib.parse import unquote_to_bytes, urlencode, urlsplit

from chalice import Response
from chalice.app import Request

FORM = "application/x-www-form-urlencoded"
HTML = "text/html; charset=utf-8"
LONGEST_BODY = 64 * 1024
# With a session: room for an order of two hundred lines with a remark on each, every letter of it percent-encoded.
LONGEST_BODY_INSIDE = 768 * 1024
BYTES_A_FIELD = 64
"""No form of ours has shorter fields than this on average where it is as long as it may be."""

HEADERS: Mapping[str, str] = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with that, browsers post forms with "Origin: null", which says nothing.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
"""What every answer carries, whatever it is; the content security policy comes with it."""

Directive = Literal["form-action", "img-src"]
"""What a page may do beyond itself where it says so: post a form to the files' bucket, or show a picture from there."""
NOTHING_MORE: Mapping[Directive, str] = MappingProxyType({})

_BASE = re.compile(r"(/[A-Za-z0-9$_.+!*'(),~-]+)*")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_FILE_NAME = re.compile(r"[A-Za-z0-9-]{1,60}\.[a-z]{3,4}")
# What shows a PDF inside a browser is a page of its own that styles itself; nothing that a customer wrote is in the file's head.
_FILE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_CONTROLS = re.compile("[\x00-\x1f\x7f]")


class Refused(Exception):
    """A request is not answered as asked; `status` is the HTTP status of the page that says so."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status


def security_policy(style_hash: str | None, allowed: Mapping[Directive, str] = NOTHING_MORE) -> str:
    """Return the content security policy of a page whose only style is the inlined one with this hash.

    `allowed` are the origins, parted by blanks, to which the page's forms and pictures may reach besides our own.
    """
    sources = {
        "default-src": "'none'",
        "style-src": f"'{style_hash}'" if style_hash else "'none'",
        "img-src": "data:",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    for directive, origins in allowed.items():
        sources[directive] += f" {origins}"
    return "; ".join(f"{directive} {source}" for directive, source in sources.items())


def answer(
    html: str, status: int, style_hash: str | None, cookies: list[str], allowed: Mapping[Directive, str] = NOTHING_MORE
) -> Response:
    """Return a page as a response with all its headers; `allowed` as in `security_policy`."""
    policy = security_policy(style_hash, allowed)
    return _response(html, status, {"Content-Type": HTML, "Content-Security-Policy": policy}, cookies)


class _File(Response):
    """Bytes, in base 64 as API Gateway takes them: it turns them back for every client, since it treats all types as binary.

    Chalice's own way depends on the request's Accept header, which not every client sends.
    """

    def to_dict(self, binary_types: list[str] | None = None) -> dict[str, object]:  # noqa: ARG002 The base class asks for it.
        """Return the answer as Lambda gives it to API Gateway."""
        answered: dict[str, object] = super().to_dict(None)
        return answered | {"body": base64.b64encode(self.body).decode("ascii"), "isBase64Encoded": True}


def file(body: bytes, content_type: str, name: str, cookies: list[str]) -> Response:
    """Return a file that browsers show if they can; `name`, of plain letters, is what it is saved as."""
    if not _FILE_NAME.fullmatch(name):
        raise ValueError("a file's name has a character that is not for headers")
    headers = {
        "Content-Type": content_type,
        "Content-Disposition": f'inline; filename="{name}"',
        "Content-Security-Policy": _FILE_POLICY,
    }
    return _response(body, 200, headers, cookies, _File)


def see_other(address: str, cookies: list[str]) -> Response:
    """Send the browser on to another page of ours, to be fetched with GET."""
    return _response("", 303, {"Content-Type": HTML, "Location": address}, cookies)


def _response(
    body: str | bytes, status: int, headers: Mapping[str, str], cookies: list[str], kind: type[Response] = Response
) -> Response:
    found: dict[str, str | list[str]] = {**HEADERS, "Content-Security-Policy": security_policy(None), **headers}
    # Chalice lets line breaks through in lists, so what is put there is looked at here.
    for value in (*headers.values(), *cookies):
        if _CONTROLS.search(value):
            raise ValueError("a header's value holds a control character")
    if cookies:
        found["Set-Cookie"] = cookies
    return kind(body=body, status_code=status, headers=found)


def base_path(request: Request) -> str:
    """Return what the gateway puts before our route: a stage, a domain mapping, or nothing."""
    full = str(request.context["path"]).rstrip("/")
    depth = request.path.rstrip("/").count("/")
    base = "/".join(full.split("/")[:-depth]) if depth else full
    # Behind two slashes, or one that leans back, browsers look for a host: such an address would lead away from us.
    return base if _BASE.fullmatch(base) else ""


def request_id(request: Request) -> str:
    """Return the name under which this request stands in the logs, for customers to quote."""
    named = request.context.get("requestId") or getattr(request.lambda_context, "aws_request_id", None)
    return str(named or uuid.uuid4())


def source(request: Request) -> str:
    """Return the address that the request came from, as the gateway saw it, never as a header claims."""
    return str(request.context.get("identity", {}).get("sourceIp", "unknown"))


def query(request: Request, name: str) -> str | None:
    """Return the last value of this name in the query string, what no text can hold in it replaced."""
    values = request.query_params.getlist(name) if request.query_params and name in request.query_params else []
    return str(values[-1]).encode("utf-8", "replace").decode() if values else None


def kept(**asked: str) -> str:
    """Return the beginning of a query string that keeps what was asked, for something more to follow."""
    return f"{urlencode(asked)}&" if asked else ""


def cookie(request: Request, name: str) -> str | None:
    """Return a cookie that the browser sent; malformed ones are passed over."""
    for part in str(request.headers.get("cookie") or "").split(";"):
        found, equals, value = part.strip().partition("=")
        if equals and found == name:
            return value
    return None


def cookie_name(name: str, *, secure: bool) -> str:
    """Return the name under which a browser keeps a cookie: over https the prefix makes it insist on host, path and Secure."""
    return f"__Host-{name}" if secure else name


def set_cookie(name: str, value: str, *, secure: bool, seconds: int) -> str:
    """Return a Set-Cookie value; 0 seconds takes the cookie away."""
    flags = "; Secure" if secure else ""
    return f"{cookie_name(name, secure=secure)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{flags}"


def from_elsewhere(request: Request, portal_url: str) -> bool:
    """Say whether another site made the browser send this request, as far as the browser tells."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return False
    ours = {urlsplit(portal_url).netloc.lower(), str(request.headers.get("host") or "").lower()}
    return urlsplit(str(origin)).netloc.lower() not in ours - {""}


def read_fields(request: Request, longest: int = LONGEST_BODY) -> dict[str, str]:
    """Return the fields of a posted form. Refused with 413 if it is too long, with 400 if no browser of ours would send it."""
    try:
        raw = request.raw_body
    except ValueError:
        raise Refused(400) from None
    body = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass")
    if len(body) > longest:
        raise Refused(413)
    try:
        pairs = [part.partition("=") for part in body.decode("ascii").split("&") if part]
        fields = {_decoded(name): _decoded(value) for name, _, value in pairs}
    except ValueError:
        raise Refused(400) from None
    if len(pairs) > longest // BYTES_A_FIELD or len(fields) < len(pairs):
        raise Refused(400)
    return fields


def _decoded(text: str) -> str:
    if _BROKEN_ESCAPE.search(text):
        raise ValueError("a percent sign stands without its two digits")
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
