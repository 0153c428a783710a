"""Sessions that somebody planted, copied or kept."""

from __future__ import annotations

import secrets

import pytest

from tests.web.conftest import Site
from tests.web.test_staff_queue import ADMIN


@pytest.mark.parametrize(("cookie", "inside"), [("vuelta_azulu", "/azulu/items"), ("vuelta_staff_azulu", "/azulu/staff")])
def test_a_session_that_somebody_planted_is_not_the_one_that_is_entered(site: Site, cookie: str, inside: str) -> None:
    planted = secrets.token_urlsafe(32)
    browser, attacker = site.browser(), site.browser()
    browser.cookies[cookie] = attacker.cookies[cookie] = planted
    browser.get(site.staff_link(ADMIN) if inside.endswith("/staff") else site.link("AZ-1001"))
    browser.submit()
    assert browser.page.status == 200
    assert browser.cookies[cookie] != planted
    assert attacker.get(inside).status == 403


def test_a_session_that_an_attacker_gives_away_shows_the_attackers_order_and_takes_nothing(site: Site) -> None:
    attacker, victim = site.inside("AZ-1001"), site.browser()
    victim.cookies |= {"vuelta_azulu": attacker.cookies["vuelta_azulu"]}
    victim.get(site.link("AZ-1002"))
    victim.submit()
    assert "AZ-1002" in victim.page.text
    assert "AZ-1002" not in attacker.get("/azulu/items").text


def test_a_stolen_session_is_over_with_the_one_it_was_taken_from(site: Site) -> None:
    customer, staff = site.inside("AZ-1001"), site.staff(ADMIN)
    for owner, page, out in ((customer, "/azulu/items", "/azulu/sign-out"), (staff, "/azulu/staff", "/azulu/staff/sign-out")):
        thief = site.browser()
        thief.cookies = dict(owner.cookies)
        assert thief.get(page).status == 200
        owner.get(page)
        owner.submit_to(out)
        assert thief.get(page).status == 403


def test_a_stolen_session_of_one_side_or_shop_opens_no_other(site: Site) -> None:
    customers = site.inside("AZ-1001").cookies["vuelta_azulu"]
    staffs = site.staff(ADMIN).cookies["vuelta_staff_azulu"]
    tried = [(f"vuelta_{shop}", f"/{shop}/items", secret) for shop in ("nurana", "alustoora") for secret in (customers, staffs)]
    tried += [
        (f"vuelta_staff_{shop}", f"/{shop}/staff", secret) for shop in ("nurana", "alustoora") for secret in (customers, staffs)
    ]
    tried += [("vuelta_azulu", "/azulu/items", staffs), ("vuelta_staff_azulu", "/azulu/staff", customers)]
    for name, address, secret in tried:
        thief = site.browser()
        thief.cookies = {name: secret}
        assert thief.get(address).status == 403, name
