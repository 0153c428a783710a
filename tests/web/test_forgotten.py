"""Whoever is forgotten opens nothing any more, and the shop sees their return to its end without them."""

from __future__ import annotations

import pytest

from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.personal_items import PersonalItems
from chalicelib.domain.identifiers import fold_email
from chalicelib.forgetting import Forgetting
from tests.web.asking import ANA, asked
from tests.web.conftest import Site

NUMBER = "AZ-1001"


def forget(site: Site) -> None:
    """Forget the owner of the order, as the command does."""
    settings = site.portal.settings
    personal = PersonalItems(Table(site.client, settings.returns_table), Table(site.client, settings.sessions_table))
    Forgetting(personal, site.portal.files, site.portal.clock).forget("azulu", fold_email(site.addresses[NUMBER]))


def test_a_browser_that_was_inside_is_outside_and_old_links_open_nothing(site: Site) -> None:
    browser, link = site.inside(NUMBER), site.link(NUMBER, "return", 1)
    forget(site)
    for address in ("/azulu/items", "/azulu/returns/1", link):
        page = browser.get(address)
        assert page.status in (403, 404, 410), address
        assert fold_email(site.addresses[NUMBER]) not in page.body


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_staff_read_forgotten_and_settle_the_return_all_the_same(site: Site, language: str) -> None:
    made = asked(site, NUMBER)
    forget(site)
    browser = site.staff(ANA, language)
    page = made.page(browser).page
    assert {"en": "forgotten", "es": "datos eliminados", "fa": "داده‌ها پاک شده است"}[language] in page.text
    assert fold_email(site.addresses[NUMBER]) not in page.body
    assert "Too tight" not in page.body
    made.page(browser, "/receive").submit({"then": "fine"})
    assert made.now.status == "accepted"
    made.page(browser, "/settle")
    assert made.now.waiting_mails == ()
    for part in ("/azulu/staff", "/azulu/staff/find?q=AZ-1001", "/azulu/staff/receive"):
        assert browser.get(part).status == 200
