"""The steps of a draft: going on, going back, several tabs, what changes meanwhile, and switching the language."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.adapters.dynamodb import packed
from chalicelib.adapters.items import order_to_item
from chalicelib.domain.orders import StoredOrder
from tests.web.conftest import Site
from tests.web.test_journeys import WAYS, go


def test_a_step_that_is_not_due_leads_to_the_one_that_is(site: Site) -> None:
    browser = site.inside("AZ-1001")
    for step in ("details", "outcomes", "check"):
        assert browser.get(f"/azulu/{step}").address == "/azulu/items"
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    for step in ("outcomes", "check"):
        assert browser.get(f"/azulu/{step}").address == "/azulu/details"


def test_nothing_chosen_is_a_mistake_and_keeps_what_was_typed(site: Site) -> None:
    page = site.inside("AZ-1001").submit({"quantity-1": "2", "proof": "gift_receipt", "country": "CO"})
    assert page.status == 422
    assert any("checked" in each for each in page.all("input") if each.get("value") == "gift_receipt")


def test_details_lacking_an_answer_are_shown_again_with_those_that_were_given(site: Site) -> None:
    browser = site.inside("AZ-1001")
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    page = browser.submit(
        {"reason-1": "size", "answer-1-unused": "yes", "remark-1": "<b>kept</b>", "wish-1": "words", "words-1": ""}
    )
    assert page.status == 422
    assert "<b>kept</b>" in page.text
    assert "<b>kept" not in page.body
    assert {each["href"] for each in page.all("a") if each["href"].startswith("#answer")} == {"#answer-0-1", "#answer-0-2"}
    assert any(each["href"] == "#words-0" for each in page.all("a"))


def test_a_fault_of_the_shop_asks_for_no_conditions(site: Site) -> None:
    browser = site.inside("AZ-1001")
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    assert browser.submit({"reason-1": "wrong_item"}).address == "/azulu/outcomes"


def test_switching_the_language_keeps_what_was_typed_and_saves_nothing(site: Site) -> None:
    browser = site.inside("AZ-1001")
    page = browser.submit({"take-2": "yes", "quantity-1": "2", "proof": "none", "lang": "fa"})
    assert (page.status, page.all("html")[0]["lang"]) == (200, "fa")
    assert "checked" in page.field("take-2")
    assert "checked" not in page.field("take-1")
    assert site.portal.returns.draft("azulu", "AZ1001", "", site.portal.clock()) is None
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    page = browser.submit({"reason-1": "colour", "remark-1": "nearly done", "lang": "es"})
    assert (page.status, page.all("html")[0]["lang"]) == (200, "es")
    assert "nearly done" in page.text
    answers = {each["name"]: "yes" for each in page.all("input") if each.get("name", "").startswith("answer-1-")}
    browser.submit({"reason-1": "colour", **answers})
    page = browser.submit({"how": "store:bogota-zona-t", "lang": "en"})
    assert page.all("html")[0]["lang"] == "en"
    assert any("checked" in each for each in page.all("input") if each.get("value") == "store:bogota-zona-t")


def test_switching_the_language_before_the_link_keeps_what_was_typed(site: Site) -> None:
    page = site.browser().post("/azulu/find", {"number": "۱۰۰۱", "email": "half@", "lang": "fa"})
    assert (page.status, page.all("html")[0]["lang"]) == (200, "fa")
    assert page.field("email")["value"] == "half@"


def test_posting_the_same_form_twice_makes_one_return(site: Site) -> None:
    browser = go(site.inside("AZ-1001"), WAYS["azulu"])
    form = browser.page.hidden()
    first = browser.post("/azulu/check", form).address
    assert browser.post("/azulu/check", form).address == first == "/azulu/returns/1/done"
    assert site.portal.returns.by_slot("azulu", "AZ1001", 2) is None


def test_a_page_about_a_draft_that_became_a_return_leads_to_it(site: Site) -> None:
    browser = site.inside("AZ-1001")
    other = site.inside("AZ-1001")
    go(browser, WAYS["azulu"])
    other.get("/azulu/details")
    stale = other.page.hidden()
    browser.submit()
    page = other.post("/azulu/details", {**stale, "reason-1": "damaged"})
    assert page.address == "/azulu/returns/1?notice=already_made"
    assert page.status == 200


def test_a_page_about_a_draft_that_nobody_knows_leads_to_the_beginning(site: Site) -> None:
    browser = go(site.inside("AZ-1001"), WAYS["azulu"])
    page = browser.submit({"draft": "another"})
    assert page.address == "/azulu/items?notice=stale"


def test_two_tabs_over_the_last_unit_end_in_one_return(site: Site) -> None:
    way = WAYS["alustoora"]
    one, two = site.inside("AL-1001"), site.inside("AL-1001")
    go(one, way)
    two.get("/alustoora/check")
    assert one.submit().address == "/alustoora/returns/1/done"
    assert two.submit().address == "/alustoora/returns/1/done"


def reimport(site: Site, number: str, **changes: object) -> None:
    """Import an order anew with some of its facts changed."""
    shop = {"AL": "alustoora", "AZ": "azulu"}[number[:2]]
    stored, _ = site.portal.returns.order_with_returns(shop, number.replace("-", ""))
    assert stored is not None
    order = stored.order.model_copy(update=changes)
    newer = StoredOrder.model_validate({**dict(stored), "order": order, "updated_at": stored.updated_at + timedelta(hours=1)})
    table = site.portal.settings.returns_table
    site.client.put_item(TableName=table, Item=packed(order_to_item(newer)))


def test_what_changed_since_the_check_page_is_said_before_anything_is_made(site: Site) -> None:
    browser = go(site.inside("AZ-1001"), WAYS["azulu"])
    stored, _ = site.portal.returns.order_with_returns("azulu", "AZ1001")
    assert stored is not None
    delivered = stored.order.delivered_at
    assert delivered is not None
    reimport(site, "AZ-1001", delivered_at=delivered - timedelta(days=20))
    page = browser.submit()
    assert page.status == 409
    assert "What changed since you looked" in page.text
    assert site.portal.returns.by_slot("azulu", "AZ1001", 1) is None
    assert "Gracias <3" in page.text, "nothing else is lost"


def test_a_window_that_closed_meanwhile_is_said_and_nothing_is_made(site: Site) -> None:
    browser = go(site.inside("AL-1001"), WAYS["alustoora"])
    reimport(site, "AL-1001", placed_at=site.portal.clock() - timedelta(days=60))
    page = browser.submit()
    assert page.status == 409
    assert not any(button.get("class") == "primary" for button in page.all("button"))
    assert site.portal.returns.by_slot("alustoora", "AL1001", 1) is None


def test_an_order_that_is_another_customers_now_asks_to_open_it_again(site: Site) -> None:
    browser = site.inside("AZ-1001")
    stored, _ = site.portal.returns.order_with_returns("azulu", "AZ1001")
    assert stored is not None
    other = stored.model_copy(update={"email": "other@example.com"})
    site.client.put_item(TableName=site.portal.settings.returns_table, Item=packed(order_to_item(other)))
    assert browser.get("/azulu/items").status == 403


@pytest.mark.parametrize("notice", ["stale", "too_late", "already_made", "<script>", "x" * 5000])
def test_only_notices_that_we_know_are_shown(site: Site, notice: str) -> None:
    page = site.inside("AZ-1001").get(f"/azulu/items?notice={notice.replace('<', '%3C')}")
    assert page.status == 200
    assert ('role="status"' in page.body) is (notice in {"stale", "too_late", "already_made"})


def test_a_line_that_cannot_be_asked_back_any_more_leads_to_the_items(site: Site) -> None:
    browser = site.inside("AZ-1001")
    browser.submit({"take-1": "yes", "quantity-1": "1", "take-2": "yes"})
    stored, _ = site.portal.returns.order_with_returns("azulu", "AZ1001")
    assert stored is not None
    sold = stored.order.lines[1].model_copy(update={"categories": ("gift_card",)})
    reimport(site, "AZ-1001", lines=(stored.order.lines[0], sold))
    for step in ("details", "outcomes", "check"):
        assert browser.get(f"/azulu/{step}").address == "/azulu/items"
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    assert browser.page.address == "/azulu/details"


def test_a_line_that_only_a_fault_brings_back_says_so_before_it_asks_why(site: Site) -> None:
    browser = site.inside("AZ-1004")
    page = browser.submit({"take-2": "yes"})
    assert "Cannot be returned" in page.text
    assert {each["value"] for each in page.all("input") if each.get("name") == "reason-2"} == {
        "damaged", "defective", "wrong_item", "not_as_described",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("posted", "stands"), [("find", ""), ("sign-out", ""), ("save", "/items"), ("returns/1/tracking", "/returns/1")]
)
def test_a_forms_own_address_opened_as_a_page_leads_to_the_form(site: Site, posted: str, stands: str) -> None:
    browser = go(site.inside("AZ-1001"), WAYS["azulu"])
    browser.submit()
    assert browser.get(f"/azulu/{posted}").address == f"/azulu{stands}"


def test_the_summary_of_mistakes_names_the_item_where_there_are_several(site: Site) -> None:
    browser = site.inside("AZ-1001")
    browser.submit({"take-1": "yes", "quantity-1": "1", "take-2": "yes", "quantity-2": "1"})
    page = browser.submit({"reason-1": "damaged"})
    assert page.status == 422
    summary = page.body[page.body.index('class="summary"') :].split("</section>")[0]
    assert site.portal.returns.order_with_returns("azulu", "AZ-1001")[0].order.lines[1].name in summary  # type: ignore[union-attr]


def test_sizes_are_offered_from_small_to_large(site: Site) -> None:
    page = site.inside("AZ-1001").submit({"take-1": "yes", "quantity-1": "1"})
    offered = [each["value"] for each in page.all("input") if each.get("name") == "wish-1"]
    assert [sku.rpartition("-")[2] for sku in offered][:3] == ["S", "M", "L"]


def test_the_page_of_a_link_names_the_order_as_the_shop_writes_it(site: Site) -> None:
    browser = site.browser()
    browser.post("/azulu/find", {"number": "az 1001", "email": site.addresses["AZ-1001"]})
    lookup = next(site.portal.sessions.unanswered(site.portal.clock().replace(year=2030)))
    mailed = site.portal.links.answer(lookup)
    assert mailed is not None
    assert "AZ-1001" in browser.get(f"/azulu/link/{mailed.secret}").text
