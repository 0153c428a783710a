"""Every page in every state and every mail, in three languages, at two widths, in light and dark: for everybody, and valid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Response

from tests.browser.conftest import Comes
from tests.browser.customer import Customer
from tests.browser.inspection import AXE, faults, invalid
from tests.browser.walks import WALKS, Stops

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "es", "fa"])
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_every_page_and_every_mail_is_for_everybody(comes: Comes, walk: Stops, language: str) -> None:
    customers: list[Customer] = []
    arrived: list[Response] = []

    def bring(number: str) -> Customer:
        # Our content security policy lets no script in, the one that inspects neither; and what fades has no colour yet.
        customer = comes(number, language, bypass_csp=True, reduced_motion="reduce")
        customer.page.context.add_init_script(path=AXE)
        customer.page.on("response", lambda answer: arrived.append(answer) if answer.request.is_navigation_request() else None)
        customers.append(customer)
        return customer

    found, pages = [], {}
    for name, customer in walk(bring, language):
        assert customer.page.locator("html").get_attribute("lang") == language
        pages[name] = arrived[-1].text()
        found += faults(customer.page, name)
    found += invalid(pages)
    mails = dict(mails_of(customers))
    for name, mail in mails.items():
        page = customers[0].page
        page.goto(f"{customers[0].shops.mailbox}/mail/{mail['id']}/html")
        assert page.locator("html").get_attribute("lang") == language
        found += faults(page, name)
    found += invalid({name: mail["html"] for name, mail in mails.items()}, "mail")
    assert not found, f"{len(found)} faults\n" + "\n".join(found)


def mails_of(customers: list[Customer]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the mails that the customers got, one of each kind, under a name."""
    seen = set()
    for customer in customers:
        for mail in customer.shops.run.mails(0, customer.order.email):
            kind = re.sub(r"\S*\d\S*", "", mail["subject"])
            if kind not in seen:
                seen.add(kind)
                yield f"mail-{customer.order.number}-{len(seen)}", mail
