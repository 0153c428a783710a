"""A return's page in the console: what stands on it, deciding line by line, and what two people do at once."""

from __future__ import annotations

import re

import pytest

from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.personal_items import PersonalItems
from chalicelib.domain.forgetting import forgotten
from chalicelib.domain.lifecycle import cancelled
from tests.web.asking import ANA, LUIS, SOFIA, Asked, asked
from tests.web.conftest import Site


def admin(site: Site, shop: str) -> str:
    """Return the address of somebody at a shop who may do everything."""
    return next(person.email for person in site.portal.shops[shop].merchant.staff if person.role == "admin")


@pytest.mark.parametrize(("number", "outcome"), [("AZ-1002", "exchange"), ("NU-1001", "exchange"), ("AL-1004", "exchange")])
@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_a_return_is_decided_at_each_shop_in_each_language(site: Site, number: str, outcome: str, language: str) -> None:
    made = asked(site, number, outcome=outcome, reason="changed_mind")
    browser = made.page(site.staff(admin(site, made.shop), language))
    assert browser.page.all("html")[0]["lang"] == language
    assert "Too tight <b>here</b>." in browser.page.text
    browser.submit({"answer-1": "approve", "note-1": "Bienvenida."})
    assert browser.redirects == [f"/{made.shop}/staff/return?id={number}%2F1&notice=saved"]
    assert made.now.status == "authorised"
    assert made.now.timeline[-1].by == admin(site, made.shop)
    assert str(made.now.rma) in browser.page.text


def test_both_sides_of_a_contradiction_stand_beside_each_other(site: Site) -> None:
    made = asked(site, "AZ-1002")
    page = made.page(site.staff(LUIS)).page
    (both,) = re.findall(r'<section class="notice">(.*?)</section>', page.body, re.DOTALL)
    granting, _, refusing = both.partition("Against")
    assert "within 30 days of delivery" in granting
    assert "Within 14 days of the purchase" in refusing


def test_a_return_shows_what_the_policy_gives_the_order_and_the_mails(site: Site) -> None:
    made = asked(site, "AZ-1001", lines="12")
    text = made.page(site.staff(LUIS)).page.text
    for words in ("COP 179,100", "Restocking fee", "Store credit", "Refund", "valentina@example.com", "Order AZ-1001",
                  "1 in returns", "Waiting to be sent", "By mail", "Policy since"):  # fmt: skip
        assert words in text, words


def test_earlier_returns_of_the_order_and_of_the_customer_are_linked(site: Site) -> None:
    first = asked(site, "AZ-1001", lines="1")
    second = asked(site, "AZ-1001", lines="2")
    page = first.page(site.staff(LUIS)).page
    assert any(each["href"].endswith("return?id=AZ-1001/2") for each in page.all("a"))
    assert "same order" in page.text
    assert second.id == "AZ-1001/2"


def test_a_rejection_needs_words_for_the_customer(site: Site) -> None:
    made = asked(site, "AZ-1002")
    browser = made.page(site.staff(LUIS))
    page = browser.submit({"answer-1": "reject", "internal": "She called twice."})
    assert page.status == 422
    assert "Write to the customer why it is rejected." in page.text
    assert "She called twice." in page.text, "what was typed is kept"
    assert made.now.status == "under_review"
    browser.submit({"answer-1": "reject", "note-1": "It is worn.", "internal": "She called twice."})
    assert made.now.status == "rejected"
    assert [(event.act, event.note, event.internal) for event in made.now.timeline[-2:]] == [
        ("rejected", "It is worn.", ""), ("noted", "", "She called twice."),
    ]  # fmt: skip


def test_words_without_a_decision_are_not_lost(site: Site) -> None:
    browser = asked(site, "AZ-1002").page(site.staff(LUIS))
    page = browser.submit({"note-1": "It is worn."})
    assert page.status == 422
    assert "It is worn." in page.text
    assert browser.submit().status == 422, "nor is nothing at all a decision"


def test_lines_are_decided_one_by_one(site: Site) -> None:
    made = asked(site, "NU-1001", lines="12")
    browser = made.page(site.staff(admin(site, "nurana")))
    browser.submit({"answer-1": "approve", "answer-2": "reject", "note-2": "نه."})
    assert [line.status for line in made.now.lines] == ["authorised", "rejected"]
    assert len([mail for mail in made.now.outbox if mail.message == "decided"]) == 1


