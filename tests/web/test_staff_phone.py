"""A return that the staff opens for a customer on the phone: the customer's steps, marked as theirs, and no link for them."""

from __future__ import annotations

from tests.web.browsing import Browser
from tests.web.conftest import Site
from tests.web.test_journeys import WAYS, go
from tests.web.test_sessions import Asked
from tests.web.test_staff_door import in_new, without

DECIDER, ADMIN = "sofia@azulu.example", "ana@azulu.example"
WAY = WAYS["azulu"]


def on_the_phone(site: Site, email: str = ADMIN, **fields: str) -> Browser:
    """Return a browser in which one of the staff has opened the order of azulu's way."""
    browser = site.staff(email)
    browser.get("/azulu/staff/phone?lang=en")
    browser.submit({"number": WAY.number, "email": site.addresses[WAY.number].upper(), **fields})
    return browser


def test_the_staff_goes_the_customer_s_steps_and_ends_at_the_return(site: Site) -> None:
    browser = on_the_phone(site)
    assert browser.page.address == "/azulu/items"
    assert "You are filling this in for valentina@example.com" in browser.page.text
    go(browser, WAY).submit()
    assert browser.page.address.startswith("/azulu/staff/return?id=AZ-1001%2F1")
    made = site.portal.returns.by_slot("azulu", "AZ1001", 1)
    assert made is not None
    assert (made.opened_by, made.timeline[0].by, made.email) == (ADMIN, ADMIN, "valentina@example.com")
    assert made.waiting_mails, "the customer hears of it"
    assert "vuelta_azulu" not in browser.cookies, "what the customer sees is closed again"
    assert browser.get("/azulu/items").status == 403


def test_the_mails_are_in_the_customer_s_language_whatever_the_staff_reads(site: Site) -> None:
    browser = on_the_phone(site, language="fa")
    assert browser.page.all("html")[0]["lang"] == "en"
    go(browser, WAY).submit()
    made = site.portal.returns.by_slot("azulu", "AZ1001", 1)
    assert made is not None
    assert made.language == "fa"


def test_the_order_opens_only_with_the_address_it_was_placed_with(site: Site) -> None:
    browser = site.staff(ADMIN)
    browser.get("/azulu/staff/phone")
    page = browser.submit({"number": "AZ-1001", "email": "else@example.com"})
    assert (page.status, page.field("number")["value"], page.field("email")["value"]) == (422, "AZ-1001", "else@example.com")
    assert "another e-mail address" in page.text
    assert "no return and no order" in browser.submit({"number": "AZ-9999", "email": "else@example.com"}).text
    assert browser.submit({}).status == 422
    assert "vuelta_azulu" not in browser.cookies


def test_the_customer_s_side_closes_with_the_staff_s_session(site: Site) -> None:
    browser = on_the_phone(site)
    alone = site.browser()
    alone.cookies = {"vuelta_azulu": browser.cookies["vuelta_azulu"]}
    assert alone.get("/azulu/items").address == "/azulu/staff/phone"
    assert "vuelta_azulu" not in alone.cookies
    removed = in_new(browser, without(site, ADMIN))
    assert removed.get("/azulu/items").status == 403
    assert "valentina" not in removed.page.text
    site.later(hours=2)
    assert browser.get("/azulu/items").address == "/azulu/staff/phone"


def test_the_next_call_reads_no_more_than_the_first(site: Site) -> None:
    browser, asked = on_the_phone(site), Asked(site)
    browser.get("/azulu/items")
    first = asked.taken()
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    browser.get("/azulu/staff/phone")
    browser.submit({"number": "AZ-1002", "email": site.addresses["AZ-1002"]})
    asked.taken()
    assert "AZ-1002" in browser.get("/azulu/items").text
    assert asked.taken() == first, "what was saved in another order is forgotten"


def test_another_of_the_staff_does_not_go_on_with_a_colleague_s_call(site: Site) -> None:
    browser = on_the_phone(site)
    other = site.staff(DECIDER)
    other.cookies["vuelta_azulu"] = browser.cookies["vuelta_azulu"]
    assert other.get("/azulu/items").address == "/azulu/staff/phone"


def test_stopping_leads_back_and_keeps_what_was_chosen(site: Site) -> None:
    browser = on_the_phone(site)
    browser.submit_to("/azulu/sign-out")
    assert browser.page.address == "/azulu/staff/phone"
    assert "vuelta_azulu" not in browser.cookies


def test_returns_made_before_are_seen_in_the_console_only(site: Site) -> None:
    browser = site.staff(ADMIN)
    browser.get("/azulu/staff/phone")
    browser.submit({"number": "AZ-1008", "email": site.addresses["AZ-1008"]})
    for path in ("/returns/1", "/returns/1/done", "/returns/1/cancel"):
        browser.get("/azulu/staff/phone")
        browser.submit({"number": "AZ-1008", "email": site.addresses["AZ-1008"]})
        browser.get(f"/azulu{path}")
        assert browser.redirects[-1] == "/azulu/staff/return?id=AZ-1008%2F1"


def test_saving_mails_the_link_to_the_customer_and_shows_none(site: Site) -> None:
    browser = on_the_phone(site, language="es")
    page = browser.submit_to("/azulu/items", {"then": "save"})
    assert page.address == "/azulu/saved"
    assert "/link/" not in page.body
    (lookup,) = site.portal.sessions.unanswered(site.portal.clock().replace(year=2027))
    assert (lookup.purpose, lookup.email, lookup.language) == ("resume", "valentina@example.com", "es")


def test_who_may_only_look_opens_nothing_for_anybody(site: Site) -> None:
    browser = site.staff("pat@alustoora.example")
    assert browser.get("/alustoora/staff/phone").status == 403
