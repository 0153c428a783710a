"""The queue in a browser: what waits, filters, pages, and several returns approved or assigned at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.returns import Return
from tests.made import made
from tests.web.conftest import NOON, Site

ADMIN, DECIDER, SETTLER = "ana@azulu.example", "sofia@azulu.example", "luis@azulu.example"


def put(site: Site, number: int, *statuses: Any, **changes: Any) -> Return:
    """Write a return of an order that needs not be there, made so many minutes before noon."""
    plain = {"created_at": NOON - timedelta(minutes=1000 - number), "reserved_rma": f"X{number}"} | changes
    new = made(*(statuses or ("under_review",)), order_number=f"AZ-{number}", **plain)
    assert site.portal.returns.add(new)
    return new


def shown(page: Any) -> list[str]:
    """The ids of the returns that the page lists."""
    return [each["value"].rpartition(" ")[0] for each in page.all("input") if each.get("name", "").startswith("pick-")]


def pick(page: Any, *ids: str) -> dict[str, str]:
    """The fields that choose these returns."""
    return {
        each["name"]: each["value"]
        for each in page.all("input")
        if each.get("name", "").startswith("pick-") and each["value"].rpartition(" ")[0] in ids
    }


def test_the_queue_shows_what_waits_oldest_first_with_its_promise(site: Site) -> None:
    put(site, 103, answer_by=NOON + timedelta(days=2))
    put(site, 101, answer_by=NOON - timedelta(minutes=5))
    put(site, 102, "authorised")
    page = site.staff(ADMIN).page
    assert shown(page) == ["AZ-101/1", "AZ-103/1"]
    assert page.text.count("Overdue") == 1
    assert "Promised by" in page.text
    assert "To be decided" in page.text


def test_other_states_and_filters_narrow_the_list_and_are_kept_by_the_language_links(site: Site) -> None:
    for number in (101, 102):
        put(site, number)
    put(site, 103, "authorised")
    browser = site.staff(ADMIN)
    assert shown(browser.get("/azulu/staff?state=authorised"))[0] == "AZ-103/1"
    assert shown(browser.get("/azulu/staff?reason=damaged")) == []
    assert shown(browser.get("/azulu/staff?reason=size&since=2026-03-09&until=2026-03-09")) == ["AZ-101/1", "AZ-102/1"]
    assert shown(browser.get("/azulu/staff?since=2026-03-10")) == []
    assert shown(browser.get("/azulu/staff?mine=1")) == []
    page = browser.get("/azulu/staff?sku=NONE-1")
    assert page.field("sku")["value"] == "NONE-1"
    assert any(each["href"].startswith("?sku=NONE-1&lang=") for each in page.all("a"))


@pytest.mark.parametrize("query", ["since=tomorrow", "until=9999-12-31", "since=2026-03-12&until=2026-03-10"])
def test_a_day_that_is_none_is_said_beside_its_field_with_what_was_typed(site: Site, query: str) -> None:
    page = site.staff(ADMIN).get(f"/azulu/staff?{query}")
    assert page.status == 422
    assert page.body.count("<title>Error:") == 1
    assert query.rpartition("=")[2] in page.body


@pytest.mark.parametrize(
    "query", ["after=%00", "after=zzz", "after=%ff%fe", "after=" + "9" * 5000, "state=x&reason=y&mine=z", "after=%F0%9F%98%80"]
)
def test_an_address_that_no_page_of_ours_leads_to_shows_the_queue(site: Site, query: str) -> None:
    assert site.staff(ADMIN).get(f"/azulu/staff?{query}").status == 200


def test_pages_follow_each_other_to_the_end(site: Site) -> None:
    for number in range(100, 160):
        put(site, number)
    browser = site.staff(ADMIN)
    seen = shown(browser.page)
    for _ in range(2):
        onward = next(each["href"] for each in browser.page.all("a") if "after=" in each["href"])
        seen += shown(browser.get(onward))
    assert seen == [f"AZ-{number}/1" for number in range(100, 160)]
    assert not any("after=" in each["href"] for each in browser.page.all("a") if "button" in each.get("class", ""))


def test_several_are_approved_at_once_after_being_asked_and_each_is_reported(site: Site) -> None:
    for number in (101, 102, 103):
        put(site, number)
    browser = site.staff(DECIDER, "en")
    browser.get("/azulu/staff?lang=en")
    chosen = pick(browser.page, "AZ-101/1", "AZ-102/1", "AZ-103/1")
    counter = site.portal.counter
    counter.note("azulu", "AZ-102/1", "A colleague was here.", by=ADMIN)
    counter.decide("azulu", "AZ-103/1", (), approve=False, by=ADMIN, note="No.")
    asked = browser.submit({**chosen, "act": "approve"})
    assert asked.heading == "Approve 2 returns?"
    assert counter.find("azulu", "AZ-101/1").status == "under_review", "nothing is done before it is confirmed"
    picks = {each["name"]: each["value"] for each in asked.all("input") if each.get("name", "").startswith("pick-")}
    done = browser.submit({**picks, "note": "Welcome back."})
    assert done.address.startswith("/azulu/staff?")
    assert "Done for 1 return" in done.text
    assert "1 return was changed by somebody else meanwhile" in done.text
    approved = counter.find("azulu", "AZ-101/1")
    assert (approved.status, approved.timeline[-1].by, approved.timeline[-1].note) == ("authorised", DECIDER, "Welcome back.")
    assert counter.find("azulu", "AZ-102/1").status == "under_review"
    assert shown(done) == ["AZ-102/1"]


def test_approving_what_was_decided_meanwhile_says_so(site: Site) -> None:
    put(site, 101)
    browser = site.staff(ADMIN)
    chosen = pick(browser.page, "AZ-101/1")
    asked = browser.submit({**chosen, "act": "approve"})
    site.portal.counter.decide("azulu", "AZ-101/1", (), approve=True, by=SETTLER, note="")
    page = browser.submit({**pick(asked, "AZ-101/1"), "note": ""})
    assert "1 return has nothing left to decide" in page.text
    assert browser.post("/azulu/staff/bulk", {"csrf": page.field("csrf")["value"], **chosen, "act": "approve"}).heading == (
        "Nothing to approve"
    )


def test_several_are_assigned_at_once_and_found_as_ones_own(site: Site) -> None:
    for number in (101, 102):
        put(site, number)
    browser = site.staff(ADMIN)
    page = browser.submit({**pick(browser.page, "AZ-102/1"), "act": "assign"})
    assert "Done for 1 return" in page.text
    assert "With Ana Restrepo" in page.text
    assert shown(browser.get("/azulu/staff?mine=1")) == ["AZ-102/1"]
    assert shown(site.staff(SETTLER).get("/azulu/staff?mine=1")) == []


def test_no_link_that_somebody_sends_makes_the_queue_say_that_something_was_done(site: Site) -> None:
    put(site, 101)
    browser = site.staff(ADMIN)
    for query in ("results=AZ-101/1:done", "results=AZ-101/1:done&seal=" + "0" * 32, "results=AZ-101/1:done&seal=%ff"):
        assert "Done" not in browser.get(f"/azulu/staff?{query}").text


def test_choosing_nothing_is_a_mistake_and_choosing_a_language_loses_no_choice(site: Site) -> None:
    put(site, 101)
    browser = site.staff(ADMIN)
    assert browser.submit({"act": "approve"}).status == 422
    assert "Choose at least one return first." in browser.page.text
    page = browser.submit({**pick(browser.page, "AZ-101/1"), "lang": "es"})
    assert page.all("html")[0]["lang"] == "es"
    assert "checked" in next(each for each in page.all("input") if each.get("name") == "pick-1")


def test_too_many_or_strange_choices_are_no_form_of_ours(site: Site) -> None:
    browser = site.staff(ADMIN)
    token = browser.page.field("csrf")["value"]
    many = {f"pick-{number}": f"AZ-{number}/1 1" for number in range(26)}
    assert browser.post("/azulu/staff/bulk", {"csrf": token, "act": "assign", **many}).status == 400
    assert browser.post("/azulu/staff/bulk", {"csrf": token, "act": "assign", "pick-1": "AZ-1/1 x"}).status == 400
    page = browser.post("/azulu/staff/bulk", {"csrf": token, "act": "assign", "pick-1": "AZ-1/1 1"})
    assert "1 return was not found" in page.text


def test_who_may_only_look_sees_no_buttons_and_is_refused(site: Site) -> None:
    browser = site.staff("pat@alustoora.example")
    assert "act" not in {attributes.get("name") for attributes in browser.page.all("button")}
    token = browser.page.field("csrf")["value"]
    page = browser.post("/alustoora/staff/bulk", {"csrf": token, "act": "assign", "pick-1": "AL-1/1 1"})
    assert (page.status, page.heading) == (403, "Your role does not reach this far")
