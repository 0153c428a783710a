"""Reads that lag behind: whatever a page shows that was read for half the price, nobody misses what they have just done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import boto3
import pytest

from chalicelib.bootstrap import build
from chalicelib.local.demo.load import load
from chalicelib.settings import Settings
from tests.conftest import REGION, new_bucket, new_tables
from tests.lagging import LaggingClient
from tests.web.conftest import NOON, Site
from tests.web.test_journeys import WAYS, go
from tests.web.test_steps import reimport


@pytest.fixture
def lagging(aws: None) -> tuple[Site, LaggingClient]:
    """The demo's portal on tables whose reads lag behind for ever, unless they are told to settle."""
    tables = new_tables(boto3.client("dynamodb", region_name=REGION))
    client = LaggingClient(tables.client)
    at = [NOON]
    clock: Callable[[], datetime] = lambda: at[0]  # noqa: E731
    portal = build(Settings(tables.returns, tables.sessions, "http://127.0.0.1:8000", new_bucket()), client, clock)  # type: ignore[arg-type]
    addresses = {order.number: order.email for order in load(portal)}
    client.settle()
    return Site(portal, addresses, client, at), client  # type: ignore[arg-type]


@pytest.mark.parametrize("shop", WAYS)
def test_the_whole_way_is_gone_however_far_reads_lag_behind(lagging: tuple[Site, LaggingClient], shop: str) -> None:
    site, client = lagging
    browser = go(site.inside(WAYS[shop].number), WAYS[shop])
    assert browser.page.address == f"/{shop}/check"
    assert "Gracias <3" in browser.page.text
    assert browser.submit().address == f"/{shop}/returns/1/done"
    assert client.stale > 5, "or nothing was shown here"


def test_who_goes_back_and_changes_their_mind_sees_what_they_chose_last(lagging: tuple[Site, LaggingClient]) -> None:
    site, client = lagging
    browser = site.inside("AZ-1001")
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    client.settle()
    browser.get("/azulu/items")
    page = browser.submit({"take-1": "yes", "quantity-1": "2"})
    assert "× 2" in page.text


def test_a_link_is_used_once_however_far_reads_lag_behind(lagging: tuple[Site, LaggingClient]) -> None:
    site, _ = lagging
    address = site.link("AZ-1001")
    browser, thief = site.browser(), site.browser()
    browser.get(address)
    assert browser.submit().address == "/azulu/items"
    assert thief.post(address, {}).status == 410
    assert "vuelta_azulu" not in thief.cookies
    assert browser.get("/azulu/items").status == 200


def test_what_changed_is_told_before_anything_is_made_although_no_page_saw_it(lagging: tuple[Site, LaggingClient]) -> None:
    site, client = lagging
    browser = go(site.inside("AZ-1001"), WAYS["azulu"])
    client.settle()
    reimport(site, "AZ-1001", delivered_at=NOON - timedelta(days=29))
    assert browser.get("/azulu/check").address == "/azulu/check"
    page = browser.submit()
    assert page.status == 409
    assert site.portal.returns.by_slot("azulu", "AZ1001", 1) is None


def test_a_second_return_that_no_read_has_seen_takes_no_unit_twice(lagging: tuple[Site, LaggingClient]) -> None:
    site, _ = lagging
    one, two = (go(site.inside("AL-1001"), WAYS["alustoora"]) for _ in range(2))
    assert one.submit().address == two.submit().address == "/alustoora/returns/1/done"
    assert site.portal.returns.by_slot("alustoora", "AL1001", 2) is None


def test_who_goes_on_at_once_after_asking_sees_that_it_was_asked_for(lagging: tuple[Site, LaggingClient]) -> None:
    site, client = lagging
    browser = go(site.inside("AL-1001"), WAYS["alustoora"])
    client.settle()
    assert browser.submit().address == "/alustoora/returns/1/done"
    at_once = browser.get("/alustoora/items").text
    client.settle()
    assert at_once == browser.get("/alustoora/items").text


@pytest.mark.parametrize("told", ["", "-1", "x", "9" * 5000, "٣", "1e3", "999999999", "999999999.999", "1.-1", "1.٣", "1.1.1"])
def test_a_version_that_nobody_saved_costs_a_read_and_breaks_nothing(lagging: tuple[Site, LaggingClient], told: str) -> None:
    site, _ = lagging
    browser = site.inside("AZ-1001")
    browser.cookies["vuelta_azulu_saved"] = told
    assert browser.get("/azulu/items").status == 200
