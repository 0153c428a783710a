"""Promise 11: every page in every state, and every mail, is for everybody: for axe, as HTML, magnified, by keyboard alone.

The walks are those of the browser's tests. `size` is how many of them are gone, each in one language: all of them, in the order
of `TASKS`, if there are so many.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, Response

from tests.browser.customer import Customer
from tests.browser.inspection import AXE, NARROWEST, WIDTHS, faults, invalid, sticking_out
from tests.browser.shop import Order, Shops
from tests.browser.stage import open_browser, open_shops
from tests.browser.test_console import walk as console
from tests.browser.test_every_page import mails_of
from tests.browser.test_parcel_table import walk as parcel_table
from tests.browser.test_ways import test_a_throw_comes_back_by_keyboard_alone as a_throw_by_keyboard
from tests.browser.walks import WALKS, Bring, Stops
from tests.trust.table import Tried

LANGUAGES = ("es", "fa", "en")
SCHEMES = 2
# A window of 1280 × 1024 at 400 %.
MAGNIFIED = {"width": NARROWEST, "height": 256}
PATIENCE = 60_000


def staffs(walk: Callable[[Customer], Iterator[str]]) -> Callable[[Bring, str], Stops]:
    """Return a walk of the shop's people as one that is begun as the customers' are."""

    def begun(bring: Bring, language: str) -> Stops:
        at = bring("AZ-1002")
        yield from ((name, at) for name in walk(at))

    begun.__name__ = walk.__module__.rpartition("test_")[2]
    return begun


TASKS = [(walk, language) for walk in (*reversed(WALKS), staffs(console), staffs(parcel_table)) for language in LANGUAGES]
FULL, SMALL = len(TASKS), 1


@dataclass
class Seen:
    """How much was looked at, and what was wrong."""

    states: int = 0
    looks: int = 0
    faults: list[str] = field(default_factory=list)

    def look_at(self, page: Page, name: str) -> None:
        """Inspect a page at each width in each scheme, and magnified."""
        self.states += 1
        self.looks += len(WIDTHS) * SCHEMES + 1
        self.faults += faults(page, name)
        before = page.viewport_size
        page.set_viewport_size(MAGNIFIED)  # type: ignore[arg-type]
        self.faults += [f"{name} at 400 %: {each}" for each in sticking_out(page)]
        page.set_viewport_size(before)  # type: ignore[arg-type]

    def validate(self, pages: dict[str, str], kind: str = "page") -> None:
        """Hold the HTML of pages or mails to the standard."""
        self.looks += len(pages)
        self.faults += invalid(pages, kind)


def tried(size: int, seed: int) -> Tried:
    """Go `size` walks, and one journey by keyboard; lost is whatever axe, html-validate or a narrow window finds."""
    seen = Seen()
    with open_browser() as browser, open_shops() as shops:
        for walk, language in TASKS[:size]:
            walked(browser, shops, walk, language, seen)
            print(f"{walk.__name__} in {language}: {seen.states} states, {len(seen.faults)} faults", file=sys.stderr, flush=True)
        if size == FULL:
            by_keyboard(browser, shops, seen)
    for each in seen.faults[:30]:
        print(each[:500], file=sys.stderr)
    languages = len({each for _, each in TASKS[:size]})
    how = f"{seen.states:,} pages and mails, {languages} languages, {len(WIDTHS)} widths, light and dark, 400 %, keyboard"
    return Tried("Pages are for everybody", how, seen.looks, len(seen.faults), "axe violations, HTML errors, what sticks out")


def walked(browser: Browser, shops: Shops, walk: Callable[[Bring, str], Stops], language: str, seen: Seen) -> None:
    """Go one walk in one language, and look at every page and every mail on it."""
    contexts, customers, pages = [], [], {}
    arrived: list[Response] = []

    def bring(number: str) -> Customer:
        # Our content security policy lets no script in, the one that inspects neither; and what fades has no colour yet.
        customer = comer(browser, shops, shops.order(number), language, bypass_csp=True, reduced_motion="reduce")
        customer.page.context.add_init_script(path=AXE)
        customer.page.on("response", lambda answer: arrived.append(answer) if answer.request.is_navigation_request() else None)
        contexts.append(customer.page.context)
        customers.append(customer)
        return customer

    for name, customer in walk(bring, language):
        pages[name] = arrived[-1].text()
        seen.look_at(customer.page, f"{language} {name}")
    seen.validate(pages)
    mails = dict(mails_of(customers))
    for name, mail in mails.items():
        customers[0].page.goto(f"{shops.mailbox}/mail/{mail['id']}/html")
        seen.look_at(customers[0].page, f"{language} {name}")
    seen.validate({name: mail["html"] for name, mail in mails.items()}, "mail")
    for context in contexts:
        context.close()


def by_keyboard(browser: Browser, shops: Shops, seen: Seen) -> None:
    """Send something back by keyboard alone."""
    seen.looks += 1

    def comes(order: str, language: str, **options: Any) -> Customer:
        return comer(browser, shops, shops.order(order), language, **options)

    try:
        a_throw_by_keyboard(comes)
    except AssertionError as error:
        seen.faults.append(f"by keyboard: {error}")


def comer(browser: Browser, shops: Shops, order: Order, language: str, **options: Any) -> Customer:
    """Return a customer with a browser of their own."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    return Customer(context.new_page(), shops, order, language)
