"""A gift that comes back by its code, and photos that are added and taken away again."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Comes
from tests.browser.customer import photo

pytestmark = pytest.mark.browser


def test_a_gift_comes_back_by_the_code_on_its_receipt(comes: Comes) -> None:
    customer = comes("AZ-1006", "es")
    customer.open("/gift?lang=es")
    customer.page.fill('[name="code"]', customer.order.record["gift_code"])
    customer.page.fill('[name="email"]', customer.order.email)
    customer.press()
    customer.enter()
    assert customer.place == "/items"
    customer.take("1")
    customer.press()
    customer.say("1", "size")
    customer.press()
    assert customer.place == "/outcomes"


def test_a_photo_is_added_and_taken_away_again(comes: Comes) -> None:
    customer = comes("NU-1001", "fa")
    customer.come_in()
    customer.take("1")
    customer.press()
    customer.say("1", "damaged")
    customer.press()
    assert customer.place == "/photos"
    customer.upload(photo("red"))
    assert customer.page.locator("img").evaluate("picture => picture.complete && picture.naturalWidth > 0")
    customer.follow('form[action$="/photos/remove"] button')
    assert customer.place == "/photos"
    assert not customer.page.locator("img").count()
