"""Whatever is posted to the staff's forms or stands in their addresses: a page that says so, and nothing that works as markup."""

from __future__ import annotations

import html
import itertools
from urllib.parse import quote

import pytest

from chalicelib.web import customer, staff
from tests.web.conftest import Site
from tests.web.test_hostile_input import HOSTILE
from tests.web.test_staff_queue import ADMIN, put

FIELDS = ["email", "number", "language", "act", "sure", "note", "back", "after", "pick-1", "lang", "q", "csrf"]
QUERIES = [
    "state",
    "since",
    "until",
    "sku",
    "reason",
    "mine",
    "after",
    "results",
    "q",
    "number",
    "version",
    "lang",
    "id",
    "notice",
]


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_value_of_any_field_brings_the_console_down(site: Site, payload: str) -> None:
    put(site, 101)
    value = HOSTILE[payload]
    browser = site.staff(ADMIN)
    csrf = browser.page.field("csrf")["value"]
    for path in ("bulk", "phone", "sign-in", "link/x"):
        for name in FIELDS:
            fields = {"csrf": csrf, "act": "approve", "pick-1": "AZ-101/1 2"} | ({name: value} if value is not None else {})
            page = browser.post(f"/azulu/staff/{path}", fields)
            assert page.status in (200, 400, 403, 404, 422), f"{path} {name}: {page.status}"
            assert_harmless(page.body, value)


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_value_in_any_address_brings_the_console_down(site: Site, payload: str) -> None:
    put(site, 101)
    value = HOSTILE[payload] or ""
    browser = site.staff(ADMIN)
    for path in ("", "/find", "/phone", "/settings", "/sign-in", "/return"):
        address = "&".join(f"{name}={quote(value)}" for name in QUERIES)
        page = browser.get(f"/azulu/staff{path}?{address}")
        assert page.status in (200, 404, 422), f"{path}: {page.status}"
        assert_harmless(page.body, HOSTILE[payload])


def test_what_is_no_text_in_an_address_is_no_trouble(site: Site) -> None:
    for browser in (site.browser(), site.staff(ADMIN)):
        for path in ("", "/find", "/return", "/phone", "/settings"):
            answer = browser.send("GET", f"/azulu/staff{path}?q=\ud800&sku=\ud800&id=\ud800&number=\ud800&since=\ud800", None, {})
            assert answer["statusCode"] in (200, 403, 404, 422), path


def assert_harmless(body: str, value: str | None) -> None:
    """Hold a page to repeat what was typed as text only."""
    if value and html.escape(value) != value and len(value) > 6:
        assert value not in body


def test_no_two_routes_call_the_same_part_of_an_address_differently() -> None:
    """API Gateway keeps routes as a tree and knows one variable below each part."""
    names: dict[tuple[str, ...], set[str]] = {}
    for _, address, *_ in itertools.chain(customer.ROUTES, staff.ROUTES):
        parts = tuple(address.strip("/").split("/"))
        for place, part in enumerate(parts):
            if part.startswith("{"):
                names.setdefault(parts[:place], set()).add(part)
    assert all(len(found) == 1 for found in names.values()), names


def test_every_address_of_the_staff_s_forms_answers_a_get(site: Site) -> None:
    """A form's address that is reloaded, or sent to a colleague, shows a page of ours."""
    got = {address for method, address, *_ in staff.ROUTES if method == "GET"}
    assert {address for method, address, *_ in staff.ROUTES if method == "POST"} <= got
