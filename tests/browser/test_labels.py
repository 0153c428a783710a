"""A label goes through real forms: uploaded from the console straight to the bucket, and downloaded by the customer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Comes
from tests.browser.customer import Customer, photo
from tests.browser.inspection import AXE, faults, invalid
from tests.browser.test_console import DECIDER, sign_in
from tests.test_label_files import pdf

pytestmark = pytest.mark.browser


def returned(customer: Customer) -> None:
    """Return something that arrived damaged, at the shop's expense."""
    customer.come_in()
    customer.take("1")
    customer.press()
    customer.say("1", "damaged")
    customer.press()
    while customer.page.locator('input[type="file"]').count():
        customer.upload(photo("red"))
    if customer.place == "/photos":
        customer.press()
    customer.send("mail")
    customer.page.locator('input[type="radio"][name="outcome-1"]:visible').first.check()
    customer.press()
    customer.press()
    assert customer.place == "/returns/1/done"


def upload(at: Customer, name: str, content: bytes) -> None:
    """Upload a file with the page's form for one."""
    at.page.locator("#file").set_input_files({"name": name, "mimeType": "application/pdf", "buffer": content})
    at.follow("form.upload button")


def waits_for_label(at: Customer) -> None:
    """Stay on the return's page until it is said that a person has to give the label."""
    for _ in range(100):
        if at.page.locator('section[aria-labelledby="label"] .badge').count():
            return
        at.page.wait_for_timeout(100)
        at.page.reload()
    raise AssertionError("nobody sees to the label")


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_a_label_is_uploaded_in_the_console_and_downloaded_by_the_customer(comes: Comes, language: str) -> None:
    customer = comes("AZ-1001", language, accept_downloads=True)
    returned(customer)
    staff = comes(customer.order, language, bypass_csp=True, reduced_motion="reduce")
    staff.page.context.add_init_script(path=AXE)
    for _ in sign_in(staff, DECIDER):
        pass
    staff.open(f"/staff/return?id={customer.order.number}/1&lang={language}")
    waits_for_label(staff)
    staff.follow('a[href*="/staff/return/label?"]')
    found = []
    for name, content in (("page.html", b"<html>"), ("empty.pdf", b""), ("label.pdf", pdf())):
        upload(staff, name, content)
        found += faults(staff.page, name)
        assert bool(staff.page.locator("#file-mistake").count()) is (name != "label.pdf"), name
    assert not found, "\n".join(found)
    staff.follow("#give button")
    assert staff.place == "/staff/return"
    customer.open("/returns/1")
    with customer.page.expect_download() as download:
        customer.page.locator('a[href$="/returns/1/label"]').click()
    assert download.value.suggested_filename.startswith("label-")
    assert Path(download.value.path()).read_bytes() == pdf()
    assert any("/link/" in link for link in customer.shops.run.mails(1, customer.order.email)[-1]["links"])


def test_the_page_of_a_label_is_valid(comes: Comes) -> None:
    customer = comes("AZ-1001", "en")
    returned(customer)
    staff = comes(customer.order, "en")
    for _ in sign_in(staff, DECIDER):
        pass
    answer = staff.page.goto(f"{staff.home}/staff/return/label?id={customer.order.number}/1&lang=en")
    assert answer is not None
    assert invalid({"label": answer.text()}) == []
