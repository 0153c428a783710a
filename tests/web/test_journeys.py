"""The whole way of a customer, at each shop and in each language, through the HTTP layer."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.web.browsing import Browser
from tests.web.conftest import Site


@dataclass(frozen=True)
class Way:
    """One way through a shop: an order, what is chosen on the way, and where it ends."""

    number: str
    reason: str
    how: str
    outcome: str
    approved: bool


WAYS = {
    "alustoora": Way("AL-1001", "changed_mind", "mail", "exchange", approved=True),
    "azulu": Way("AZ-1001", "size", "mail", "store_credit", approved=True),
    "nurana": Way("NU-1001", "size", "mail", "exchange", approved=False),
}


def go(browser: Browser, way: Way) -> Browser:
    """Go from the items page to the check page."""
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    answers = {each["name"]: "yes" for each in browser.page.all("input") if each.get("name", "").startswith("answer-1-")}
    browser.submit({"reason-1": way.reason, "remark-1": "Gracias <3", **answers})
    browser.submit({"how": way.how, "outcome-1": way.outcome})
    return browser


@pytest.mark.parametrize("language", ["en", "es", "fa"])
@pytest.mark.parametrize("shop", WAYS)
def test_a_customer_goes_from_the_mailed_link_to_a_return(site: Site, shop: str, language: str) -> None:
    way = WAYS[shop]
    browser = site.inside(way.number, language)
    assert browser.page.address == f"/{shop}/items"
    assert browser.page.all("html")[0]["lang"] == language
    go(browser, way)
    assert browser.page.address == f"/{shop}/check"
    assert "Gracias <3" in browser.page.text
    browser.submit()
    assert browser.page.address == f"/{shop}/returns/1/done"
    assert bool(re.search(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", browser.page.text)) is way.approved
    assert site.addresses[way.number] not in browser.page.body
    browser.get(f"/{shop}/returns/1")
    assert browser.page.status == 200
    browser.get(f"/{shop}/returns/1/cancel")
    browser.submit()
    assert browser.redirects == [f"/{shop}/returns/1?notice=cancelled"]
    browser.get(f"/{shop}/items")
    assert f"/{shop}/returns/1" in browser.page.body


@pytest.mark.parametrize("shop", WAYS)
@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_the_pages_before_the_link_speak_every_language(quiet_site: Site, shop: str, language: str) -> None:
    browser = quiet_site.browser(language)
    for address in (f"/{shop}", f"/{shop}/policy", f"/{shop}/sent", f"/{shop}/items", f"/{shop}/nowhere/at/all"):
        page = browser.get(address)
        assert page.all("html")[0]["lang"] == language


@pytest.mark.parametrize("number", ["AL-1001", "AL-1002", "AL-1003", "AL-1004", "AZ-1002", "AZ-1003", "AZ-1004", "AZ-1005"])
def test_every_line_of_every_order_has_its_verdict_on_the_first_page(quiet_site: Site, number: str) -> None:
    page = quiet_site.inside(number).page
    lines = page.body.split('class="card line"')[1:]
    assert lines
    assert all('class="badge' in line for line in lines)


def test_two_lines_of_one_order_get_different_outcomes_in_one_return(site: Site) -> None:
    browser = site.inside("AZ-1001")
    browser.submit({"take-1": "yes", "quantity-1": "2", "take-2": "yes", "quantity-2": "1"})
    answers = {each["name"]: "yes" for each in browser.page.all("input") if each.get("name", "").startswith("answer-")}
    browser.submit({"reason-1": "size", "reason-2": "wrong_item", "wish-1": "VL-77-S", **answers})
    browser.submit({"how": "store:bogota-zona-t", "outcome-1": "exchange", "outcome-2": "refund"})
    browser.submit()
    made = site.portal.returns.by_slot("azulu", "AZ1001", 1)
    assert made is not None
    assert [(line.outcome, line.status, line.quantity) for line in made.lines] == [
        ("exchange", "authorised", 2), ("refund", "under_review", 1),
    ]  # fmt: skip
    assert (made.method, made.store) == ("store", "bogota-zona-t")
    assert made.lines[0].wish is not None
    assert made.lines[0].wish.sku == "VL-77-S"


def test_what_is_left_of_a_line_can_be_asked_back_later(site: Site) -> None:
    browser = site.inside("AZ-1001")
    go(browser, WAYS["azulu"]).submit()
    browser.get("/azulu/items")
    go(browser, WAYS["azulu"]).submit()
    assert browser.page.address == "/azulu/returns/2/done"
    page = browser.get("/azulu/items")
    assert not any(each.get("name") == "take-1" for each in page.all("input"))


def test_a_condition_that_is_not_met_is_explained_and_can_be_corrected(site: Site) -> None:
    browser = site.inside("AL-1001")
    browser.submit({"take-1": "yes"})
    names = [each["name"] for each in browser.page.all("input") if each.get("name", "").startswith("answer-1-")]
    conditions = sorted(set(names))
    answers = dict.fromkeys(conditions, "yes")
    page = browser.submit({"reason-1": "size", **answers, conditions[0]: "no"})
    assert page.status == 200
    assert page.address == "/alustoora/outcomes"
    assert not any(each.get("name") == "outcome-1" for each in page.all("input"))
    assert any(each["href"] == "/alustoora/details" for each in page.all("a"))
    browser.get("/alustoora/details")
    page = browser.submit({"reason-1": "size", **answers})
    assert page.field("outcome-1")["value"] == "exchange"


def test_the_fee_depends_on_the_way_of_sending(site: Site) -> None:
    browser = site.inside("AZ-1001")
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    answers = {each["name"]: "yes" for each in browser.page.all("input") if each.get("name", "").startswith("answer-1-")}
    page = browser.submit({"reason-1": "size", **answers})
    assert "19,900" in page.text
    assert "179,100" in page.text
    page = browser.submit({"how": "store:medellin-provenza", "outcome-1": "exchange"})
    assert "179,100" not in page.text
    assert "199,000" in page.text


def test_a_parcel_is_noted_with_the_carrier_that_its_number_names(site: Site) -> None:
    browser = site.inside("AL-1001")
    go(browser, WAYS["alustoora"]).submit()
    browser.get("/alustoora/returns/1")
    assert browser.submit({"tracking": "", "carrier": ""}).status == 422
    browser.submit({"tracking": "1z 999 aa1 01 2345 6784", "carrier": ""})
    assert browser.page.status == 200
    made = site.portal.returns.by_slot("alustoora", "AL1001", 1)
    assert made is not None
    assert made.parcel is not None
    assert (made.parcel.carrier, made.parcel.tracking) == ("UPS", "1Z999AA10123456784")
    assert browser.get("/alustoora/returns/1/cancel").address == "/alustoora/returns/1"


def wish(site: Site, sku: str, reason: str = "size") -> Browser:
    """Go at Nurana to the page of outcomes with this wish."""
    browser = site.inside("NU-1001")
    browser.submit({"take-1": "yes"})
    answers = {each["name"]: "yes" for each in browser.page.all("input") if each.get("name", "").startswith("answer-1-")}
    browser.submit({"reason-1": reason, "wish-1": sku, **answers})
    return browser


def offered(browser: Browser) -> set[str]:
    return {each["value"] for each in browser.page.all("input") if each.get("name") == "outcome-1"}


def test_a_dearer_replacement_says_what_is_paid_on_top(site: Site) -> None:
    browser = wish(site, "MN-44")
    assert "exchange" in offered(browser)
    assert "130,000 toman" in browser.page.text


def test_a_cheaper_replacement_says_which_clause_stands_against_it(site: Site) -> None:
    browser = wish(site, "MN-40-BG")
    assert "exchange" not in offered(browser)
    assert any(each["href"].endswith("#N13") for each in browser.page.all("a"))


def test_a_size_that_is_gone_offers_the_money_back(site: Site) -> None:
    assert "refund" in offered(wish(site, "MN-42"))
