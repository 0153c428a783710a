"""The staff's pages in a browser, in three languages, at two widths, in light and dark: for everybody, and valid."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import Comes
from tests.browser.customer import Customer
from tests.browser.inspection import found_on

pytestmark = pytest.mark.browser

ADMIN, DECIDER = "ana@azulu.example", "sofia@azulu.example"


def sign_in(at: Customer, email: str) -> Iterator[str]:
    """Come in by the mailed link, with a stop at every page."""
    before = len(at.shops.run.mails(0, email))
    at.open(f"/staff/sign-in?lang={at.language}")
    yield "sign-in"
    at.press()
    yield "sign-in-mistakes"
    at.page.fill("#email", email)
    at.press()
    yield "sign-in-sent"
    link = next(link for link in at.shops.run.mails(before + 1, email)[-1]["links"] if "/staff/link/" in link)
    at.page.goto(link)
    yield "sign-in-link"
    at.press()


def walk(at: Customer) -> Iterator[str]:
    """Go through the console: in, a return by phone, the queue, the finder, the settings, and out."""
    yield from sign_in(at, ADMIN)
    yield from phone(at)
    yield from queue(at)
    yield from looking(at)
    yield from kept_out(at)


def phone(at: Customer) -> Iterator[str]:
    """Open a return for a customer on the phone."""
    at.open("/staff/phone")
    yield "phone"
    at.press()
    yield "phone-mistakes"
    at.page.fill("#number", at.order.number)
    at.page.fill("#email", at.order.email)
    at.press()
    yield "by-phone-items"
    at.take("1")
    at.press()
    at.say("1", "size")
    at.press()
    yield "by-phone-outcomes"
    at.send("mail")
    at.page.locator('[name="outcome-1"]:visible').first.check()
    at.press()
    yield "by-phone-check"
    at.press()
    assert at.place == "/staff/return"


def queue(at: Customer) -> Iterator[str]:
    """Look at what waits, take a return and approve it."""
    at.open("/staff")
    yield "queue"
    at.follow('button[value="approve"]')
    yield "queue-mistakes"
    at.page.locator(".row", has_text=f"{at.order.number}/1").locator("input").check()
    at.follow('button[value="assign"]')
    yield "queue-assigned"
    at.open("/staff?mine=1")
    at.page.locator(".row", has_text=f"{at.order.number}/1").locator("input").check()
    at.follow('button[value="approve"]')
    yield "approve"
    at.press()
    yield "queue-approved"
    at.open("/staff?sku=no-such&reason=size&since=2026-13-01")
    yield "queue-filter-mistakes"
    at.open("/staff?sku=no-such")
    yield "queue-nothing"


def looking(at: Customer) -> Iterator[str]:
    """Find something, find nothing, and look at how the shop is set up."""
    at.open("/staff/find")
    yield "find"
    at.open("/staff/find?q=7K3M-2Q9X-4TDV-H0PB")
    yield "find-nothing"
    at.open("/staff/find?q=lucia@example.com")
    yield "find-order"
    at.open("/staff/settings")
    yield "settings"
    at.open("/staff/nothing-stands-here")
    yield "nothing-there"


def kept_out(at: Customer) -> Iterator[str]:
    """Sign out, and stand before what does not open: a link, a page for another role, a session that is over."""
    at.open("/staff")
    at.follow('form[action$="/sign-out"] button')
    at.open("/staff/link/nothing-that-was-ever-mailed")
    yield "link-unknown"
    at.page.context.clear_cookies()
    for _ in sign_in(at, DECIDER):
        pass
    at.open(f"/staff/receive?lang={at.language}")
    yield "role"
    at.page.context.add_cookies([{"name": "vuelta_staff_azulu", "value": "over", "url": at.shops.url}])
    at.open("/staff")
    yield "ended"


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_every_page_of_the_console_is_for_everybody(comes: Comes, language: str) -> None:
    at = comes("AZ-1002", language, bypass_csp=True, reduced_motion="reduce")
    assert "\n".join(found_on(at, walk)) == ""


def test_an_order_is_found_for_a_call_and_the_console_left_without_scripts(comes: Comes) -> None:
    at = comes("AZ-1002", "en", java_script_enabled=False)
    for _ in sign_in(at, ADMIN):
        pass
    at.open("/staff/find?q=" + at.order.number)
    assert at.order.number in at.text()
    at.follow('a[href*="/staff/phone?number="]')
    assert at.page.locator("#number").input_value() == at.order.number
    at.follow('form[action$="/sign-out"] button')
    assert at.place == "/staff/sign-in"
    at.open("/staff/find")
    assert at.page.locator("#email").is_visible(), "whoever left has to sign in again"
