"""Photos on the customer's way: asked for where the policy asks, posted straight to the bucket, shown only once they are clean."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import requests
from PIL import Image

from chalicelib.files import INCOMING, QUARANTINE
from tests.web.browsing import Browser, Page
from tests.web.conftest import Site

WRONG = {"AZ-1001": "damaged", "NU-1001": "wrong_item"}


def picture(colour: str = "red", **saved: Any) -> bytes:
    """Return a small photo as a telephone would write it."""
    written = BytesIO()
    Image.new("RGB", (120, 80), colour).save(written, "JPEG", **saved)
    return written.getvalue()


def at_photos(site: Site, number: str = "AZ-1001", language: str = "en") -> Browser:
    """Return a browser that has said what is wrong with the first line of an order."""
    browser = site.inside(number, language)
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    browser.submit({"reason-1": WRONG[number]})
    return browser


def upload(browser: Browser, content: bytes) -> requests.Response:
    """Post a file with the page's first upload form, as a browser does: to the bucket, not to us."""
    form, fields = next((form, fields) for form, fields in browser.page.forms if form.get("class") == "upload")
    signed = {each["name"]: each["value"] for _, each in fields if each.get("type") == "hidden"}
    return requests.post(form["action"], data=signed, files={"file": ("x.jpg", content)}, timeout=5, allow_redirects=False)


def add(site: Site, browser: Browser, content: bytes) -> Page:
    """Upload a file, clean what came, and go where the bucket sends the browser."""
    answer = upload(browser, content)
    assert answer.status_code == 303
    clean(site)
    return browser.get(answer.headers["Location"].removeprefix("http://127.0.0.1:8000"))


def clean(site: Site) -> None:
    """Clean everything that was uploaded, as the bucket's events make the function do."""
    for each in site.portal.files.list(INCOMING):
        site.portal.photos.clean(each.key)


def finish(browser: Browser) -> Page:
    """Choose an exchange by mail and ask for the return."""
    browser.submit({"how": "mail", "outcome-1": "exchange"})
    return browser.submit()


def test_a_damaged_dress_is_shown_in_a_photo_before_anything_is_chosen(site: Site) -> None:
    browser = at_photos(site)

    assert browser.page.address == "/azulu/photos"
    assert "0 of 1 added" in browser.page.text
    assert "show it to us in a photo" in browser.page.text
    assert browser.get("/azulu/outcomes").address == "/azulu/photos"

    page = add(site, browser, picture())
    assert "1 of 1 added" in page.text
    assert len(page.all("img")) == 1
    assert not [form for form, _ in page.forms if form.get("class") == "upload"]

    assert browser.submit().address == "/azulu/outcomes"
    page = finish(browser)
    assert "Your return is approved" in page.heading
    made = site.portal.returns.by_slot("azulu", "AZ-1001", 1)
    assert made is not None
    (key,) = made.lines[0].photos
    assert key.startswith("photos/azulu/AZ1001/")
    page = browser.get("/azulu/returns/1")
    assert key in page.all("img")[0]["src"]
    assert requests.get(page.all("img")[0]["src"], timeout=5).headers["Content-Type"] == "image/jpeg"


def test_no_photo_is_asked_for_where_the_policy_asks_for_none(site: Site) -> None:
    browser = site.inside("AZ-1001")
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    browser.submit({"reason-1": "wrong_item"})

    assert browser.page.address == "/azulu/outcomes"
    assert browser.get("/azulu/photos").address == "/azulu/outcomes"
