"""Promise 10: whatever is sent to a route, signed in or not, or handed to what hears events is answered, and nothing breaks.

Requests are made of the route table and of the pages' own forms, whose fields are then left out, doubled, swapped or filled with
what nobody should type. Each goes to the application as the gateway hands it on. `size` counts requests and events.
"""

from __future__ import annotations

import logging
import random
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.domain.returns import Return
from tests.conftest import emulated_aws
from tests.made import made
from tests.sequels import came, looked_at
from tests.trust.payloads import BASES, DISGUISES
from tests.trust.spoiled_events import Events
from tests.trust.table import Tried
from tests.web.browsing import FORM, Browser, Page, check_page
from tests.web.conftest import Site, new_site
from tests.web.test_journeys import WAYS, go

FULL, SMALL = 50_000, 200
ROUND = 1000
"""How many requests go to one site, before the next begins with a new one."""
PROCESSES = 2
ORDERS = ("AZ-1001", "AZ-1004", "AZ-1006", "AL-1001", "AL-1004", "NU-1001", "NU-1003")
STAFF = ("ana@azulu.example", "luis@azulu.example", "sofia@azulu.example", "shirin@nurana.example", "grace@alustoora.example")
NAMES = tuple(
    "lang id state since until sku reason mine after results q number version notice key bucket etag back next slot code email "
    "csrf draft seen kind amount reference name then line cannot how proof country".split()
)
KINDS = (FORM, f"{FORM};charset=utf-8", "application/json", "text/plain", "multipart/form-data; boundary=x", "", "x/y", "a" * 300)
HEADERS = ("cookie", "accept-language", "origin", "referer", "host", "sec-fetch-site", "user-agent", "x-forwarded-host", "accept")
RETURNS = ("AZ-901/1", "AZ-902/1", "AZ-903/1", "AZ-904/1", "AZ-1001/1")
FIGURES = tuple("0 1 2 -1 1000000000 1e30 0.5 1.000 1,5 ۱۲ 2026-03-10 9999-12-31 0000-00-00".split())
EXPECTED = frozenset({200, 303, 400, 403, 404, 405, 409, 410, 413, 415, 422, 429, 503})


@dataclass
class Found:
    """What came of requests and events: how many there were of which answer, and what went wrong, each with what was sent."""

    tries: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    routes: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Count in what another found."""
        self.tries += other.tries
        self.statuses += other.statuses
        self.routes |= other.routes
        self.faults += other.faults


class Ear(logging.Handler):
    """Hears what is logged of failures and of tracebacks, which nothing of ours ever writes when all is well."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        if record.exc_info or "Traceback" in said or any(f'"event": "{each}"' in said for each in ("failed", "item_failed")):
            self.heard.append(said[:300])


def tried(size: int, seed: int) -> Tried:
    """Send `size` requests and events; lost is what was answered with 500, raised, logged as a failure, or is no page."""
    shares = [(min(ROUND, size - begun), seed * 1_000_003 + begun) for begun in range(0, size, ROUND)]
    found = Found()
    if size <= ROUND:
        found.add(_round(*shares[0]))
    else:
        with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
            for done, part in enumerate(pool.map(_round, *zip(*shares, strict=True)), start=1):
                found.add(part)
                print(
                    f"{found.tries:,} requests and events, {len(found.faults)} faults", file=sys.stderr, flush=True
                ) if not done % 10 else None
    for each in found.faults[:20]:
        print(each, file=sys.stderr)
    answers = ", ".join(f"{count:,} × {status}" for status, count in sorted(found.statuses.items()) if status)
    how = f"{len(found.routes)} routes by nobody, customers and staff of each role; events of streams, bucket and mails; sweeps"
    return Tried("Bad input gets an answer", how, found.tries, len(found.faults), answers)


def _round(count: int, seed: int) -> Found:
    ear = Ear()
    with emulated_aws(), heard_by(ear):
        return Fuzzer(new_site(), random.Random(seed), ear).run(count)


@contextmanager
def heard_by(ear: logging.Handler) -> Iterator[None]:
    """Let an ear hear our logger, and nobody else."""
    logger = logging.getLogger("vuelta")
    before = logger.propagate, list(logger.handlers)
    logger.propagate, logger.handlers[:] = False, [ear]
    try:
        yield
    finally:
        logger.propagate, logger.handlers[:] = before


