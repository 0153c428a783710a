"""Sessions that somebody planted, copied or kept."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from chalicelib.access import csrf_token
from chalicelib.adapters.dynamodb import packed
from chalicelib.adapters.items import order_to_item
from chalicelib.bootstrap import build
from chalicelib.domain.identifiers import fold_email
from chalicelib.domain.seats import Seat, beside, cookie_beside, cookie_in_link, digest, link_seat
from chalicelib.domain.visits import LINK_LIFE, SESSION_LIFE, Link, Session
from tests.web.browsing import Browser
from tests.web.conftest import NOON, Site
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


class Asked:
    """Which calls a portal makes: what of which key."""

    def __init__(self, site: Site) -> None:
        self._calls: list[tuple[str, str]] = []
        site.client.meta.events.register("provide-client-params.dynamodb", self._note)

    def taken(self) -> list[tuple[str, str]]:
        """Return the calls since this was last asked."""
        taken, self._calls = self._calls, []
        return taken

    def _note(self, params: dict[str, Any], model: Any, **_: object) -> None:
        key = params["Key"]["sk"]["S"] if "Key" in params else params.get("KeyConditionExpression", "")
        self._calls.append((model.name, str(key).partition("#")[0]))


ALONE = [("GetItem", "SESSION"), ("GetItem", "SESSION")]
"""A session that is not there: it was looked for, by itself, once more as it stands now, and nothing else was read."""


def instance(site: Site, browser: Browser) -> Browser:
    """Return the same browser in front of another function of the same portal, which has not seen it yet."""
    portal = build(site.portal.settings, site.client, site.portal.clock)
    other = Browser(portal)
    other.cookies = browser.cookies
    return other


def cookie_for(number: str, shape: str) -> str:
    """Return a cookie that names an order and that nobody was given."""
    made_up = {"own": cookie_beside(number, NOON, secrets.token_urlsafe(32))}
    seat = link_seat(beside(number, NOON, secrets.token_urlsafe(32)))
    assert seat is not None
    return made_up.get(shape) or cookie_in_link(seat, secrets.token_urlsafe(32))


@pytest.mark.parametrize("shape", ["own", "in its link"])
@pytest.mark.parametrize("address", ["/azulu/items", "/azulu/check", "/azulu/returns/1"])
def test_a_made_up_cookie_learns_nothing_of_the_order_that_it_names(quiet_site: Site, shape: str, address: str) -> None:
    asked, answers = Asked(quiet_site), []
    for number in ("AZ1001", "AZ1008", "AZ9999"):
        browser = quiet_site.browser()
        browser.cookies["vuelta_azulu"] = cookie_for(number, shape)
        for _ in range(2):
            page = browser.get(address)
            answers.append(page.body.replace(csrf_token(browser.cookies["vuelta_azulu"]), ""))
            assert page.status == 403
            assert asked.taken() == ALONE, "an order that is there must not even take longer"
    assert len(set(answers)) == 1


@pytest.mark.parametrize("purpose", ["access", "resume"])
def test_a_cookie_of_one_shop_learns_nothing_of_an_order_with_that_number_at_another(site: Site, purpose: str) -> None:
    browser = site.browser()
    browser.get(site.link("AZ-1001", purpose))
    browser.submit()
    asked = Asked(site)
    browser.cookies["vuelta_nurana"] = browser.cookies["vuelta_azulu"]
    assert browser.get("/nurana/items").status == 403
    assert asked.taken() == ALONE, "it was found at the other shop only"


def test_a_page_is_one_read_and_the_first_of_each_instance_two(site: Site) -> None:
    browser = site.inside("AZ-1001")
    asked = Asked(site)
    browser.get("/azulu/items")
    assert [name for name, _ in asked.taken()] == ["Query"]
    other = instance(site, browser)
    assert other.get("/azulu/items").status == 200
    assert [name for name, _ in asked.taken()] == ["GetItem", "Query"]
    assert other.get("/azulu/items").status == 200
    assert [name for name, _ in asked.taken()] == ["Query"]


def test_who_signs_out_is_out_at_every_instance_that_knew_them(site: Site) -> None:
    browser = site.inside("AZ-1001")
    thief = instance(site, site.browser())
    thief.cookies = dict(browser.cookies)
    assert thief.get("/azulu/items").status == 200
    browser.get("/azulu/items")
    browser.submit_to("/azulu/sign-out")
    assert thief.get("/azulu/items").status == 403


@pytest.mark.parametrize("purpose", ["access", "resume", "return"])
def test_a_session_is_over_after_its_time_whichever_link_opened_it(site: Site, purpose: str) -> None:
    browser = site.browser()
    browser.get(site.link("AZ-1008", purpose, 1))
    browser.submit()
    assert browser.get("/azulu/returns/1").status == 200
    site.later(seconds=SESSION_LIFE.total_seconds() - 1)
    assert browser.get("/azulu/returns/1").status == 200
    site.later(seconds=1)
    page = browser.get("/azulu/returns/1")
    assert page.status == 403
    assert "AZ-1008" not in page.text


def given_away(site: Site, number: str) -> str:
    """Let the shop say that an order is somebody else's; return what was bought."""
    stored, _ = site.portal.returns.order_with_returns("azulu", number)
    assert stored is not None
    theirs = stored.model_copy(update={"email": "somebody.else@example.com"})
    site.client.put_item(TableName=site.portal.settings.returns_table, Item=packed(order_to_item(theirs)))
    return stored.order.lines[0].name


