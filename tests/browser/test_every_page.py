"""Every page in every state, in three languages, at two widths, in light and dark: accessible, never too wide, valid."""

from __future__ import annotations

import pytest
from playwright.sync_api import Response

from tests.browser.conftest import Comes
from tests.browser.customer import Customer
from tests.browser.inspection import AXE, faults, invalid
from tests.browser.walks import WALKS, Stops

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "es", "fa"])
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_every_page_is_for_everybody(comes: Comes, walk: Stops, language: str) -> None:
    arrived: list[Response] = []

    def bring(number: str) -> Customer:
        # Our content security policy lets no script in, the one that inspects neither; and what moves has no colour yet.
        customer = comes(number, language, bypass_csp=True, reduced_motion="reduce")
        customer.page.context.add_init_script(path=AXE)
        customer.page.on("response", lambda answer: arrived.append(answer) if answer.request.is_navigation_request() else None)
        return customer

    found, pages = [], {}
    for name, customer in walk(bring, language):
        assert customer.page.locator("html").get_attribute("lang") == language
        pages[name] = arrived[-1].text()
        found += faults(customer.page, name)
    found += invalid(pages)
    assert not found, f"{len(found)} faults\n" + "\n".join(found)
