"""A customer with an order and a browser, who knows the forms by their fields, whatever language they are in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Locator, Page

from tests.browser.shop import Order, Shops


def photo(colour: str) -> bytes:
    """Return a photo of something in this colour."""
    written = BytesIO()
    Image.new("RGB", (640, 480), colour).save(written, "JPEG")
    return written.getvalue()


@dataclass
class Customer:
    """Somebody at one shop with one order; what they do leads from page to page as it would lead anybody."""

    page: Page
    shops: Shops
    order: Order
    language: str

    @property
    def home(self) -> str:
        """The address of the shop's returns page."""
        return f"{self.shops.url}/{self.order.shop}"

    @property
    def place(self) -> str:
        """Where the customer is, below the shop's address: `/items`, say."""
        return urlsplit(self.page.url).path.removeprefix(urlsplit(self.home).path)

    @property
    def onward(self) -> Locator:
        """The one button of the page that leads on."""
        return self.page.locator("#step button.primary")

    def press(self) -> None:
        """Go on."""
        self.follow(self.onward)

    def follow(self, control: Locator | str) -> None:
        """Click on what leads to another page, and wait until that has come."""
        with self.page.expect_navigation():
            (self.page.locator(control).first if isinstance(control, str) else control).click()

    def open(self, path: str = "") -> None:
        """Open a page of the shop."""
        self.page.goto(self.home + path)

    def switch(self, language: str) -> None:
        """Choose a language at the end of the page."""
        self.follow(f'.languages [value="{language}"], .languages [hreflang="{language}"]')

    def ask(self) -> None:
        """Ask for a link in the customer's language, and see that it is on its way."""
        self.open(f"?lang={self.language}")
        self.page.fill('[name="number"]', self.order.number)
        self.page.fill('[name="email"]', self.order.email)
        self.press()

    def enter(self, mails: int = 1) -> None:
        """Open the link of the newest mail, once there are so many, and go on from the page it leads to."""
        self.page.goto(self.shops.link(self.order, mails))
        self.press()

    def come_in(self) -> None:
        """Come from the shop's page to the order."""
        self.ask()
        self.enter()

    def take(self, *lines: str, quantity: int = 1) -> None:
        """Choose lines of the order, so many units of each that has more than one."""
        for line in lines:
            self.page.check(f'[name="take-{line}"]')
            select = self.page.locator(f'[name="quantity-{line}"]')
            if select.count():
                select.select_option(str(quantity))

    def say(self, line: str, reason: str, *, unmet: Iterable[str] = (), wish: str | None = None, remark: str = "") -> None:
        """Say why a line comes back, confirm its conditions but the unmet ones, wish for another, and leave a remark."""
        self.page.check(f'[name="reason-{line}"][value="{reason}"]')
        for yes in self.page.locator(f'[name^="answer-{line}-"][value="yes"]:visible').all():
            yes.check()
        for condition in unmet:
            self.page.check(f'[name="answer-{line}-{condition}"][value="no"]')
        if wish:
            self.page.check(f'[name="wish-{line}"][value="{wish}"]')
        if remark:
            self.page.fill(f'[name="remark-{line}"]', remark)

    def upload(self, content: bytes) -> None:
        """Upload a photo with the page's first form for one, and wait until it was cleaned or put aside."""
        self.page.locator('input[type="file"]').first.set_input_files(
            {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content}
        )
        self.follow("form.upload button")
        for _ in range(100):
            if not self.page.locator('.line .hint a[href$="/photos"]').count():
                return
            self.page.wait_for_timeout(100)
            self.open("/photos")
        raise AssertionError("nobody cleans what was uploaded")

    def want(self, **outcomes: str) -> None:
        """Choose what to get for lines: `_1="exchange"`."""
        for line, outcome in outcomes.items():
            self.page.check(f'[name="outcome{line.replace("_", "-")}"][value="{outcome}"]')

    def send(self, how: str) -> None:
        """Choose how it comes back: `mail`, or `store:` and the store's id."""
        self.page.check(f'[name="how"][value="{how}"]')

    def text(self) -> str:
        """Return what the page says, as it is laid out."""
        return self.page.locator("main").inner_text()
