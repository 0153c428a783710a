"""What each page takes on the server once an instance is awake: all but the time that calls of AWS take.

Time is that of the thread which answers, so that what else runs on a shared machine is not counted; a page waits for AWS only.
"""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Iterator
from typing import Any

from botocore.client import BaseClient

import chalicelib.awake  # noqa: F401 - as an instance begins, for its effect
from tests.bench.table import Figure, of_rounds
from tests.conftest import emulated_aws
from tests.web.browsing import Browser
from tests.web.conftest import Site, new_site
from tests.web.test_journeys import WAYS, go

ROUNDS = 25
MOST = 5.0
OUTSIDE = ("", "/policy", "/sent", "/gift", "/gift/sent", "/nothing-here")
INSIDE = ("/items", "/details", "/outcomes", "/check")
MADE = ("", "/done", "/slip", "/cancel")
PICTURE, PAPER = "/code.png", "/slip.pdf"
"""No pages; the paper is asked for seldom: it is listed, and nothing is asked of it."""
CONSOLE = ("", "/find", "/settings", "/phone", "/receive", "/sign-in")


class Waited:
    """The seconds that calls of AWS took."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Watch every call that any client makes."""
        call = BaseClient._make_api_call

        def timed(client: BaseClient, *asked: Any) -> Any:
            started = time.thread_time()
            try:
                return call(client, *asked)
            finally:
                self.seconds += time.thread_time() - started

        BaseClient._make_api_call = timed
        try:
            yield
        finally:
            BaseClient._make_api_call = call


def measured() -> list[Figure]:
    """Open every kind of page again and again."""
    with emulated_aws(), contextlib.redirect_stdout(io.StringIO()):
        site, waited = new_site(), Waited()
        with waited.watching():
            return [took(browser, address, waited) for browser, address in pages(site)]


def pages(site: Site) -> Iterator[tuple[Browser, str]]:
    """Yield each page with the browser that may open it."""
    outside = site.browser()
    yield from ((outside, f"/azulu{path}") for path in OUTSIDE)
    yield outside, site.link("AZ-1007")
    inside = site.inside("AZ-1001")
    go(inside, WAYS["azulu"])
    yield from ((inside, f"/azulu{path}") for path in INSIDE)
    inside.submit()
    yield from ((inside, f"/azulu/returns/1{path}") for path in (*MADE, PICTURE, PAPER))
    many = site.inside("AZ-1004")
    yield many, "/azulu/items?of=six-lines"
    persian = site.inside("NU-1001", "fa")
    go(persian, WAYS["nurana"])
    yield from ((persian, f"/nurana{path}") for path in INSIDE)
    console = site.staff("ana@azulu.example")
    yield from ((console, f"/azulu/staff{path}") for path in CONSOLE)


def took(browser: Browser, address: str, waited: Waited) -> Figure:
    """Return the milliseconds of one page."""
    rounds = []
    for _ in range(ROUNDS):
        event = browser.event("GET", address, None, {})
        before = waited.seconds
        started = time.thread_time()
        browser.app(event, None)
        rounds.append((time.thread_time() - started - (waited.seconds - before)) * 1000)
    shown = "/azulu/link/…" if "/link/" in address else address
    if address.endswith(PAPER):
        return of_rounds(f"{shown}, a file, warm", rounds, "ms")
    return of_rounds(f"{shown}, warm", rounds, "ms", at_most=MOST)
