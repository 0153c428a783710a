"""A gift's own way in and through: the code opens it, the giver stays out of it, and the answer tells nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from chalicelib.adapters.dynamodb import packed
from chalicelib.adapters.items import order_to_item
from chalicelib.domain.identifiers import fold_order_number
from chalicelib.domain.visits import Lookup
from chalicelib.links import MailedLink
from chalicelib.mail import lookup_mail
from tests.made import made
from tests.web.browsing import Browser
from tests.web.conftest import NOON, Site

CODE = "REGALO-7K2M-94"
RECIPIENT = "sofia@example.org"
GIVER = "isabela@example.com"
FINE = dict.fromkeys(("answer-1-unused", "answer-1-tags_attached", "answer-1-receipt"), "yes")


def lookups(site: Site) -> list[Lookup]:
    """Return what waits to be answered."""
    return list(site.portal.sessions.unanswered(NOON + timedelta(days=9)))


def ask(site: Site, code: str = CODE, email: str = RECIPIENT, language: str = "en") -> list[MailedLink | None]:
    """Ask for a gift's link on its page; return what the worker would mail."""
    browser = site.browser(language)
    browser.get("/azulu/gift")
    browser.submit({"code": code, "email": email})
    assert browser.page.address == "/azulu/gift/sent"
    found = lookups(site)
    answers = [site.portal.links.answer(lookup) for lookup in found]
    for lookup in found:
        site.portal.sessions.finish_lookup(lookup.id)
    return answers


def opened(site: Site, email: str = RECIPIENT, language: str = "en") -> Browser:
    """Return a browser of somebody who opened the gift."""
    (mailed,) = ask(site, email=email, language=language)
    assert mailed is not None
    browser = site.browser(language)
    browser.get(f"/azulu/link/{mailed.secret}")
    browser.submit()
    assert browser.page.address == "/azulu/items"
    return browser


def test_neither_the_recipients_link_nor_their_cookie_names_the_order(site: Site) -> None:
    (mailed,) = ask(site)
    assert mailed is not None
    browser = opened(site)
    again = site.portal.links.link_to_return(made(order_number="AZ-1006", as_gift=True, email=RECIPIENT))
    later = site.browser()
    later.get(f"/azulu/link/{again.secret}")
    later.submit()
    given = [mailed.secret, again.secret, browser.cookies["vuelta_azulu"], later.cookies["vuelta_azulu"]]
    for part in (part for secret in given for part in re.split("[.~]", secret)):
        assert re.fullmatch(r"[\w-]{43}|[0-9a-f]{64}", part), "nothing but chance"


def returned(browser: Browser) -> str:
    """Exchange the dress, and return the address of the return's page."""
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    browser.submit({"reason-1": "size", **FINE})
    browser.submit({"how": "store:bogota-zona-t", "outcome-1": "gift_card"})
    browser.submit()
    assert "Your return is approved" in browser.page.heading
    return browser.page.address.removesuffix("/done")


@pytest.mark.parametrize("typed", [CODE, "regalo7k2m94", " Regalo 7K2M 94 ", "REGALO-۷K۲M-۹۴"])
def test_the_code_opens_the_gift_however_it_is_typed(site: Site, typed: str) -> None:
    (mailed,) = ask(site, typed)

    assert mailed is not None
    assert (mailed.link.email, mailed.link.written, mailed.link.as_gift) == (RECIPIENT, CODE, True)


def test_a_wrong_code_is_answered_as_a_right_one_and_nothing_is_mailed(site: Site) -> None:
    right, wrong = site.browser(), site.browser()
    for browser, code in ((right, CODE), (wrong, "REGALO-0000-00")):
        browser.get("/azulu/gift")
        browser.submit({"code": code, "email": RECIPIENT})

    assert right.page.body == wrong.page.body
    assert [answer["statusCode"] for answer in right.answers] == [answer["statusCode"] for answer in wrong.answers]
    assert sorted(site.portal.links.answer(each) is None for each in lookups(site)) == [False, True]


def test_a_code_of_another_shop_opens_nothing_here(site: Site) -> None:
    browser = site.browser()
    browser.get("/alustoora/gift")
    browser.submit({"code": CODE, "email": RECIPIENT})

    assert [site.portal.links.answer(each) for each in lookups(site)] == [None]


