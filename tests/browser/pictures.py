"""Takes the pictures of the README: `python -m tests.browser.pictures docs/images`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.customer import Customer
from tests.browser.shop import Shops
from tests.browser.stage import open_browser, open_shops

DESK = {"viewport": {"width": 840, "height": 1240}, "device_scale_factor": 1.25}
PHONE = {"viewport": {"width": 420, "height": 900}, "device_scale_factor": 1.75, "is_mobile": True}


def main(folder: Path) -> None:
    """Take both pictures anew."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_browser() as browser, open_shops() as shops:
        outcomes(browser, shops).page.screenshot(path=folder / "outcomes.png")
        status(browser, shops).page.screenshot(path=folder / "status.png")


def outcomes(browser: Browser, shops: Shops) -> Customer:
    """What a customer of Azulu would get for a dress by mail, in English, at a desk."""
    customer = Customer(browser.new_context(**DESK).new_page(), shops, shops.order("AZ-1001"), "en")
    customer.come_in()
    customer.take("1")
    customer.press()
    customer.say("1", "size", wish="VL-77-S")
    customer.press()
    customer.send("mail")
    customer.want(_1="exchange")
    return customer


def status(browser: Browser, shops: Shops) -> Customer:
    """A return at Nurana that an expert approved, in Persian, on a phone."""
    customer = Customer(browser.new_context(**PHONE).new_page(), shops, shops.order("NU-1001"), "fa")
    customer.come_in()
    customer.take("1")
    customer.press()
    customer.say("1", "size", wish="MN-44")
    customer.press()
    customer.want(_1="exchange")
    customer.press()
    customer.press()
    shops.staff("returns", "approve", "nurana", f"{customer.order.number}/1", "--note", "منتظر بستهٔ شما هستیم.")
    customer.open("/returns/1")
    return customer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
