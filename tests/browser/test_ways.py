"""The main way of each shop, from its page to the last mail, with JavaScript and without."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Comes

pytestmark = pytest.mark.browser

RMA = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4})+")

with_and_without = pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])


@with_and_without
def test_a_lamp_is_exchanged_at_alustoora(comes: Comes, scripts: bool) -> None:
    customer = comes("AL-1001", "en", java_script_enabled=scripts)
    customer.come_in()
    assert customer.place == "/items"
    customer.take("1")
    customer.press()
    assert customer.place == "/details"
    customer.say("1", "colour", wish="LAMP-BLACK", remark="The brass is too shiny.")
    customer.press()
    assert customer.place == "/outcomes"
    customer.press()
    assert customer.place == "/check"
    assert "The brass is too shiny." in customer.text()
    assert "$89.00" in customer.text()
    customer.press()
    assert customer.place == "/returns/1/done"
    assert customer.page.get_by_role("heading", level=1).inner_text() == "Your return is approved"
    rma = RMA.search(customer.page.locator(".rma").inner_text())
    assert rma
    mail = customer.shops.run.mails(2, customer.order.email)[-1]
    assert rma[0] in mail["text"]
    assert rma[0] in mail["html"]


@with_and_without
def test_a_dress_and_a_shirt_go_different_ways_at_azulu(comes: Comes, scripts: bool) -> None:
    customer = comes("AZ-1001", "es", java_script_enabled=scripts)
    customer.come_in()
    customer.take("1", "2", quantity=2)
    customer.press()
    customer.say("1", "size", wish="VL-77-S")
    customer.say("2", "changed_mind")
    customer.press()
    customer.send("mail")
    customer.want(_1="exchange", _2="store_credit")
    assert "12.990" in customer.text(), "by mail, a tenth of the shirt's price is kept"
    customer.send("store:bogota-zona-t")
    assert "12.990" not in customer.text(), "in a store, nothing is kept"
    customer.send("mail")
    customer.press()
    assert customer.place == "/check"
    assert "116.910" in customer.text()
    customer.follow('a[href$="/outcomes"]')
    customer.send("store:bogota-zona-t")
    customer.press()
    assert "116.910" not in customer.text()
    assert "Azulu Zona T" in customer.text()
    customer.press()
    assert customer.place == "/returns/1/done"
    rma = RMA.search(customer.page.locator(".rma").inner_text())
    assert rma
    assert "Calle 82" in customer.text()
    mail = customer.shops.run.mails(2, customer.order.email)[-1]
    assert rma[0] in mail["text"]
    assert "Azulu Zona T" in mail["text"]


@with_and_without
def test_a_coat_waits_for_an_expert_at_nurana(comes: Comes, scripts: bool) -> None:
    customer = comes("NU-1001", "fa", java_script_enabled=scripts)
    customer.come_in()
    assert customer.page.locator("html").get_attribute("dir") == "rtl"
    customer.take("1")
    customer.press()
    customer.say("1", "size", wish="MN-44", remark="سایز ۴۰ تنگ است.")
    customer.press()
    customer.want(_1="exchange")
    assert "۱۳۰٬۰۰۰" in customer.text(), "the longer coat costs more, and the customer pays the difference"
    customer.press()
    assert customer.place == "/check"
    assert "سایز ۴۰ تنگ است." in customer.text()
    customer.press()
    assert customer.place == "/returns/1/done"
    assert not customer.page.locator(".rma").count()
    waiting = customer.shops.run.mails(2, customer.order.email)[-1]
    assert not RMA.search(waiting["text"])
    said = customer.shops.staff("returns", "approve", "nurana", f"{customer.order.number}/1", "--note", "منتظر بستهٔ شما هستیم.")
    rma = RMA.search(said)
    assert rma
    decided = customer.shops.run.mails(3, customer.order.email)[-1]
    assert rma[0] in decided["text"]
    assert "منتظر بستهٔ شما هستیم." in decided["text"]
    customer.page.goto(next(link for link in decided["links"] if "/link/" in link))
    customer.press()
    assert customer.place == "/returns/1"
    assert rma[0] in customer.page.locator(".rma").inner_text()
    assert "منتظر بستهٔ شما هستیم." in customer.text()


def test_a_throw_comes_back_by_keyboard_alone(comes: Comes) -> None:
    customer = comes("AL-1002", "en")
    keys = customer.page.keyboard

    def reach(selector: str) -> None:
        for _ in range(60):
            if customer.page.evaluate("chosen => document.activeElement.matches(chosen)", selector):
                return
            keys.press("Tab")
        raise AssertionError(f"no number of tabs leads to {selector}")

    def onward() -> None:
        reach("#step button.primary")
        with customer.page.expect_navigation():
            keys.press("Enter")

    customer.open("?lang=en")
    reach('[name="number"]')
    keys.type(customer.order.number)
    keys.press("Tab")
    keys.type(customer.order.email)
    with customer.page.expect_navigation():
        keys.press("Enter")
    assert customer.place == "/sent"
    customer.page.goto(customer.shops.link(customer.order))
    onward()
    reach('[name="take-1"]')
    keys.press("Space")
    onward()
    assert customer.place == "/details"
    reach('[name="reason-1"]')
    keys.press("Space")
    while not customer.page.locator('[value="changed_mind"]').is_checked():
        keys.press("ArrowDown")
    for i in range(customer.page.locator('[name^="answer-1-"][value="yes"]').count()):
        reach(f"#answer-0-{i}")
        keys.press("Space")
    onward()
    assert customer.place == "/outcomes"
    onward()
    assert customer.place == "/check"
    onward()
    assert customer.place == "/returns/1/done"
