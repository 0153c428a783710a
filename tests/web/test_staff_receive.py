"""At the parcel table: a scan leads to a return, what is in the parcel is noted, and what is due is given once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chalicelib.domain.rma import new_rma
from chalicelib.domain.stepping import with_lines
from chalicelib.domain.timing import woken
from chalicelib.domain.verdicts import OutcomeKind
from chalicelib.papers.codes import receiving_address
from tests.web.asking import ANA, Asked, asked
from tests.web.browsing import Browser
from tests.web.conftest import Site

NOBODYS = new_rma(987654321)


def table(site: Site, shop: str = "azulu") -> Browser:
    """Return the browser at the parcel table of a shop."""
    browser = site.staff(next(each.email for each in site.portal.shops[shop].merchant.staff if each.may("settle")))
    browser.get(f"/{shop}/staff/receive?lang=en")
    return browser


def everything_fine(made: Asked, browser: Browser) -> Browser:
    """Take a whole parcel in as it should be."""
    made.page(browser, "/receive").submit(form_id="fine")
    return browser


def test_a_scan_in_any_spelling_leads_to_the_parcel(site: Site) -> None:
    made = asked(site, "AZ-1001")
    browser = table(site)
    rma = str(made.now.rma)
    for code in (
        rma,
        rma.lower().replace("-", " "),
        f"https://shop.example/azulu/r/{rma}?x=1",
        "az1001/۱",
        f"]C0{rma}\r",
        "AZ-1001",
    ):
        browser.get("/azulu/staff/receive")
        browser.submit({"code": code})
        assert browser.page.address.startswith("/azulu/staff/return/receive?id=AZ-1001"), code
    field = browser.get("/azulu/staff/receive").field("code")
    assert "autofocus" in field, "a wedge scanner types where the cursor is, and ends with Enter"


def test_the_code_of_a_slip_leads_to_the_parcel_when_a_phone_opens_it(site: Site) -> None:
    made = asked(site, "AZ-1001")
    browser = table(site)
    address = receiving_address("", "azulu", str(made.now.rma))
    browser.get(address)
    assert browser.page.address == "/azulu/staff/return/receive?id=AZ-1001%2F1"
    page = browser.get(receiving_address("", "azulu", NOBODYS))
    assert (page.status, "another shop" in page.text) == (422, True)


def test_what_is_no_return_is_told_apart(site: Site) -> None:
    asked(site, "AZ-1001")
    other = asked(site, "NU-1001")
    site.portal.counter.decide("nurana", other.id, (), approve=True, by=ANA, note="")
    browser = table(site)
    for code, words in {
        "": "Scan or type the number", "1Z999AA10123456784": "tracking number of UPS", "4006381333931": "barcode of a product",
        "ع۳م": "keyboard", str(other.now.rma): "another shop", NOBODYS: "another shop",
        NOBODYS[:-1] + "U": "no return number has",
        NOBODYS[:-1]: "16 letters and digits", "https://azulu.example/": "no return number in it",
        "<b>x</b>": "no return and no order",
        "AZ-1007": "Nobody has asked", ("0" if NOBODYS[0] != "0" else "1") + NOBODYS[1:]: "One character is wrong",
    }.items():  # fmt: skip
        page = browser.submit({"code": code})
        assert (page.status, words in page.text) == (422, True), f"{code}: {page.text[:400]}"
        assert page.field("code")["value"] == code


def test_an_order_with_several_returns_asks_which(site: Site) -> None:
    asked(site, "AZ-1001", lines="1")
    asked(site, "AZ-1001", lines="2")
    page = table(site).submit({"code": "az 1001"})
    assert page.status == 200
    assert [each["href"] for each in page.all("a") if "/receive?id=" in each["href"]] == [
        "/azulu/staff/return/receive?id=AZ-1001/1", "/azulu/staff/return/receive?id=AZ-1001/2",
    ]  # fmt: skip


@pytest.mark.parametrize(("number", "outcome"), [("AZ-1001", "store_credit"), ("NU-1001", "exchange"), ("AL-1001", "exchange")])
def test_a_parcel_is_scanned_accepted_and_settled_at_each_shop(site: Site, number: str, outcome: OutcomeKind) -> None:
    made = asked(site, number, outcome=outcome, reason="changed_mind")
    if made.now.status == "under_review":
        made.approved()
    promised = made.worth
    browser = table(site, made.shop)
    browser.submit({"code": str(made.now.rma)})
    browser.submit(form_id="fine")
    assert browser.page.address == f"/{made.shop}/staff/receive?done={number}%2F1"
    assert f"{number}/1 is saved." in browser.page.text
    assert "autofocus" in browser.page.field("code"), "and on to the next one"
    assert (made.now.status, made.now.lines[0].value) == ("accepted", promised)
    made.page(browser, "/settle")
    browser.submit({"reference": "X-1"})
    assert browser.redirects == [f"/{made.shop}/staff/return?id={number}%2F1&notice=settled"]
    (settlement,) = made.now.settlements
    assert (settlement.kind, settlement.amount, settlement.reference) == (outcome, promised, "X-1")
    assert "X-1" in browser.page.text


def test_a_line_is_reduced_refused_counted_and_left_for_later(site: Site) -> None:
    made = asked(site, "AZ-1001", lines="12")
    browser = made.page(table(site), "/receive")
    browser.submit({
        "arrived-1": "۱", "verdict-1": "reduced", "condition-1": "used", "reduction-1": "9.100", "reason-1": "A stain.",
        "arrived-2": "1", "verdict-2": "later", "internal": "Torn box.",
    })  # fmt: skip
    first, second = made.now.lines
    assert (first.status, first.value, second.status) == ("accepted", Decimal(170000), "received")
    assert made.now.timeline[-2].internal == "Torn box."
    assert first.inspection is not None
    assert first.inspection.reason == "A stain."
    made.page(browser, "/receive")
    assert "Inspect AZ-1001/1" in browser.page.text
    browser.submit({"arrived-2": "1", "verdict-2": "refused", "condition-2": "wrong_item", "reason-2": "A towel."})
    assert made.now.lines[1].status == "refused"
    assert [mail.message for mail in made.now.outbox].count("received") == 1


def test_what_is_wrong_stands_beside_its_field_with_what_was_typed(site: Site) -> None:
    made = asked(site, "AZ-1001", lines="12")
    browser = made.page(table(site), "/receive")
    page = browser.submit({
        "arrived-1": "1", "verdict-1": "reduced", "condition-1": "used", "reduction-1": "179.101", "reason-1": "A stain.",
        "arrived-2": "2", "verdict-2": "accepted", "condition-2": "as_new",
    })  # fmt: skip
    assert page.status == 422
    assert [each["href"] for each in page.all("a") if each["href"].startswith("#r") or each["href"].startswith("#arr")] == [
        "#reduction-0", "#arrived-1",
    ]  # fmt: skip
    assert "The most is COP 179,100" in page.text
    assert page.field("reduction-1")["value"] == "179.101"
    assert "A stain." in page.text
    assert made.now.status == "authorised"
    for fields, place in (
        ({"arrived-1": "0", "arrived-2": "0"}, "#arrived-0"), ({"arrived-1": "1", "arrived-2": "0"}, "#verdict-0"),
        ({"arrived-1": "1", "verdict-1": "accepted", "arrived-2": "0"}, "#condition-0"),
        ({"arrived-1": "1", "verdict-1": "refused", "condition-1": "used", "arrived-2": "0"}, "#reason-0"),
        ({"arrived-1": "x", "arrived-2": "0"}, "#arrived-0"), ({"arrived-1": "-1", "arrived-2": "0"}, "#arrived-0"),
        ({"arrived-1": "1", "verdict-1": "reduced", "condition-1": "used", "reason-1": "x", "reduction-1": "0"}, "#reduction-0"),
        ({"arrived-1": "1", "verdict-1": "pony", "condition-1": "pony", "arrived-2": "0"}, "#verdict-0"),
    ):  # fmt: skip
        page = browser.submit(fields)
        assert page.status == 422, fields
        assert any(each["href"] == place for each in page.all("a")), fields
    assert made.now.status == "authorised"


def test_a_parcel_of_what_is_not_decided_yet_says_so(site: Site) -> None:
    made = asked(site, "AZ-1002")
    page = made.page(table(site), "/receive").page
    assert "Decide first" in page.text
    assert not page.all("fieldset")


def test_a_late_parcel_is_taken_in_all_the_same(site: Site) -> None:
    made = asked(site, "AZ-1001", lines="2")
    azulu = site.portal.shops["azulu"].merchant
    site.later(days=60)
    for each in site.portal.returns.waking(site.portal.clock()):
        current = each
        while (following := woken(current, site.portal.clock(), azulu)) is not current:
            assert site.portal.returns.change(following)
            current = following
    assert made.now.status == "expired"
    browser = made.page(table(site), "/receive")
    assert "This comes after its time." in browser.page.text
    browser.submit(form_id="fine")
    assert made.now.status == "accepted"


def test_units_that_come_under_another_return_are_told_of(site: Site) -> None:
    made = asked(site, "AZ-1001", lines="2")
    late = made.now.model_copy(update={"lines": with_lines(made.now, {"2": {"status": "expired"}}), "version": 2})
    assert site.portal.returns.change(late)
    asked(site, "AZ-1001", lines="2")
    page = made.page(table(site), "/receive").submit(form_id="fine")
    assert page.status == 409
    assert "again in another return of this order" in page.text
    assert made.now.status == "expired"


def test_two_at_the_table_take_one_parcel_in_once(site: Site) -> None:
    made = asked(site, "AZ-1001")
    first, second = made.page(table(site), "/receive"), made.page(site.staff(ANA), "/receive")
    everything = {"arrived-1": "1", "verdict-1": "refused", "condition-1": "used", "reason-1": "Worn out."}
    first.submit(form_id="fine")
    page = second.submit(everything)
    assert page.status == 409
    assert "Something has happened meanwhile" in page.text
    assert made.now.lines[0].status == "accepted"


def test_a_mistaken_inspection_is_made_again_before_anything_is_given(site: Site) -> None:
    made = asked(site, "AZ-1001")
    browser = everything_fine(made, table(site))
    made.page(browser)
    assert browser.submit({"reopen": "1"}).status == 422
    browser.submit({"reopen": "1", "internal": "The wrong box."})
    assert browser.page.address == "/azulu/staff/return/receive?id=AZ-1001%2F1"
    browser.submit({"arrived-1": "1", "verdict-1": "refused", "condition-1": "wrong_item", "reason-1": "A towel."})
    assert (made.now.status, made.now.timeline[-2].internal) == ("refused", "The wrong box.")
    assert [mail.message for mail in made.now.outbox].count("inspected") == 1, "both results of one moment are one mail"
    sofia = made.page(site.staff("sofia@azulu.example"))
    assert sofia.submit({"reopen": "1", "internal": "x"}).status == 403


def test_an_amount_is_given_once_and_a_second_time_says_who_gave_it(site: Site) -> None:
    made = asked(site, "AZ-1001", outcome="store_credit")
    browser = everything_fine(made, table(site))
    ana, luis = made.page(site.staff(ANA), "/settle"), made.page(browser, "/settle")
    assert "COP 179,100" in ana.page.text
    assert ana.submit({"reference": " "}).status == 422
    ana.submit({"reference": "CRED-1"})
    page = luis.submit({"reference": "CRED-2"})
    assert page.status == 409
    for words in ("Settled already", "CRED-1", "Ana Restrepo", "What you had typed: CRED-2"):
        assert words in page.text, words
    assert [each.reference for each in made.now.settlements] == ["CRED-1"]


def test_an_amount_that_no_page_showed_is_not_given(site: Site) -> None:
    made = asked(site, "AZ-1001")
    browser = everything_fine(made, table(site))
    for forged in ({"amount": "1"}, {"amount": "x"}, {"kind": "refund"}, {"kind": "pony"}, {"amount": "-179100"}):
        assert made.page(browser, "/settle").submit({"reference": "X", **forged}).status == 409, forged
    assert made.now.settlements == ()


def test_several_outcomes_are_settled_one_after_the_other(site: Site) -> None:
    made = asked(site, "AZ-1001", lines="12")
    made.page(site.staff(ANA)).submit({"outcome-2": "store_credit"})
    browser = everything_fine(made, table(site))
    made.page(browser, "/settle").submit({"reference": "AZ-2001"})
    assert browser.redirects == ["/azulu/staff/return/settle?id=AZ-1001%2F1&notice=settled"]
    browser.submit({"reference": "CRED-1"})
    assert [(each.kind, each.reference) for each in made.now.settlements] == [("exchange", "AZ-2001"), ("store_credit", "CRED-1")]
    assert made.now.status == "settled"


def test_receiving_and_settling_take_the_role_for_it(site: Site) -> None:
    made = asked(site, "AZ-1001")
    sofia = site.staff("sofia@azulu.example")
    for part in ("receive", "return/receive", "return/settle"):
        assert sofia.get(f"/azulu/staff/{part}?id=AZ-1001%2F1").status == 403
    assert made.now.status == "authorised"


@pytest.mark.parametrize("language", ["es", "fa"])
def test_another_language_keeps_what_is_typed(site: Site, language: str) -> None:
    made = asked(site, "AZ-1001")
    browser = made.page(table(site), "/receive")
    page = browser.submit(
        {"arrived-1": "1", "verdict-1": "reduced", "reduction-1": "12,5", "reason-1": "Mancha.", "lang": language}
    )
    assert (page.status, page.all("html")[0]["lang"]) == (200, language)
    assert page.field("reduction-1")["value"] == "12,5"
    assert "Mancha." in page.text
    assert browser.get("/azulu/staff/receive").all("html")[0]["lang"] == language
    page = browser.submit({"code": "half a co", "lang": "en"})
    assert (page.status, page.field("code")["value"]) == (200, "half a co")


def test_the_line_after_a_parcel_cannot_be_made_up(site: Site) -> None:
    made = asked(site, "AZ-1001")
    browser = table(site)
    for done in (made.id, "nothing", "NU-1001/1", "<b>x</b>"):
        page = browser.get(f"/azulu/staff/receive?done={done}")
        assert "is saved" not in page.text, done


def test_enter_in_a_field_never_accepts_everything(site: Site) -> None:
    made = asked(site, "AZ-1001")
    page = made.page(table(site), "/receive").page
    (fields,) = (fields for form, fields in page.forms if form.get("id") == "step")
    assert not [each for tag, each in fields if tag == "button" and each.get("name") == "then"]
    assert not [each for _, each in page.elements if "autofocus" in each], "a scanner that goes on scanning presses nothing"