def test_an_order_that_became_somebody_elses_is_not_shown_to_an_open_session(site: Site) -> None:
    browser = site.inside("AZ-1001")
    assert browser.get("/azulu/items").status == 200
    bought = given_away(site, "AZ1001")
    page = browser.get("/azulu/items")
    assert page.status == 403
    assert bought not in page.text


@pytest.mark.parametrize("purpose", ["access", "resume", "return"])
def test_a_link_to_an_order_that_became_somebody_elses_shows_nothing_of_it(site: Site, purpose: str) -> None:
    browser, link = site.browser(), site.link("AZ-1008", purpose, 1)
    bought = given_away(site, "AZ1008")
    for page in (browser.post(link, {}), browser.get("/azulu/items"), browser.get("/azulu/returns/1")):
        assert page.status == 403
        assert bought not in page.text


def test_a_crowd_of_sessions_makes_no_page_fail(site: Site) -> None:
    first = site.inside("AZ-1001")
    site.later(seconds=1)
    link = site.link("AZ-1001", "resume")
    for _ in range(12):
        browser = site.browser()
        assert browser.post(link, {}).status == 200
    assert first.get("/azulu/items").status == 200
    assert browser.get("/azulu/items").status == 200


def test_a_session_and_a_link_of_before_they_stood_beside_their_order_work_on(site: Site) -> None:
    plain: dict[str, Any] = {"merchant": "azulu", "number": "AZ1001", "email": fold_email(site.addresses["AZ-1001"])}
    old = Link(
        digest=digest("old"), written="AZ-1001", language="en", purpose="access", expires_at=NOON + LINK_LIFE["access"], **plain
    )
    site.portal.sessions.add_link(old, Seat(old.digest))
    browser = site.browser()
    browser.get("/azulu/link/old")
    assert browser.submit().address == "/azulu/items"
    assert "AZ-1001" in browser.page.text
    session = Session(digest=digest("cookie"), language="en", expires_at=NOON + SESSION_LIFE, **plain)
    site.portal.sessions.add_session(session, Seat(session.digest))
    other = site.browser()
    other.cookies["vuelta_azulu"] = "cookie"
    assert "AZ-1001" in other.get("/azulu/items").text
    other.submit_to("/azulu/sign-out")
    assert other.get("/azulu/items").status == 403