def test_a_code_that_two_orders_have_opens_neither(site: Site) -> None:
    stored, _ = site.portal.returns.order_with_returns("azulu", "AZ1001")
    assert stored is not None
    twin = stored.model_copy(update={"gift_code": "regalo 7k2m 94"})
    site.client.put_item(TableName=site.portal.settings.returns_table, Item=packed(order_to_item(twin)))

    assert ask(site) == [None]


def test_a_code_is_answered_five_times_an_hour_and_the_owner_is_not_locked_out(site: Site) -> None:
    answers = [ask(site, email=f"guest{number}@example.org")[0] for number in range(7)]

    assert [answer is not None for answer in answers] == [True] * 5 + [False] * 2
    site.portal.access.ask("azulu", "AZ-1006", GIVER, "en", "elsewhere")
    assert [site.portal.links.answer(each) is not None for each in lookups(site)] == [True]


@pytest.mark.parametrize(
    ("code", "email", "words"),
    [
        ("", RECIPIENT, "Enter the code on your gift receipt."),
        ("AB-12", RECIPIENT, "It has at least 8 letters and digits."),
        (CODE, "", "Enter your e-mail address."),
        (CODE, "sofia@", "It should look like name@example.com."),
        ("x" * 5000, RECIPIENT, "It has at least 8 letters and digits."),
    ],
)
def test_what_is_no_code_or_address_is_said_beside_the_field(site: Site, code: str, email: str, words: str) -> None:
    browser = site.browser()
    browser.get("/azulu/gift")
    browser.submit({"code": code, "email": email})

    assert browser.page.status == 422
    assert browser.page.text.count(words) == 2
    assert browser.page.field("email")["value"] == email
    assert lookups(site) == []


def test_the_recipient_sees_nothing_of_the_giver_on_any_page(site: Site) -> None:
    browser = opened(site)
    assert f"gift code {CODE}" in browser.page.text
    assert "proof" not in browser.page.body.split("<main")[1].split("</main>")[0]
    assert "199" not in browser.page.text
    address = returned(browser)
    browser.get(address)
    browser.get(f"{address}/slip")
    for answer in browser.answers:
        assert not re.search("isabela|AZ-?1006", answer["body"], re.IGNORECASE), answer["address"]


def test_a_gift_is_exchanged_or_becomes_a_gift_card_whatever_is_posted(site: Site) -> None:
    browser = opened(site)
    browser.submit({"take-1": "yes", "quantity-1": "1", "proof": "receipt"})
    browser.submit({"reason-1": "size", **FINE})
    kinds = {each["value"] for each in browser.page.all("input") if each.get("name") == "outcome-1"}
    assert kinds == {"exchange", "gift_card"}

    browser.submit({"how": "mail", "outcome-1": "refund"})
    assert browser.page.status == 422


def test_the_return_is_the_recipients_and_the_giver_sees_none_of_it(site: Site) -> None:
    address = returned(opened(site))
    made = site.portal.returns.by_slot("azulu", fold_order_number("AZ-1006"), 1)
    assert made is not None
    assert (made.as_gift, made.email, made.proof, made.lines[0].photos) == (True, RECIPIENT, "gift_receipt", ())

    giver = site.inside("AZ-1006")
    assert "Your returns" not in giver.page.text
    assert "sofia" not in giver.page.text
    assert giver.get(address).status == 404
    assert "Nothing left to send back" in giver.page.text or giver.get("/azulu/items").status == 200


def test_what_the_giver_returned_is_gone_for_the_recipient_who_sees_nothing_else_of_it(site: Site) -> None:
    giver = site.inside("AZ-1006")
    giver.submit({"take-1": "yes", "quantity-1": "1", "proof": "receipt"})
    giver.submit({"reason-1": "size", **FINE})
    giver.submit({"how": "mail", "outcome-1": "exchange"})
    giver.submit()
    assert "Your return is approved" in giver.page.heading

    browser = opened(site)
    assert "Nothing in this order can be sent back right now" in browser.page.heading
    assert "Your returns" not in browser.page.text
    assert browser.get("/azulu/returns/1").status == 404


def test_giver_and_recipients_each_have_a_draft_of_their_own(site: Site) -> None:
    giver, recipient, other = site.inside("AZ-1006"), opened(site), opened(site, "other@example.org")
    recipient.submit({"take-1": "yes", "quantity-1": "1"})
    recipient.submit({"reason-1": "size", "remark-1": "not my size", "then": "save"})

    for browser in (giver, other):
        browser.get("/azulu/items")
        assert "checked" not in browser.page.field("take-1")
        assert browser.get("/azulu/details").address == "/azulu/items"
    assert "not my size" in recipient.get("/azulu/details").body