class Fuzzer:
    """Whoever sends things nobody should send, to one site. Chance decides all of it."""

    def __init__(self, site: Site, chance: random.Random, ear: Ear) -> None:
        self.site, self.chance, self.found, self.ear = site, chance, Found(), ear
        self.tokens: dict[int, str] = {}
        for place, state in enumerate(("under_review", "authorised", "received", "accepted"), start=1):
            site.portal.returns.add(_standing(state, place))
        self.browsers = list(self._comers())
        logging.getLogger("vuelta").handlers[:] = [ear]  # Chalice adds one of its own for each application.
        self.pages: dict[tuple[int, str], Page | None] = {}
        self.routes = [(method, route) for route, ways in self.browsers[0].app.routes.items() for method in ways]
        self.known = ["azulu", "nurana", "alustoora", "1", "2", "AZ-1001", "en", "fa", "x", *RETURNS, *ORDERS]
        self.events = Events(site, chance, self._text)

    def run(self, count: int) -> Found:
        """Send so many requests and events, and return what came of them."""
        while self.found.tries < count:
            self._watched(self.events.send if self.chance.random() < 0.1 else self._request)
        return self.found

    def _comers(self) -> Iterator[Browser]:
        """Yield browsers of nobody, of customers on their way or at its end, and of staff."""
        for language in ("en", "es", "fa"):
            yield self.site.browser(language)
        whole = self.site.inside("AZ-1001")
        go(whole, WAYS["azulu"])
        whole.submit()
        yield whole
        for number in self.chance.sample(ORDERS[1:], 2):
            browser = self.site.inside(number, self.chance.choice(("en", "es", "fa")))
            browser.submit({"take-1": "yes", "quantity-1": "1"})
            if self.chance.random() < 0.7:
                answers = {
                    each["name"]: "yes" for each in browser.page.all("input") if each.get("name", "").startswith("answer-")
                }
                browser.submit({"reason-1": "size", **answers})
            yield browser
        for email in self.chance.sample(STAFF, 3):
            yield self.site.staff(email)

    def _watched(self, send: Any) -> None:
        """Send one thing; whatever is raised or logged as a failure is a fault, told with what was sent."""
        self.found.tries += 1
        said: list[str] = []
        try:
            said.append(send(said))
        except Exception:  # noqa: BLE001 Whatever comes out is what is looked for.
            said.append(traceback.format_exc(limit=-4))
        if self.ear.heard:
            said.append(" | ".join(self.ear.heard))
            self.ear.heard.clear()
        if trouble := [each for each in said[1:] if each]:
            self.found.faults.append(f"{said[0][:1500]}\n    {' '.join(trouble)[:1500]}")

    def _request(self, said: list[str]) -> str:
        chance = self.chance
        method, route = chance.choice(self.routes)
        fitting = self.browsers[6:] if "/staff" in route else self.browsers[3:6]
        browser = chance.choice(fitting if chance.random() < 0.8 else self.browsers)
        browser.source = f"192.0.{chance.randrange(256)}.{chance.randrange(256)}"
        cookies = dict(browser.cookies)
        if chance.random() < 0.02:
            method = chance.choice(("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "GET", "POST"))
        path = self._path(route, browser)
        headers = {chance.choice(HEADERS): self._header() for _ in range(chance.choice((0, 0, 0, 1, 2)))}
        body = self._body(browser, path, route, headers) if method == "POST" else None
        query = self._query() if chance.random() < 0.5 else ""
        if "/staff/return" in route and chance.random() < 0.85:
            query = f"id={quote(chance.choice(RETURNS))}" + (f"&{query}" if query else "")
        address = path + (f"?{query}" if query else "")
        said.append(f"{method} {address!r} {headers!r} {body!r}")
        if "cookie" not in headers and chance.random() < 0.1:
            browser.cookies[chance.choice(list(cookies) or ["vuelta_azulu"])] = self._header()
        answer = browser.send(method, address, body, headers)
        browser.answers.clear()
        if chance.random() < 0.9:  # else whoever signed out, or was signed out, goes on without
            browser.cookies = cookies
        self.found.statuses[answer["statusCode"]] += 1
        self.found.routes.add(f"{method} {route}")
        if answer["statusCode"] not in EXPECTED:
            return f"answered with {answer['statusCode']}"
        if not answer.get("isBase64Encoded") and answer["statusCode"] != 303 and chance.random() < 0.1:
            check_page(Page(address, answer["statusCode"], answer["headers"], answer["body"]))
        return ""

    def _path(self, route: str, browser: Browser) -> str:
        shops = [name.removeprefix("vuelta_staff_").removeprefix("vuelta_") for name in browser.cookies if "language" not in name]
        parts = []
        for part in route.split("/"):
            if part == "{shop}" and self.chance.random() < 0.97:
                parts.append(self.chance.choice(shops or ["azulu", "nurana", "alustoora"]))
            elif part == "{slot}" and self.chance.random() < 0.7:
                parts.append("1")
            elif part.startswith("{"):
                parts.append(quote(self._text(), safe="", errors="replace") or "-")
            else:
                parts.append(part)
        return "/".join(parts)

    def _body(self, browser: Browser, path: str, route: str, headers: dict[str, str]) -> bytes:
        """Return a body, mostly the fields of a form of the page that is there, with some of them spoiled."""
        chance = self.chance
        if chance.random() < 0.05:
            headers["content-type"] = chance.choice(KINDS)
        else:
            headers["content-type"] = FORM
        if chance.random() < 0.03:
            return chance.randbytes(chance.choice((0, 1, 50, 5000, 70_000)))
        fields = self._fields(browser, path)
        for _ in range(chance.choice((0, 1, 1, 2, 5))):
            name = chance.choice([*(name for name, _ in fields), *NAMES])
            if name == "csrf" and chance.random() < 0.9:
                continue
            match chance.randrange(4):
                case 0:
                    fields = [each for each in fields if each[0] != name]
                case 1:
                    fields.append((name, self._text()))
                case _:
                    fields = [(each, self._text() if each == name else value) for each, value in fields]
        chance.shuffle(fields)
        return urlencode(fields, errors="surrogatepass").encode()

    def _fields(self, browser: Browser, path: str) -> list[tuple[str, str]]:
        """Return fields of a form that goes to the path, filled in as somebody might, if a page here has one."""
        known = (id(browser), path)
        if known not in self.pages or self.chance.random() < 0.3:
            self.pages[known] = self._page_with(browser, path)
        page = self.pages[known]
        if page is None:
            return [("csrf", self.tokens.get(id(browser), "")), *((name, self._text()) for name in self.chance.sample(NAMES, 4))]
        _, held = next((form, held) for form, held in page.forms if form["action"].partition("?")[0] == path)
        options: dict[str, list[str]] = {}
        for tag, each in held:
            if (name := each.get("name")) and tag != "button":
                options.setdefault(name, []).append(each.get("value", self._text()))
        return [(name, self.chance.choice(values)) for name, values in options.items() if self.chance.random() < 0.9]

    def _page_with(self, browser: Browser, path: str) -> Page | None:
        stem = path.rpartition("/")[0]
        ids = self.chance.choice(RETURNS)
        here = (path, f"{path}?id={quote(ids)}", stem) if "/staff/return" in path else (path, stem, f"{stem}/items")
        for address in here:
            try:
                answer = browser.send("GET", address, None, {})
            except AssertionError:  # There is no such address.
                continue
            if answer["statusCode"] == 200 and not answer.get("isBase64Encoded"):
                page = Page(address, 200, answer["headers"], answer["body"])
                self.tokens |= {id(browser): each["value"] for each in page.all("input") if each.get("name") == "csrf"}
                if any(form["action"].partition("?")[0] == path for form, _ in page.forms):
                    return page
        return None

    def _query(self) -> str:
        return urlencode(
            [(self.chance.choice(NAMES), self._text()) for _ in range(self.chance.randrange(1, 4))], errors="replace"
        )

    def _header(self) -> str:
        return "".join(each for each in self._text() if each.isprintable())[:5000]

    def _text(self) -> str:
        """Return something that may be typed: what is known here, what attackers type, or noise."""
        chance = self.chance
        match chance.randrange(6):
            case 0 | 1:
                return chance.choice(self.known)
            case 2:
                return chance.choice(BASES)
            case 3:
                return chance.choice(DISGUISES)(chance.choice(BASES))
            case 4:
                return chance.choice(FIGURES)
        most = chance.choice((127, 0x600, 0x110000))
        letters = (chance.randrange(32, most) for _ in range(chance.randrange(60)))
        return "".join(map(chr, letters))


def _standing(state: str, place: int) -> Return:
    """Return a return that waits for the staff: to be decided, received, inspected or settled."""
    first = "under_review" if state == "under_review" else "authorised"
    plain = made(first, order_number=f"AZ-90{place}", draft_id=f"d{place}", email="x@example.com")
    if state in ("received", "accepted"):
        plain = came(plain)
    if state == "accepted":
        plain = looked_at(plain)
    return plain
