"""What customers see of a return once it was approved: reminded of, expired, received, inspected, settled, changed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from chalicelib.answers import Answer
from chalicelib.counter import Found
from chalicelib.domain.returns import Return
from chalicelib.domain.timing import wakes_at, woken
from chalicelib.domain.worth import sums
from tests.web.browsing import Browser, Page
from tests.web.conftest import Site
from tests.web.test_journeys import WAYS, go

BY = "luis@azulu.example"
LANGUAGES = pytest.mark.parametrize("language", ["en", "es", "fa"])
Counts = Mapping[str, int]
OVER = {
    "en": "The time to send this is over", "es": "El plazo para enviarlo terminó", "fa": "مهلت فرستادن تمام شده است",
}  # fmt: skip


def approved(site: Site, language: str = "en") -> Browser:
    """Return a browser that has asked for two units of one line and one of another, for store credit."""
    browser = site.inside("AZ-1001", language)
    browser.submit({"take-1": "yes", "quantity-1": "2", "take-2": "yes", "quantity-2": "1"})
    answers = {each["name"]: "yes" for each in browser.page.all("input") if each.get("name", "").startswith("answer-")}
    browser.submit({"reason-1": "size", "reason-2": "size", **answers})
    browser.submit({"how": "mail", "outcome-1": "store_credit", "outcome-2": "exchange"})
    browser.submit()
    assert browser.page.address == "/azulu/returns/1/done"
    return browser


def kept(site: Site) -> Return:
    found = site.portal.returns.by_slot("azulu", "AZ-1001", 1)
    assert found is not None
    return found


def receive(site: Site, counts: Counts, **found: Found) -> Return:
    """Let the shop receive so many units of each line, and inspect some lines at once."""
    by_line = {name.removeprefix("l"): each for name, each in found.items()}
    seen = len(kept(site).timeline)
    return site.portal.counter.receive("azulu", "AZ-1001/1", counts, by_line, by=BY, note="on shelf 7", seen=seen)


def settle(site: Site, kind: str, reference: str) -> Return:
    made = kept(site)
    amount = sums(made)[kind].amount  # type: ignore[index]
    return site.portal.counter.settle(
        "azulu", "AZ-1001/1", kind, amount=amount, reference=reference, by=BY, seen=len(made.timeline)  # type: ignore[arg-type]
    )  # fmt: skip


def until(site: Site, act: str) -> Return:
    """Let time pass until it has done this to the return."""
    made = kept(site)
    for _ in range(5):
        due = wakes_at(made)
        assert due is not None
        site.later(seconds=(due - site.portal.clock()).total_seconds() + 1)
        made = woken(made, site.portal.clock(), site.portal.shops["azulu"].merchant)
        assert site.portal.returns.change(made)
        if made.timeline[-1].act == act:
            return made
    raise AssertionError(f"time has not {act} anything")


def back(site: Site, language: str = "en") -> Page:
    """Return the return's page, opened by the link of a new mail."""
    browser = site.browser(language)
    browser.get(site.link("AZ-1001", "return", 1, language=language))
    return browser.submit()


def told_nothing_internal(page: Page) -> None:
    for word in (BY, "Luis", "shelf 7"):
        assert word not in page.body


@LANGUAGES
def test_what_arrived_was_found_and_was_given_is_on_the_page(site: Site, language: str) -> None:
    approved(site, language)
    receive(site, {"1": 2, "2": 1})
    told_nothing_internal(back(site, language))
    reduced = Found("damaged", "reduced", Decimal(20000), "A stain on the sleeve.")
    receive(site, {}, l1=reduced, l2=Found("used", "refused", reason="It has been worn."))
    page = back(site, language)
    assert "A stain on the sleeve." in page.text
    assert "It has been worn." in page.text
    settle(site, "store_credit", "AZC-77-Q2")
    page = back(site, language)
    assert "AZC-77-Q2" in page.text
    told_nothing_internal(page)
    assert not any(form[0].get("action", "").endswith("/tracking") for form in page.forms)
    assert "/returns/1/cancel" not in page.body