def test_an_outcome_is_changed_within_what_the_policy_opens(site: Site) -> None:
    made = asked(site, "AZ-1002")
    made.page(site.staff(LUIS)).submit({"answer-1": "approve", "outcome-1": "refund"})
    (line,) = made.now.lines
    assert (line.status, line.chosen.kind, line.granted) == ("authorised", "refund", None)
    approved = asked(site, "AZ-1001")
    approved.page(site.staff(LUIS)).submit({"outcome-1": "store_credit"})
    assert approved.now.lines[0].chosen.kind == "store_credit"


def test_beyond_the_policy_only_some_may_give_with_a_reason_and_no_more_than_was_paid(site: Site) -> None:
    made = asked(site, "AZ-1002")
    ana = made.page(site.staff(ANA))
    page = ana.submit({"answer-1": "approve", "kind-1": "refund", "amount-1": "۲۰۰٬۰۰۰"})
    assert page.status == 422
    assert {each["href"] for each in page.all("a") if each["href"].startswith("#a")} == {"#amount-0"}
    assert "The most is COP 199,000" in page.text
    assert "Say why you give what the policy does not." in page.text
    ana.submit({"answer-1": "approve", "kind-1": "gift_card", "amount-1": "199.000", "why-1": "A loyal customer."})
    (line,) = made.now.lines
    assert (line.chosen.kind, line.value, line.granted_why) == ("gift_card", 199000, "A loyal customer.")
    sofia = made.page(site.staff(SOFIA))
    assert "kind-1" not in sofia.page.body
    refused = sofia.submit({"kind-1": "refund", "amount-1": "1", "why-1": "x", "outcome-1": "other"})
    assert refused.status == 403
    assert made.now.lines == (line,)


def test_somebody_takes_a_return_on_without_losing_what_is_typed(site: Site) -> None:
    made = asked(site, "AZ-1002")
    browser = made.page(site.staff(LUIS))
    page = browser.submit({"then": "assign", "note-1": "Half a sen", "internal": "And a thought"})
    assert (page.status, made.now.assignee) == (200, LUIS)
    assert "Half a sen" in page.text
    assert "And a thought" in page.text
    browser.submit({"answer-1": "approve"})
    assert made.now.status == "authorised", "the page that was shown again knows of the step"
    browser.submit({"then": "release"})
    assert (made.now.assignee, browser.redirects) == (None, ["/azulu/staff/return?id=AZ-1002%2F1&notice=released"])


def test_another_language_keeps_what_is_typed_and_changes_nothing(site: Site) -> None:
    made = asked(site, "AZ-1002")
    browser = made.page(site.staff(ANA))
    typed = {"answer-1": "reject", "note-1": "Está usado.", "amount-1": "12,5", "why-1": "porque sí", "internal": "nota"}
    page = browser.submit({**typed, "lang": "fa"})
    assert (page.status, page.all("html")[0]["lang"]) == (200, "fa")
    for words in ("Está usado.", "12,5", "porque sí", "nota"):
        assert words in page.body
    assert made.now.status == "under_review"


def test_the_second_of_two_is_told_who_did_what_and_overwrites_nothing(site: Site) -> None:
    made = asked(site, "AZ-1002")
    ana, luis = made.page(site.staff(ANA)), made.page(site.staff(LUIS))
    ana.submit({"answer-1": "approve", "note-1": "Welcome."})
    page = luis.submit({"answer-1": "reject", "note-1": "Too late, sorry."})
    assert page.status == 409
    told = page.text[page.text.index("Something has happened meanwhile") :]
    assert re.search(r"Approved Ana Restrepo Welcome\.", told)
    assert "Too late, sorry." in page.text
    assert (made.now.status, made.now.lines[0].reply) == ("authorised", "Welcome.")
    assert luis.submit({"internal": "I was too late."}).status == 200
    assert made.now.timeline[-1].internal == "I was too late."


def test_a_customer_who_cancels_meanwhile_is_seen(site: Site) -> None:
    made = asked(site, "AZ-1002")
    luis = made.page(site.staff(LUIS))
    assert site.portal.returns.change(cancelled(made.now, site.portal.clock()))
    page = luis.submit({"answer-1": "approve"})
    assert page.status == 409
    assert "Cancelled the customer" in page.text


