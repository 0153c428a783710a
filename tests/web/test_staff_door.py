"""The staff's way in: links for listed addresses only, sessions that end, roles that the shop's file gives, and nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.bootstrap import Portal
from chalicelib.shops import Shop
from chalicelib.web.staff import ROUTES
from tests.web.browsing import FORM, Browser
from tests.web.conftest import Site, new_site
from tests.web.test_the_way_in import shape

ADMIN, DECIDER, SETTLER = "ana@azulu.example", "sofia@azulu.example", "luis@azulu.example"


def without(site: Site, email: str) -> Site:
    """Return the site as it is once the shop's file no longer lists somebody."""
    portal = site.portal
    merchant = portal.shops["azulu"].merchant
    kept = tuple(person for person in merchant.staff if person.email != email)
    shops = {**portal.shops, "azulu": replace(portal.shops["azulu"], merchant=merchant.model_copy(update={"staff": kept}))}
    return replace(site, portal=with_shops(portal, shops))


def with_shops(portal: Portal, shops: dict[str, Shop]) -> Portal:
    """Return the portal with other shops' files."""
    return replace(portal, shops=shops, staff=replace(portal.staff, shops=shops))


def in_new(browser: Browser, site: Site) -> Browser:
    """Return a browser with the same cookies in front of another portal."""
    other = site.browser()
    other.cookies = dict(browser.cookies)
    return other


def test_every_route_that_changes_something_names_a_role_except_the_way_in() -> None:
    open_to_all = {view for method, _, view, role in ROUTES if method == "POST" and role is None}
    assert open_to_all == {"staff_door.ask", "staff_door.enter"}


def test_asking_for_a_link_answers_the_same_whoever_asks(site: Site) -> None:
    browser = site.browser()
    answers = []
    for email in (ADMIN, "nobody@azulu.example", "valentina@example.com"):
        body = f"email={email.replace('@', '%40')}".encode()
        answers.append(shape(browser.send("POST", "/azulu/staff/sign-in", body, {"content-type": FORM})))
    assert len({str(each) for each in answers}) == 1
    assert answers[0][0] == 303


def test_mistakes_stand_on_top_and_beside_the_field_with_what_was_typed(quiet_site: Site) -> None:
    page = quiet_site.browser().post("/azulu/staff/sign-in", {"email": "ana at azulu"})
    assert (page.status, page.field("email")["value"]) == (422, "ana at azulu")
    assert any(each["href"] == "#email" for each in page.all("a"))
    assert quiet_site.browser().post("/azulu/staff/sign-in", {}).status == 422


def test_opening_a_link_changes_nothing_and_pressing_its_button_signs_in_once(site: Site) -> None:
    address = site.staff_link(ADMIN)
    scanner, browser, thief = site.browser(), site.browser(), site.browser()
    scanner.get(address)
    assert scanner.cookies == {}
    assert "Ana Restrepo" in browser.get(address).text
    assert browser.submit().address == "/azulu/staff"
    assert browser.get(address).address == "/azulu/staff", "a second press of the button leads on"
    assert thief.get(address).status == 410
    assert thief.post(address, {}).status == 410
    assert thief.cookies == {}


def test_a_link_ends_after_ten_minutes(site: Site) -> None:
    address = site.staff_link(ADMIN)
    site.later(minutes=10)
    assert site.browser().get(address).status == 410


def test_a_link_of_one_shop_is_unknown_at_another_and_at_the_customers_door(site: Site) -> None:
    address = site.staff_link(ADMIN)
    assert site.browser().get(address.replace("/azulu/", "/nurana/")).status == 404
    assert site.browser().get(address.replace("/staff", "")).status == 404
    customers = site.link("AZ-1001")
    assert site.browser().get(customers.replace("/azulu/", "/azulu/staff/")).status == 404


def test_neither_session_opens_the_other_side(site: Site) -> None:
    customer = site.inside("AZ-1001")
    assert customer.get("/azulu/staff").status == 403
    staff = site.staff(ADMIN)
    assert staff.get("/azulu/items").status == 403
    assert site.staff(ADMIN).get("/nurana/staff").status == 403
    forged = site.browser()
    forged.cookies = {"vuelta_azulu": staff.cookies["vuelta_staff_azulu"], "vuelta_staff_azulu": customer.cookies["vuelta_azulu"]}
    assert forged.get("/azulu/staff").status == 403
    assert forged.get("/azulu/items").status == 403


def test_whoever_the_shop_no_longer_lists_is_out_at_once(site: Site) -> None:
    browser = site.staff(DECIDER)
    assert browser.get("/azulu/staff").status == 200
    link = site.staff_link(DECIDER)
    removed = without(site, DECIDER)
    assert in_new(browser, removed).get("/azulu/staff").status == 403
    assert removed.browser().get(link).status == 404


def test_a_session_ends_after_an_hour_without_use_and_after_eight_hours_with(site: Site) -> None:
    browser = site.staff(ADMIN)
    for _ in range(7):
        site.later(minutes=59)
        assert browser.get("/azulu/staff").status == 200
    site.later(minutes=59)
    assert browser.get("/azulu/staff").status == 200
    site.later(minutes=9)
    assert browser.get("/azulu/staff").status == 403
    idle = site.staff(ADMIN)
    site.later(minutes=60)
    assert idle.get("/azulu/staff").status == 403


