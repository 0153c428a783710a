"""A return's page and the parcel table in a browser, in three languages: for everybody, valid, and quick for a scanner."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import Comes
from tests.browser.customer import Customer
from tests.browser.inspection import found_on
from tests.browser.test_console import ADMIN, phone, sign_in

pytestmark = pytest.mark.browser


def asked(at: Customer) -> str:
    """Sign in and open a return for the customer; return its name in an address."""
    for step in (sign_in(at, ADMIN), phone(at)):
        for _ in step:
            pass
    return f"{at.order.number}/1"


def rma(at: Customer) -> str:
    """Return the return's RMA number, as the slip in the parcel has it."""
    shown = at.shops.staff("returns", "show", at.order.shop, f"{at.order.number}/1")
    return shown.split("RMA ")[1].split()[0]


def walk(at: Customer) -> Iterator[str]:
    """Decide on a return, take its parcel in, give what is due; with a stop at every page and every mistake."""
    name = asked(at)
    at.open(f"/staff/return?id={name}")
    yield "return"
    at.page.check("#answer-0-reject")
    at.page.locator(".outcomes details summary").last.click()
    at.page.fill("#amount-0", "999999999")
    at.press()
    yield "return-mistakes"
    at.page.check("#answer-0")
    at.page.fill("#amount-0", "")
    at.page.check("#outcome-0")
    at.page.fill("#internal", "A regular.")
    at.press()
    yield "return-approved"
    at.open("/staff/receive")
    yield "scan"
    at.page.keyboard.type("7K3M-2Q9X-4TDV-H0PB")
    with at.page.expect_navigation():
        at.page.keyboard.press("Enter")
    yield "scan-mistakes"
    at.page.fill("#code", rma(at))
    at.press()
    yield "parcel"
    at.page.check("#verdict-0-reduced")
    at.page.check("#condition-0-used")
    at.page.fill("#reduction-0", "999999999")
    at.follow("#step .actions button")
    yield "parcel-mistakes"
    at.page.fill("#reduction-0", "100")
    at.page.fill("#reason-0", "Un hilo suelto.")
    at.follow("#step .actions button")
    yield "scan-done"
    at.open(f"/staff/return/receive?id={name}")
    yield "parcel-over"
    at.open(f"/staff/return?id={name}")
    yield "return-accepted"
    at.open(f"/staff/return/settle?id={name}")
    yield "settle"
    at.press()
    yield "settle-mistakes"
    at.page.fill("#reference", "AZ-2001")
    at.press()
    yield "return-settled"
    at.open(f"/staff/return/settle?id={name}")
    yield "settle-over"


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_every_page_of_the_parcel_table_is_for_everybody(comes: Comes, language: str) -> None:
    at = comes("AZ-1002", language, bypass_csp=True, reduced_motion="reduce")
    assert "\n".join(found_on(at, walk)) == ""


def test_a_scanner_alone_leads_to_the_parcel_and_accepts_nothing_by_itself(comes: Comes) -> None:
    at = comes("AZ-1001", "en", java_script_enabled=False)
    name = asked(at)
    at.open("/staff/receive")
    for _ in range(2):
        at.page.keyboard.type(rma(at))
        at.page.keyboard.press("Enter")
        at.page.wait_for_url("**/return/receive?*")
    assert at.place == "/staff/return/receive", "the next scan types nowhere"
    assert "authorised" in at.shops.staff("returns", "show", at.order.shop, name)
    at.follow("#fine button")
    assert "accepted" in at.shops.staff("returns", "show", at.order.shop, name)
