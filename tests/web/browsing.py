"""A browser for tests: it speaks with the application as API Gateway does, keeps cookies, and looks at every page it gets."""

from __future__ import annotations

import base64
import gzip
import hashlib
import itertools
import json
import logging
import re
import uuid
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from chalice import Chalice

from chalicelib.bootstrap import Portal
from chalicelib.files import origin
from chalicelib.rendering import style
from chalicelib.web.customer import customer
from chalicelib.web.staff import staff

VOID = {"meta", "link", "input", "br", "hr", "img"}
FORM = "application/x-www-form-urlencoded"


class Page(HTMLParser):
    """A page that was answered: its elements, its forms, its words."""

    def __init__(self, address: str, status: int, headers: Mapping[str, str], body: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.status = status
        self.headers = headers
        self.body = body
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.forms: list[tuple[dict[str, str], list[tuple[str, dict[str, str]]]]] = []
        self.feed(body)
        assert not self._open, f"{address}: never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        assert len(attributes) == len(attrs), f"{self.address}: <{tag}> names an attribute twice"
        self.elements.append((tag, attributes))
        if tag == "form":
            self.forms.append((attributes, []))
        elif tag in ("input", "select", "textarea", "button") and "form" in self._open:
            self.forms[-1][1].append((tag, attributes))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"{self.address}: </{tag}> closes nothing"
        assert self._open[-1] == tag, f"{self.address}: </{tag}> closes <{self._open[-1]}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.words.append(data)
            self._texts.setdefault(self._open[-1], []).append(data)

    @property
    def text(self) -> str:
        """All words of the page, blanks folded."""
        return " ".join(" ".join(self.words).split())

    @property
    def heading(self) -> str:
        """The words of the only h1, markup left out."""
        found = re.search(r"<h1>(.*?)</h1>", self.body, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", "", found[1]).split()) if found else ""

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element of this name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def hidden(self, form_id: str = "step") -> dict[str, str]:
        """The hidden fields of a form."""
        fields = next(fields for form, fields in self.forms if form.get("id") == form_id)
        return {each["name"]: each["value"] for _, each in fields if each.get("type") == "hidden"}

    def action(self, form_id: str = "step") -> str:
        """Where a form is posted to."""
        return next(form["action"] for form, _ in self.forms if form.get("id") == form_id)

    def field(self, name: str) -> dict[str, str]:
        """The attributes of the field with this name."""
        return next(attributes for _, attributes in self.elements if attributes.get("name") == name)


class Browser:
    """One browser: cookies, languages, the page it shows. Every answer is held to the rules for pages."""

    def __init__(self, portal: Portal, language: str = "en", stage: str = "") -> None:
        self.app = Chalice(app_name="vuelta")
        self.app.log.setLevel(logging.INFO)
        self.app.api.binary_types.clear()  # as app.py does
        self.app.register_blueprint(customer(lambda: portal))
        self.app.register_blueprint(staff(lambda: portal))
        self.secure = portal.settings.secure
        self.stage = stage
        self.source = "192.0.2.7"
        self.language = language
        self.cookies: dict[str, str] = {}
        self.page: Page
        self.redirects: list[str] = []
        self.answers: list[dict[str, Any]] = []

    def get(self, address: str, **headers: str) -> Page:
        """Open an address, following where it leads."""
        return self._follow(self.send("GET", address, None, headers))

    def post(self, address: str, fields: Mapping[str, str] | bytes, **headers: str) -> Page:
        """Post a form, following where it leads."""
        body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        return self._follow(self.send("POST", address, body, {"content-type": FORM} | headers))

    def fetch(self, address: str, **headers: str) -> bytes:
        """Return a file as it reaches the browser, once API Gateway has turned base 64 back."""
        answer = self.send("GET", address, None, headers)
        assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, True), address
        return base64.b64decode(answer["body"], validate=True)

    def submit(self, fields: Mapping[str, str] = {}, form_id: str = "step") -> Page:
        """Post a form of the page that is shown, with its hidden fields."""
        return self.post(self.page.action(form_id), {**self.page.hidden(form_id), **fields})

    def submit_to(self, address: str, fields: Mapping[str, str] = {}) -> Page:
        """Post the form of the page that goes to this address, with its hidden fields: one that has no name of its own."""
        held = next(held for form, held in self.page.forms if form["action"] == address)
        hidden = {each["name"]: each["value"] for _, each in held if each.get("type") == "hidden"}
        return self.post(address, {**hidden, **fields})

    def send(self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> dict[str, Any]:
        """Send one request as API Gateway hands it on; return the answer as it takes it."""
        answer: dict[str, Any] = json.loads(json.dumps(self.app(self.event(method, address, body, headers), None)))
        answer["address"] = address
        self.answers.append(answer)
        check_headers(address, answer, secure=self.secure)
        self._keep(answer)
        return answer

    def event(self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> dict[str, Any]:
        """Return the event that API Gateway makes of a request of this browser."""
        parts = urlsplit(address.removeprefix(self.stage))
        route, captured = self._route(parts.path)
        sent = {"host": "127.0.0.1:8000", "accept-language": self.language, "accept": "text/html"}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {
            "httpMethod": method,
            "headers": sent | {name.replace("_", "-"): value for name, value in headers.items()},
            "pathParameters": captured or None,
            "multiValueQueryStringParameters": parse_qs(parts.query, keep_blank_values=True) or None,
            "stageVariables": None,
            "requestContext": {
                "httpMethod": method,
                "resourcePath": route,
                "path": self.stage + parts.path,
                "requestId": str(uuid.uuid4()),
                "identity": {"sourceIp": self.source},
            },
            "body": base64.b64encode(body).decode() if body is not None else None,
            "isBase64Encoded": body is not None,
        }

    def _follow(self, answer: dict[str, Any]) -> Page:
        self.redirects = []
        while answer["statusCode"] == 303:
            location = answer["headers"]["Location"]
            self.redirects.append(location)
            assert len(self.redirects) < 6, f"redirected in circles: {self.redirects}"
            answer = self.send("GET", location, None, {})
        self.page = Page(answer["address"], answer["statusCode"], answer["headers"], answer["body"])
        check_page(self.page)
        return self.page

    def _route(self, path: str) -> tuple[str, dict[str, str]]:
        given = path.split("/")
        for route in sorted(self.app.routes):
            wanted = route.split("/")
            if len(wanted) == len(given) and all(w.startswith("{") or w == g for w, g in zip(wanted, given, strict=True)):
                return route, {w[1:-1]: unquote(g) for w, g in zip(wanted, given, strict=True) if w.startswith("{")}
        raise AssertionError(f"no route for {path}")

    def _keep(self, answer: dict[str, Any]) -> None:
        for cookie in answer.get("multiValueHeaders", {}).get("Set-Cookie", []):
            name, _, rest = cookie.partition("=")
            value, *flags = rest.split("; ")
            assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(flags), cookie
            assert ("Secure" in flags) == self.secure, cookie
            assert name.startswith("__Host-") == self.secure, cookie
            if "Max-Age=0" in flags:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value


def check_headers(address: str, answer: Mapping[str, Any], *, secure: bool) -> None:
    """Hold an answer to the headers that every answer carries, and its body to the policy among them."""
    headers = answer["headers"]
    if answer.get("isBase64Encoded"):
        assert headers["Content-Type"] in ("application/pdf", "image/png"), address
    else:
        assert headers["Content-Type"] == "text/html; charset=utf-8", address
    assert headers["Cache-Control"] == "no-store", address
    assert headers["X-Content-Type-Options"] == "nosniff", address
    assert headers["Referrer-Policy"] == "same-origin", address
    assert "max-age=31536000" in headers["Strict-Transport-Security"], address
    assert "noindex" in headers["X-Robots-Tag"], address
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'", address
    assert "script-src" not in policy, address
    leads_to = headers.get("Location", "/")
    assert re.match(r"/(?![/\\])", leads_to) or leads_to == "/" or "X-Amz-Signature=" in leads_to, (
        f"{address} leads away: {leads_to}"
    )
    if style := re.search(r"<style>(.*?)</style>", answer["body"], re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert policy["style-src"] == f"'sha256-{digest}'", f"{address}: the browser would refuse the style"


def posts_a_file(page: Page, form: Mapping[str, str]) -> bool:
    """Say whether a form posts a file to where the page's policy lets it, with nothing in it that is only for us."""
    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
    fields = next(fields for attributes, fields in page.forms if attributes is form)
    names = [field["name"] for _, field in fields if "name" in field]
    allowed = origin(form["action"]) in policy["form-action"].split() and form["enctype"] == "multipart/form-data"
    return allowed and "csrf" not in names and names[-1] == "file"


@cache
def styled(sheet: str) -> frozenset[str]:
    """Return the classes that a stylesheet speaks of."""
    return frozenset(re.findall(r"\.(-?[A-Za-z_][\w-]*)", re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", sheet, flags=re.DOTALL)))


STYLED = styled(style(None))
LARGEST_PAGE = 14_000
"""Bytes compressed, everything included: what a server may send before it hears from the browser again."""
MANY, LARGEST_PART = 10, 300
"""Beyond so many parts (an order of fifty lines has one for each) a page may have so many bytes more for each of them."""


def check_page(page: Page) -> None:
    """Hold a page to what every page must be."""
    where = page.address
    assert page.body.lstrip().startswith("<!doctype html>"), where
    (html,) = page.all("html")
    assert html["lang"] in ("en", "es", "fa"), where
    assert html["dir"] == ("rtl" if html["lang"] == "fa" else "ltr"), where
    assert len(page.all("h1")) == 1, f"{where}: {len(page.all('h1'))} h1"
    assert page.heading, where
    assert re.search(r"<title>[^<]*\S[^<]*</title>", page.body), where
    assert len(page.all("main")) == 1, where
    assert not page.all("script"), where
    assert not any(name.startswith("on") or name == "style" for _, attributes in page.elements for name in attributes), where
    classes = {name for _, attributes in page.elements for name in attributes.get("class", "").split()}
    own = styled(page.body.partition("<style>")[2].partition("</style>")[0])
    assert not classes & STYLED - own, f"{where}: styled by a sheet that the page lacks: {sorted(classes & STYLED - own)}"
    packed = len(gzip.compress(page.body.encode(), 6))
    more = max(0, len(page.all("h2")) - MANY) * LARGEST_PART
    assert packed <= LARGEST_PAGE + more, f"{where}: {packed} bytes compressed"
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids)), f"{where}: the same id twice: {sorted({each for each in ids if ids.count(each) > 1})}"
    assert all(each and not re.search(r"\s", each) for each in ids), where
    for _, attributes in page.elements:
        for name in ("for", "aria-labelledby", "aria-describedby", "form"):
            for reference in attributes.get(name, "").split():
                assert reference in ids, f"{where}: {name}={reference} points nowhere"
    labelled = {label.get("for") for label in page.all("label")}
    for tag, attributes in page.elements:
        if tag in ("select", "textarea") or (tag == "input" and attributes.get("type") != "hidden"):
            assert attributes.get("id") in labelled, f"{where}: no label for {attributes}"
        if tag == "form":
            assert attributes["action"].startswith("/") or posts_a_file(page, attributes), where
            assert attributes["method"] in ("get", "post"), where
        if tag == "a":
            assert attributes["href"], where
    assert "{{" not in page.text.replace("{{7*7}}", ""), where
    assert "None" not in re.sub(r"\bNone\b(?= )", "", page.text) or html["lang"] == "en", where
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    visible = [level for level, following in itertools.pairwise(levels) if following > level + 1]
    assert not visible, f"{where}: a level of headings is left out: {levels}"