def test_two_recipients_do_not_see_each_others_returns(site: Site) -> None:
    address = returned(opened(site))

    assert opened(site, "other@example.org").get(address).status == 404


def test_the_gift_opens_again_from_a_saved_draft_and_from_a_mail_about_the_return(site: Site) -> None:
    browser = opened(site)
    browser.submit({"take-1": "yes", "quantity-1": "1", "then": "save"})
    (lookup,) = lookups(site)
    mailed = site.portal.links.answer(lookup)
    assert mailed is not None
    assert (mailed.link.as_gift, mailed.link.email, mailed.link.purpose) == (True, RECIPIENT, "resume")
    site.portal.sessions.finish_lookup(lookup.id)

    returned(opened(site, "third@example.org"))
    made = site.portal.returns.by_slot("azulu", "AZ1006", 1)
    assert made is not None
    again = site.portal.links.link_to_return(made)
    assert (again.link.as_gift, again.link.written) == (True, CODE)
    fresh = site.browser()
    fresh.get(f"/azulu/link/{again.secret}")
    fresh.submit()
    assert fresh.page.address == "/azulu/returns/1"


def test_a_used_link_to_a_gift_offers_a_new_one_to_the_recipient(site: Site) -> None:
    (mailed,) = ask(site)
    assert mailed is not None
    first, second = site.browser(), site.browser()
    first.get(f"/azulu/link/{mailed.secret}")
    first.submit()
    assert second.get(f"/azulu/link/{mailed.secret}").status == 410
    second.submit()
    assert second.page.address == "/azulu/gift/sent"
    (lookup,) = lookups(site)
    assert (lookup.email, lookup.as_gift) == (RECIPIENT, True)
    assert site.portal.links.answer(lookup) is not None


def test_a_gift_that_the_shop_took_its_code_from_opens_no_more(site: Site) -> None:
    browser = opened(site)
    stored, _ = site.portal.returns.order_with_returns("azulu", "AZ1006")
    assert stored is not None
    plain = stored.model_copy(update={"gift_code": None})
    site.client.put_item(TableName=site.portal.settings.returns_table, Item=packed(order_to_item(plain)))

    assert browser.get("/azulu/items").status == 403


def test_only_the_lines_marked_as_gifts_are_shown_where_some_are(site: Site) -> None:
    stored, _ = site.portal.returns.order_with_returns("azulu", "AZ1006")
    assert stored is not None
    (dress,) = stored.order.lines
    lines = (dress.model_copy(update={"tags": ("gift",)}), dress.model_copy(update={"id": "2", "name": "Something private"}))
    mixed = stored.model_copy(update={"order": stored.order.model_copy(update={"lines": lines})})
    site.client.put_item(TableName=site.portal.settings.returns_table, Item=packed(order_to_item(mixed)))

    browser = opened(site)
    assert "Something private" not in browser.page.text
    browser.submit({"take-1": "yes", "take-2": "yes", "quantity-1": "1", "quantity-2": "1"})
    assert "Something private" not in browser.page.text


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_the_mail_with_the_link_names_neither_order_nor_giver(site: Site, language: str) -> None:
    browser = site.browser(language)
    browser.get("/azulu/gift")
    browser.submit({"code": CODE, "email": RECIPIENT})
    (lookup,) = lookups(site)
    mailed = site.portal.links.answer(lookup)
    assert mailed is not None
    message = lookup_mail(lookup, mailed, site.portal.shops["azulu"].merchant, "https://x.example", NOON)

    told = message.as_string() + "".join(part.get_content() for part in message.iter_parts())
    assert message["to"] == RECIPIENT
    assert CODE in told
    assert not re.search("isabela|AZ-?1006", told, re.IGNORECASE)


@pytest.mark.parametrize(("shop", "offered"), [("azulu", True), ("alustoora", False)])
def test_the_way_in_for_gifts_is_shown_where_the_policy_speaks_of_gift_receipts(site: Site, shop: str, offered: bool) -> None:
    browser = site.browser()
    for address in (f"/{shop}", f"/{shop}/items"):
        page = browser.get(address)
        assert any(each["href"] == f"/{shop}/gift" for each in page.all("a")) is offered
