"""The pages with which the gateway answers by itself are for everybody, and valid, as ours are."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route

from infra.gateway_pages import PAGES, REFERENCE, gateway_page
from tests.browser.inspection import AXE, faults, invalid

pytestmark = pytest.mark.browser
SHOWN = {str(code): gateway_page(code).replace(REFERENCE, "4f0c2f7e-1b9a-4a2e-9a2e-1f2b3c4d5e6f") for _, code in PAGES.values()}


def answer(route: Route) -> None:
    """Give the page that the last part of the address names."""
    content = SHOWN.get(route.request.url.rpartition("/")[2], "")
    route.fulfill(content_type="text/html; charset=utf-8", body=content)


def test_every_page_of_the_gateways_is_for_everybody_and_valid(chromium: Browser) -> None:
    # The policy lets no script in, the one that inspects neither.
    context = chromium.new_context(bypass_csp=True)
    context.add_init_script(path=AXE)
    context.route("**/*", answer)
    page, found = context.new_page(), []
    for name in SHOWN:
        page.goto(f"http://portal.example/{name}")
        found += faults(page, name)
    context.close()
    assert found + invalid(SHOWN) == []


def test_the_pages_own_style_passes_its_own_policy(chromium: Browser) -> None:
    context = chromium.new_context()
    context.route("**/*", answer)
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto("http://portal.example/404")
    assert page.locator("main").evaluate("each => getComputedStyle(each).paddingBottom") == "51px"
    assert [text for text in said if "Content Security Policy" in text] == []
    context.close()
