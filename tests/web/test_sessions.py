"""Sessions that somebody planted or stole, cookies from elsewhere, and addresses that claim another host: none of them helps."""

from __future__ import annotations

import pytest

from chalicelib.labelling import Labelling
from chalicelib.web import customer, staff
from chalicelib.worker import Worker
from tests.mailroom import Postbox, event
from tests.web.asking import ANA
from tests.web.browsing import Browser
from tests.web.conftest import Site, new_site

HOSTS = [
    {"host": "evil.example"},
    {"x_forwarded_host": "evil.example", "x_forwarded_proto": "gopher", "x_forwarded_prefix": "//evil.example"},
    {"forwarded": "host=evil.example;proto=http"},
    {"x_original_url": "//evil.example/azulu", "x_rewrite_url": "//evil.example"},
]


def with_cookies(site: Site, **cookies: str) -> Browser:
    """Return a browser into which somebody put these cookies."""
    browser = site.browser()
    browser.cookies = cookies
    return browser


def worker(site: Site, box: Postbox) -> Worker:
    """Return what answers wishes, with a box for its mails."""
    wired = site.portal
    labelling = Labelling(wired.returns, wired.files, wired.shops, lambda name: None, wired.clock)
    url = wired.settings.portal_url
    return Worker(wired.access, wired.staff, wired.returns, wired.sessions, wired.shops, box, wired.clock, url, labelling)


def test_a_session_that_was_planted_is_not_the_one_that_opens(site: Site) -> None:
    thiefs = site.inside("AZ-1002").cookies["vuelta_azulu"]
    for planted in ("chosen-by-somebody", thiefs):
        victim = with_cookies(site, vuelta_azulu=planted)
        victim.get(site.link("AZ-1004"))
        assert victim.submit().status == 200
        assert victim.cookies["vuelta_azulu"] not in (planted, thiefs)
        assert "AZ-1004" in victim.get("/azulu/items").text
        assert "AZ-1004" not in with_cookies(site, vuelta_azulu=planted).get("/azulu/items").text


def test_a_session_of_the_staff_that_was_planted_is_not_the_one_that_opens(site: Site) -> None:
    for planted in ("chosen-by-somebody", site.staff(ANA).cookies["vuelta_staff_azulu"]):
        victim = with_cookies(site, vuelta_staff_azulu=planted)
        victim.get(site.staff_link(ANA))
        assert victim.submit().status == 200
        assert victim.cookies["vuelta_staff_azulu"] != planted
        assert with_cookies(site, vuelta_staff_azulu=planted).get("/azulu/staff").status == 403


def test_a_stolen_session_ends_with_the_one_that_it_was_stolen_from(site: Site) -> None:
    for browser, name, inside, out in (
        (site.inside("AZ-1001"), "vuelta_azulu", "/azulu/items", "/azulu/sign-out"),
        (site.staff(ANA), "vuelta_staff_azulu", "/azulu/staff", "/azulu/staff/sign-out"),
    ):
        thief = with_cookies(site, **{name: browser.cookies[name]})
        assert thief.get(inside).status == 200
        token = browser.page.field("csrf")["value"]
        browser.post(out, {"csrf": token})
        assert thief.get(inside).status == 403
        assert thief.post(inside if name == "vuelta_azulu" else f"{inside}/bulk", {"csrf": token}).status == 403


def test_a_token_of_a_form_opens_nothing_and_says_nothing_of_the_session(site: Site) -> None:
    for browser, name, inside in (
        (site.inside("AZ-1001"), "vuelta_azulu", "/azulu/items"),
        (site.staff(ANA), "vuelta_staff_azulu", "/azulu/staff"),
    ):
        browser.get(inside)
        assert browser.cookies[name] not in browser.page.body
        token = browser.page.field("csrf")["value"]
        assert with_cookies(site, **{name: token}).get(inside).status == 403


def test_a_cookie_that_any_neighbour_could_have_set_is_none_over_https(aws: None) -> None:
    site = new_site("https://returns.example.com")
    inside = site.inside("AZ-1001")
    ((name, secret),) = ((name, secret) for name, secret in inside.cookies.items() if "azulu" in name)
    assert name == "__Host-vuelta_azulu"
    assert with_cookies(site, vuelta_azulu=secret).get("/azulu/items").status == 403
    assert with_cookies(site, **{name: secret}).get("/azulu/items").status == 200


@pytest.mark.parametrize("headers", HOSTS, ids=lambda headers: next(iter(headers)))
def test_no_page_and_no_redirect_leads_to_a_host_that_a_request_names(quiet_site: Site, headers: dict[str, str]) -> None:
    browser = quiet_site.browser()
    for method, address, *_ in (*customer.ROUTES, *staff.ROUTES):
        path = address.replace("{shop}", "azulu").replace("{slot}", "1").replace("{token}", "x")
        if method == "GET" and "{" not in path:
            answer = browser.send("GET", path, None, headers)
            assert "evil" not in answer["body"], path
            assert "evil" not in str(answer["headers"]), path


@pytest.mark.parametrize("headers", HOSTS, ids=lambda headers: next(iter(headers)))
def test_a_mail_leads_to_the_portal_whatever_host_its_wish_named(site: Site, headers: dict[str, str]) -> None:
    browser, box = site.browser(), Postbox()
    browser.post("/azulu/find", {"number": "AZ-1001", "email": site.addresses["AZ-1001"]}, **headers)
    settings = site.portal.settings
    items = site.client.scan(TableName=settings.sessions_table)["Items"]
    worker(site, box).deliver(event(*(item for item in items if item["type"]["S"] == "lookup")))
    (mail,) = box.mails
    assert settings.portal_url in str(mail.get_body(("plain",)))
    assert "evil" not in str(mail)
