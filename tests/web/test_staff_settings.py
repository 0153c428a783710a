"""The settings page says how the shop's files are loaded: policy and hash, checks, calendar, people, next deadlines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.shop_files import shop_notes
from chalicelib.shops import load_shops
from tests.web.conftest import NOON, Site
from tests.web.test_staff_door import with_shops
from tests.web.test_staff_queue import ADMIN, put


@pytest.mark.parametrize("email", ["ana@azulu.example", "shirin@nurana.example", "pat@alustoora.example"])
def test_the_page_shows_every_clause_the_hash_the_people_and_what_the_checks_say(site: Site, email: str) -> None:
    slug = email.partition("@")[2].partition(".")[0]
    shop = load_shops()[slug]
    page = site.staff(email).get(f"/{slug}/staff/settings")
    current = shop.policy_for(NOON)
    assert current.sha256 in page.text
    for clause in current.clauses:
        assert f"{clause.id}" in page.text
        assert " ".join(clause.text["en"].split()) in page.text
    for person in shop.merchant.staff:
        assert person.email in page.text
    for _, note in shop_notes(slug):
        assert " ".join(note.split()) in page.text


def test_what_is_due_next_and_the_holidays_ahead_are_listed(site: Site) -> None:
    put(site, 101, answer_by=NOON + timedelta(days=3))
    put(site, 102, answer_by=NOON - timedelta(hours=1))
    page = site.staff(ADMIN).get("/azulu/staff/settings")
    assert page.text.index("AZ-102/1") < page.text.index("AZ-101/1")
    assert page.text.count("Overdue") == 1
    assert "23 March" in page.text, "a holiday of Colombia, two weeks ahead"
    assert "AZ-1008/1" in page.text, "the demo's return, to be sent"


def test_another_version_is_shown_when_asked_for_and_nonsense_shows_the_one_in_force(site: Site) -> None:
    shop = site.portal.shops["azulu"]
    older = shop.policies[0]
    newer = type(older).__new__(type(older))
    newer.__dict__.update(older.__dict__, id="azulu@2026-06-01", effective=older.effective.replace(year=2026, month=6))
    shops = {**site.portal.shops, "azulu": replace(shop, policies=(older, newer))}
    browser = replace(site, portal=with_shops(site.portal, shops)).staff(ADMIN)
    assert "azulu@2026-06-01" in browser.get("/azulu/staff/settings?version=2026-06-01").text
    assert browser.get("/azulu/staff/settings?version=x").text.count("In force") == 1