def test_what_was_written_on_a_page_that_outlived_its_session_is_shown_again(site: Site) -> None:
    browser = site.staff(ADMIN)
    token = browser.page.field("csrf")["value"]
    site.later(hours=2)
    page = browser.post("/azulu/staff/sign-out", {"csrf": token, "note": "The seam is torn <b>on the left</b>."})
    assert page.status == 403
    assert "The seam is torn <b>on the left</b>." in page.text
    assert token not in page.text


def test_signing_out_needs_the_token_and_ends_the_session_for_good(site: Site) -> None:
    browser = site.staff(ADMIN)
    kept = dict(browser.cookies)
    assert browser.post("/azulu/staff/sign-out", {}).status == 403
    assert browser.get("/azulu/staff").status == 200
    assert browser.submit_to("/azulu/staff/sign-out").address == "/azulu/staff/sign-in"
    browser.cookies = kept
    assert browser.get("/azulu/staff").status == 403


def test_a_page_that_was_asked_for_before_signing_in_comes_after_it(site: Site) -> None:
    browser = site.browser()
    wanted = "/azulu/staff/return?id=AZ-1008%2F1"
    assert browser.get(wanted).status == 403
    browser.get(site.staff_link(ADMIN))
    browser.submit()
    assert browser.redirects == [wanted]
    assert not any("next" in name for name in browser.cookies)
    browser.submit_to("/azulu/staff/sign-out")
    browser.get(site.staff_link(ADMIN))
    assert browser.submit().address == "/azulu/staff", "only once"


@pytest.mark.parametrize(
    "planted", ["//evil.example", "/link/x", "%2F%2Fevil.example", "/return?id=%0d%0aSet-Cookie:x", "\\\\evil"]
)
def test_nothing_but_a_page_of_the_console_is_led_to_after_signing_in(site: Site, planted: str) -> None:
    browser = site.browser()
    browser.cookies["vuelta_staff_next_azulu"] = planted
    browser.get(site.staff_link(ADMIN))
    browser.submit()
    assert browser.redirects[0].startswith("/azulu/staff")
    assert "evil" not in browser.redirects[0]
    assert browser.page.status in (200, 404)


def test_signing_in_again_ends_the_session_that_the_browser_had(site: Site) -> None:
    browser = site.staff(ADMIN)
    former = dict(browser.cookies)
    browser.get(site.staff_link(DECIDER))
    browser.submit()
    assert "Sofía Mejía" in browser.page.text
    browser.cookies = former
    assert browser.get("/azulu/staff").status == 403


def test_the_console_works_behind_a_stage_of_the_gateway(site: Site) -> None:
    browser = Browser(site.portal, stage="/api")
    browser.get(site.staff_link(ADMIN).replace("/azulu", "/api/azulu"))
    assert browser.submit().address == "/api/azulu/staff"
    assert all(each["href"].startswith(("/api/azulu", "?", "#", "mailto:", "tel:")) for each in browser.page.all("a"))
    assert browser.submit_to("/api/azulu/staff/sign-out").address == "/api/azulu/staff/sign-in"


def test_a_form_that_another_site_posts_is_refused(site: Site) -> None:
    browser = site.staff(ADMIN)
    token = browser.page.field("csrf")["value"]
    assert browser.post("/azulu/staff/sign-out", {"csrf": token}, sec_fetch_site="cross-site").status == 403
    assert browser.get("/azulu/staff").status == 200


def test_the_cookie_insists_on_its_host_over_https(aws: None) -> None:
    site = new_site("https://returns.example.com")
    browser = site.staff(ADMIN)
    assert "__Host-vuelta_staff_azulu" in browser.cookies


def test_only_ten_links_an_hour_go_to_one_of_the_staff_from_one_source(site: Site) -> None:
    for _ in range(10):
        site.staff_link(ADMIN)
    with pytest.raises(AssertionError, match="none of the staff"):
        site.staff_link(ADMIN)
    site.staff_link(DECIDER)


@pytest.mark.parametrize("path", ["x", "x/y", "x/y/z", "link", "link/-", "return/x/y"])
def test_addresses_below_the_console_that_nothing_stands_at_say_so(quiet_site: Site, path: str) -> None:
    assert quiet_site.browser().get(f"/azulu/staff/{path}").status == 404


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("es", "ltr"), ("fa", "rtl")])
def test_the_console_speaks_the_reader_s_language(quiet_site: Site, language: str, direction: str) -> None:
    page = quiet_site.browser(language).get("/azulu/staff/sign-in")
    assert (page.all("html")[0]["lang"], page.all("html")[0]["dir"]) == (language, direction)


def test_the_language_that_the_shop_notes_for_somebody_counts_until_they_choose_another(site: Site) -> None:
    browser = site.staff(DECIDER, "en")
    assert browser.page.all("html")[0]["lang"] == "es"
    assert browser.get("/azulu/staff?lang=fa").all("html")[0]["lang"] == "fa"
    assert browser.get("/azulu/staff").all("html")[0]["lang"] == "fa"
