"""What people do besides going straight on: two devices, two tabs, the back button, another language, a change of mind."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Comes
from tests.browser.customer import Customer

pytestmark = pytest.mark.browser


def to_check(customer: Customer) -> None:
    """Bring a customer of Alustoora with one lamp to the check page."""
    customer.come_in()
    customer.take("1")
    customer.press()
    customer.say("1", "changed_mind")
    customer.press()
    customer.press()
    assert customer.place == "/check"


def returns_of(customer: Customer) -> list[str]:
    """Return what staff see of the order's returns, one each."""
    listed = customer.shops.staff("returns", "list", customer.order.shop).splitlines()
    return [line for line in listed if f"{customer.order.number}/" in line]


def test_a_saved_draft_goes_on_with_another_device(comes: Comes) -> None:
    phone = comes("AZ-1001", "es", viewport={"width": 360, "height": 740})
    phone.come_in()
    phone.take("2")
    phone.press()
    phone.say("2", "colour", wish="CP-12-BL", remark="El azul es más oscuro que en la foto.")
    phone.follow('[name="then"][value="save"]')
    assert phone.place == "/saved"
    laptop = comes(phone.order, "es")
    laptop.enter(mails=2)
    assert laptop.place == "/outcomes"
    laptop.open("/details")
    assert laptop.page.input_value('[name="remark-2"]') == "El azul es más oscuro que en la foto."
    assert laptop.page.is_checked('[name="wish-2"][value="CP-12-BL"]')


def test_a_double_click_makes_one_return(comes: Comes) -> None:
    customer = comes("AL-1001", "en")
    to_check(customer)
    customer.onward.dblclick()
    customer.page.wait_for_url("**/returns/**")
    assert customer.page.locator(".rma").count()
    assert len(returns_of(customer)) == 1


def test_the_back_button_after_asking_leads_to_no_second_return(comes: Comes) -> None:
    customer = comes("AL-1001", "en")
    to_check(customer)
    customer.press()
    customer.page.go_back()
    assert customer.place == "/items"
    assert customer.page.locator('a[href$="/returns/1"]').count()
    assert not customer.page.locator('[name="take-1"]').count()
    assert len(returns_of(customer)) == 1


@pytest.mark.parametrize("left_at", ["/details", "/outcomes", "/check"])
def test_a_tab_left_open_finds_the_return_that_the_other_one_made(comes: Comes, left_at: str) -> None:
    customer = comes("AL-1001", "en")
    to_check(customer)
    tab = Customer(customer.page.context.new_page(), customer.shops, customer.order, "en")
    tab.open(left_at)
    customer.press()
    tab.press()
    assert tab.place.startswith("/returns/1")
    assert len(returns_of(customer)) == 1


def test_what_changed_since_the_check_page_is_shown_before_anything_is_asked_for(comes: Comes) -> None:
    customer = comes("AL-1001", "en")
    to_check(customer)
    customer.shops.change(customer.order, unit_price="79.00")
    customer.press()
    assert customer.place == "/check"
    assert not returns_of(customer)
    changed = customer.page.locator("#changed + ul")
    assert "value" in changed.inner_text()
    assert "$79.00" in customer.text()
    customer.press()
    assert customer.place == "/returns/1/done"


def test_another_language_keeps_the_page_and_what_was_typed(comes: Comes) -> None:
    customer = comes("AZ-1001", "es")
    customer.open("?lang=es")
    customer.page.fill('[name="number"]', "AZ 12")
    customer.page.fill('[name="email"]', "half an address")
    customer.switch("fa")
    assert customer.page.locator("html").get_attribute("lang") == "fa"
    assert customer.page.input_value('[name="number"]') == "AZ 12"
    assert customer.page.input_value('[name="email"]') == "half an address"
    customer.language = "fa"
    customer.come_in()
    customer.take("1", quantity=2)
    customer.switch("en")
    assert customer.page.is_checked('[name="take-1"]')
    assert customer.page.input_value('[name="quantity-1"]') == "2"
    customer.press()
    assert customer.page.locator("html").get_attribute("lang") == "en"
    customer.say("1", "size", remark="Too wide\nat the shoulders")
    customer.switch("es")
    assert customer.place == "/details"
    assert customer.page.is_checked('[name="reason-1"][value="size"]')
    assert customer.page.input_value('[name="remark-1"]') == "Too wide\nat the shoulders"


def test_a_session_that_ends_midway_keeps_the_draft(comes: Comes) -> None:
    customer = comes("AZ-1007", "en")
    customer.come_in()
    customer.take("1")
    customer.press()
    tab = Customer(customer.page.context.new_page(), customer.shops, customer.order, "en")
    tab.open("/items")
    tab.follow('form[action$="/sign-out"] button')
    assert tab.place == ""
    customer.say("1", "changed_mind")
    customer.press()
    assert customer.page.locator('[name="email"]').is_visible(), "the page asks for order and address again"
    customer.page.fill('[name="number"]', customer.order.number)
    customer.page.fill('[name="email"]', customer.order.email)
    customer.press()
    customer.enter(mails=2)
    assert customer.place == "/details"


def test_a_return_is_taken_back_once_it_was_asked_for(comes: Comes) -> None:
    customer = comes("AL-1001", "en")
    to_check(customer)
    customer.press()
    customer.open("/returns/1")
    customer.follow('a[href$="/returns/1/cancel"]')
    customer.press()
    assert customer.place == "/returns/1"
    assert "cancelled" in returns_of(customer)[0]
    assert len(customer.shops.run.mails(3, customer.order.email)) == 3
    customer.open("/items")
    assert customer.page.locator('[name="take-1"]').is_visible(), "what was cancelled can be asked for again"


def test_a_parcel_on_its_way_is_told_and_can_no_longer_be_cancelled(comes: Comes) -> None:
    customer = comes("AL-1001", "en")
    to_check(customer)
    customer.press()
    customer.open("/returns/1")
    customer.page.fill('[name="tracking"]', "1z 999 aa1 01 2345 6784")
    customer.press()
    assert customer.place == "/returns/1"
    assert "UPS" in customer.text()
    assert not customer.page.locator('a[href$="/cancel"]').count()
    assert "sent" in returns_of(customer)[0]


@pytest.mark.parametrize(("number", "language"), [("AZ-1004", "es"), ("NU-1003", "fa")])
def test_a_refusal_leads_to_its_own_words_in_the_policy(comes: Comes, number: str, language: str) -> None:
    customer = comes(number, language)
    customer.come_in()
    refused = customer.page.locator(".card", has=customer.page.locator(".badge.no")).first
    for closed in refused.locator("summary").all():
        closed.click()
    link = refused.locator('a[href*="/policy?version="]').first
    quoted = refused.locator("blockquote p").first.inner_text()
    # It opens beside the page, where what is chosen already stays as it is.
    with customer.page.expect_popup() as opened:
        link.click()
    policy = opened.value
    clause = policy.locator(":target")
    assert clause.inner_text().strip() == quoted
    place = clause.bounding_box()
    assert place
    assert 0 <= place["y"] < policy.viewport_size["height"]


def test_a_used_link_opens_nothing_and_leads_to_a_new_one(comes: Comes) -> None:
    customer = comes("AL-1002", "en")
    customer.come_in()
    used = customer.shops.link(customer.order)
    stranger = comes(customer.order, "en")
    stranger.page.goto(used)
    assert not stranger.page.locator('[name="take-1"]').count()
    stranger.press()
    assert stranger.place == "/sent"
    stranger.enter(mails=2)
    assert stranger.place == "/items"