def test_a_page_that_says_nothing_of_its_age_writes_nothing(site: Site) -> None:
    made = asked(site, "AZ-1002")
    browser = site.staff(LUIS)
    for seen in ("", "x", "-1", "999", "9" * 40, "۱"):
        assert made.page(browser).submit({"answer-1": "approve", "seen": seen}).status == 409, seen
    assert made.now.status == "under_review"


def test_what_no_page_of_ours_posts_is_no_decision(site: Site) -> None:
    made = asked(site, "AZ-1002")
    browser = site.staff(ANA)
    for fields in (
        {"answer-1": "perhaps"}, {"outcome-1": "a pony"}, {"answer-9": "approve"}, {"note-1": "x" * 2000, "answer-1": "reject"},
        {"internal": "x" * 5000}, {"kind-1": "pony", "amount-1": "1", "why-1": "x"}, {"answer-1": "approve", "amount-1": "-1"},
    ):  # fmt: skip
        assert made.page(browser).submit(fields).status == 422, fields
    assert len(made.now.timeline) == 1


@pytest.mark.parametrize("named", ["", "AZ-9999/1", "AZ-1002", "0000", "<script>"])
def test_a_return_that_is_not_there_is_not_there(quiet_site: Site, named: str) -> None:
    assert quiet_site.staff(LUIS).get(f"/azulu/staff/return?id={named}").status == 404


def test_another_shops_return_is_not_there(site: Site) -> None:
    made = asked(site, "AZ-1001")
    other = site.staff(admin(site, "nurana"))
    for named in (made.id.replace("/", "%2F"), str(made.now.rma)):
        assert other.get(f"/nurana/staff/return?id={named}").status == 404


def test_who_may_only_look_sees_everything_and_no_button(site: Site) -> None:
    made = asked(site, "AL-1004", reason="changed_mind")
    (reader,) = (person.email for person in site.portal.shops["alustoora"].merchant.staff if person.role == "read")
    page = made.page(site.staff(reader)).page
    assert "Too tight" in page.text
    assert not [each for _, each in page.elements if each.get("name", "").startswith(("answer-", "internal", "then"))]
    assert any("id=AL-1004%2F1&lang=es" in each["href"] for each in page.all("a")), "another language stays with the return"


def test_the_customer_sees_neither_internal_words_nor_names(site: Site) -> None:
    made = asked(site, "AZ-1002")
    ana = made.page(site.staff(ANA))
    secret = {"internal": "SECRET-NOTE", "kind-1": "refund", "amount-1": "199000", "why-1": "SECRET-REASON"}
    ana.submit({"then": "assign"})
    ana.submit({"answer-1": "approve", "note-1": "Welcome.", **secret})
    assert made.now.lines[0].granted_why == "SECRET-REASON"
    customer = site.inside("AZ-1002")
    for address in ("/azulu/items", "/azulu/returns/1", "/azulu/returns/1/done"):
        body = customer.get(address).body
        assert "SECRET" not in body, address
        assert not re.search("ana@azulu|Restrepo", body), address


def test_the_page_knows_every_state_of_a_return(site: Site) -> None:
    made = asked(site, "AZ-1001", lines="12")
    browser = site.staff(ANA)
    counter = site.portal.counter
    made.page(browser)
    counter.receive("azulu", made.id, {"1": 1}, {}, by=LUIS, note="Torn parcel.", seen=2)
    assert "Torn parcel." in made.page(browser).page.text
    assert "Inspect what arrived" in browser.page.text
    site.later(days=40)
    assert "Parcel received" in made.page(site.staff(ANA)).page.text


def test_what_a_forgotten_customer_asked_for_can_still_be_closed(site: Site) -> None:
    made = asked(site, "AZ-1002")
    settings = site.portal.settings
    personal = PersonalItems(Table(site.client, settings.returns_table), Table(site.client, settings.sessions_table))
    assert personal.forget_return(forgotten(made.now, site.portal.clock()))
    browser = made.page(site.staff(LUIS))
    assert "their personal data was removed" in browser.page.text
    assert "Not sent: the customer is forgotten" in browser.page.text
    browser.submit({"answer-1": "reject", "note-1": "Nobody asks any more."})
    assert made.now.status == "rejected"
    assert not made.now.waiting_mails


def overdue(made: Asked) -> bool:
    return "Overdue" in made.page(made.site.staff(LUIS)).page.text


def test_a_promise_that_passed_is_marked(site: Site) -> None:
    made = asked(site, "AZ-1002")
    assert not overdue(made)
    site.later(days=7)
    assert overdue(made)