def test_the_money_on_the_page_is_what_the_inspection_left_and_what_was_given(site: Site) -> None:
    approved(site)
    receive(site, {"1": 1}, l1=Found("used", "reduced", Decimal(15000), "Worn."))
    made = kept(site)
    page = back(site)
    assert "1 of 2 has arrived." in page.text
    wording = f"{made.line('1').value:,.0f}"
    assert f"COP {wording}" in page.text
    assert "Condition: Used" in page.text
    assert "You will have what you get by" in page.text
    settle(site, "store_credit", "AZC-1")
    page = back(site)
    assert "Store credit: COP" in page.text
    assert "It is valid until" in page.text
    assert "What to do now" in page.text, "the other line is still to be sent"


@LANGUAGES
def test_what_was_not_sent_in_time_says_what_can_still_be_done(site: Site, language: str) -> None:
    approved(site, language)
    until(site, "expired")
    page = back(site, language)
    assert kept(site).status == "expired"
    said = page.text.partition(OVER[language])[2]
    assert site.portal.shops["azulu"].merchant.contact.email in said.partition(kept(site).lines[1].line.name)[2]
    assert any(link["href"] == "/azulu/items" for link in page.all("a"))
    assert "/returns/1/cancel" not in page.body
    assert "/returns/1/tracking" not in page.body


def test_a_parcel_that_arrives_after_all_is_followed_like_any_other(site: Site) -> None:
    approved(site)
    until(site, "expired")
    receive(site, {"1": 2, "2": 1})
    page = back(site)
    assert "It has arrived, and we are inspecting it." in page.text
    assert "The time to send this is over" not in page.text


def test_a_reminder_stands_in_the_timeline_and_what_is_internal_does_not(site: Site) -> None:
    approved(site)
    site.portal.counter.assign("azulu", "AZ-1001/1", BY, by=BY)
    site.portal.counter.note("azulu", "AZ-1001/1", "She called twice.", by=BY)
    until(site, "reminded")
    page = back(site)
    assert "We reminded you of the deadline." in page.text
    assert "She called twice." not in page.text
    told_nothing_internal(page)
    assert page.body.count("<time ") == 3, "asked for, approved, reminded"


@LANGUAGES
def test_an_outcome_that_the_shop_changed_is_shown_with_its_reason(site: Site, language: str) -> None:
    browser = site.inside("NU-1001", language)
    go(browser, WAYS["nurana"]).submit()
    made = site.portal.returns.by_slot("nurana", "NU-1001", 1)
    assert made is not None
    (line,) = made.lines
    other = next(each.kind for each in line.decision.outcomes if each.kind != line.outcome)
    answers = {line.line.id: Answer(True, "This size is gone, we are sorry.", outcome=other)}
    site.portal.counter.answer("nurana", made.id, answers, by=BY, seen=len(made.timeline))
    page = browser.get("/nurana/returns/1")
    assert "This size is gone, we are sorry." in page.text
    changed = {"en": "has changed what you get for this", "es": "cambió lo que recibe por", "fa": "تغییر داده است"}[language]
    assert changed in page.text
    told_nothing_internal(page)


@LANGUAGES
def test_a_promise_that_the_shop_let_pass_is_not_shown_as_if_it_still_held(site: Site, language: str) -> None:
    browser = site.inside("NU-1001", language)
    go(browser, WAYS["nurana"]).submit()
    held = {"en": "We will decide by", "es": "Le daremos una respuesta", "fa": "پاسخ می‌دهیم"}[language]
    sorry = {"en": "We are sorry that it takes longer", "es": "Lamentamos la demora", "fa": "از این تأخیر پوزش"}[language]
    browser.get("/nurana/returns/1")
    assert sorry not in browser.page.text
    assert held in browser.page.text
    site.later(days=9)
    back = site.browser(language)
    back.get(site.link("NU-1001", "return", 1, language=language))
    page = back.submit()
    assert sorry in page.text
    assert held not in page.text


def test_the_page_about_a_new_return_leads_on_once_the_return_has_gone_on(site: Site) -> None:
    browser = approved(site)
    receive(site, {"1": 2, "2": 1})
    browser.get("/azulu/returns/1/done")
    assert browser.redirects == ["/azulu/returns/1"]
    assert browser.get("/azulu/items").text.count("Being inspected") == 1
