"""Every address of the console, asked for by everybody: without the role or the token for it, nothing is shown or changed."""

from __future__ import annotations

from typing import get_args

import pytest

from chalicelib.domain.merchant import Role
from chalicelib.web.staff import ROUTES
from tests.web.asking import asked
from tests.web.browsing import FORM
from tests.web.conftest import Site

ROLES: tuple[Role, ...] = get_args(Role)
GUARDED = [(method, address, role) for method, address, _, role in ROUTES if role]


def staff_of(site: Site, role: Role) -> str:
    """Return the address of somebody at alustoora with this role."""
    return next(person.email for person in site.portal.shops["alustoora"].merchant.staff if person.role == role)


def written(site: Site) -> list[tuple[str, str, str]]:
    """Return every return as it stands, and every draft, link and session by name."""
    returns = site.client.scan(TableName=site.portal.settings.returns_table)["Items"]
    sessions = site.client.scan(TableName=site.portal.settings.sessions_table)["Items"]
    return sorted((item["pk"]["S"], item["sk"]["S"], str(item.get("version"))) for item in [*returns, *sessions])


@pytest.fixture(scope="module")
def place(quiet_site: Site) -> tuple[Site, str]:
    """A portal with one return, and what an address says of it."""
    return quiet_site, f"?id={asked(quiet_site, 'AL-1001').id.replace('/', '%2F')}"


def test_whoever_has_less_than_an_address_takes_is_refused_and_changes_nothing(place: tuple[Site, str]) -> None:
    site, named = place
    for role in sorted({person.role for person in site.portal.shops["alustoora"].merchant.staff} - {"admin"}):
        browser = site.staff(staff_of(site, role))
        token = browser.page.field("csrf")["value"]
        before = written(site)
        for method, address, needed in GUARDED:
            if ROLES.index(needed) <= ROLES.index(role):
                continue
            body = f"csrf={token}&seen=2&kind=exchange&then=fine&code=AL-1001".encode() if method == "POST" else None
            sent = {"content-type": FORM} if body else {}
            answer = browser.send(method, address.replace("{shop}", "alustoora") + named, body, sent)
            assert answer["statusCode"] == 403, f"{role}: {method} {address}"
        assert written(site) == before


def test_no_form_of_the_console_is_taken_without_its_token(place: tuple[Site, str]) -> None:
    site, named = place
    browser, stranger = site.staff(staff_of(site, "admin")), site.browser()
    other = site.staff(staff_of(site, "admin")).page.field("csrf")["value"]
    before = written(site)
    for method, address, _ in GUARDED:
        if method != "POST":
            continue
        for body in (b"", b"csrf=", f"csrf={other}".encode(), b"csrf=%00&then=fine&seen=2"):
            for who in (browser, stranger):
                answer = who.send("POST", address.replace("{shop}", "alustoora") + named, body, {"content-type": FORM})
                assert answer["statusCode"] == 403, f"{address} {body!r}"
    assert written(site) == before


def test_no_page_of_the_console_is_shown_to_strangers(place: tuple[Site, str]) -> None:
    site, named = place
    stranger = site.browser()
    for method, address, _ in GUARDED:
        if method == "GET":
            answer = stranger.send("GET", address.replace("{shop}", "alustoora") + named, None, {})
            assert answer["statusCode"] == 403, address
            assert "AL-1001" not in answer["body"]
