"""Takes the pictures of the README: `python -m tests.browser.pictures docs/images`."""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.bench.made_export import make
from tests.browser.customer import Customer
from tests.browser.shop import Shops
from tests.browser.stage import open_browser, open_shops
from tests.browser.test_console import ADMIN, sign_in

DESK = {"viewport": {"width": 840, "height": 1240}, "device_scale_factor": 1.25}
CONSOLE = {"viewport": {"width": 1120, "height": 1180}}
PAPER = {"viewport": {"width": 1120, "height": 860}}
PHONE = {"viewport": {"width": 420, "height": 860}, "device_scale_factor": 1.75, "is_mobile": True}


def main(folder: Path) -> None:
    """Take all pictures anew."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_browser() as browser, open_shops() as shops:
        for name, page in (
            ("outcomes", outcomes(browser, shops).page),
            ("status", status(browser, shops).page),
            ("decision", decision(browser, shops).page),
            ("report", report(browser, shops)),
        ):
            take(page, folder / f"{name}.png")


def take(page: Page, path: Path) -> None:
    """Write what the window shows as a picture of few colours, which a page of words needs no more of."""
    shown = Image.open(BytesIO(page.screenshot()))
    shown.convert("RGB").quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


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


def decision(browser: Browser, shops: Shops) -> Customer:
    """What the shop's people see of a return on which two clauses of Azulu contradict each other, in English, at a desk."""
    customer = Customer(browser.new_context(**CONSOLE).new_page(), shops, shops.order("AZ-1002"), "en")
    customer.come_in()
    customer.take("1")
    customer.press()
    customer.say("1", "size", remark="It is too wide at the shoulders. I wore it at home only, to try it on.")
    customer.press()
    customer.send("mail")
    customer.want(_1="exchange")
    customer.press()
    customer.press()
    for _ in sign_in(customer, ADMIN):
        pass
    customer.open(f"/staff/return?id={customer.order.number}/1")
    return customer


def report(browser: Browser, shops: Shops) -> Page:
    """The report of four hundred returns that were made up for Azulu, in English."""
    page = browser.new_context(**PAPER).new_page()
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "report.html"
        make(Path(folder), 400)
        shops.staff("report", "--shop", "azulu", "--from", folder, "--out", str(written), "--language", "en")
        page.goto(written.as_uri())
    return page


if __name__ == "__main__":
    main(Path(sys.argv[1]))
