"""Photos on the customer's way: asked for where the policy asks, posted to the bucket, shown only once they are clean."""

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


def test_a_line_needs_as_many_photos_as_its_policy_asks_for(site: Site) -> None:
    browser = at_photos(site, "NU-1001")
    assert "0 of 2 added" in browser.page.text

    add(site, browser, picture("red"))
    assert "1 of 2 added" in browser.page.text
    assert browser.submit().status == 422
    assert browser.page.text.count("Add the photos that are still missing") == 2

    add(site, browser, picture("blue"))
    assert browser.submit().address == "/nurana/outcomes"


def test_whoever_cannot_take_a_photo_says_so_and_a_person_decides(site: Site) -> None:
    browser = at_photos(site)
    browser.post("/azulu/photos/without", {**browser.page.hidden(), "line": "1", "cannot": "yes"})
    assert "You cannot take photos of it." in browser.page.text
    assert not [form for form, _ in browser.page.forms if form.get("class") == "upload"]
    browser.submit()
    assert browser.page.text.count("Our team decides") == 3
    page = finish(browser)

    assert "We have your request" in page.heading
    made = site.portal.returns.by_slot("azulu", "AZ-1001", 1)
    assert made is not None
    assert (made.lines[0].status, made.lines[0].decision.photos, made.lines[0].photos) == ("under_review", 1, ())


def test_whoever_can_take_a_photo_after_all_is_asked_for_it_again(site: Site) -> None:
    browser = at_photos(site)
    for cannot in ("yes", "no"):
        browser.post("/azulu/photos/without", {**browser.page.hidden(), "line": "1", "cannot": cannot})

    assert "0 of 1 added" in browser.page.text
    assert browser.get("/azulu/outcomes").address == "/azulu/photos"


@pytest.mark.parametrize(
    "content",
    [b"<script>alert(1)</script>", b"%PDF-1.4\n" + picture(), picture()[:-50], b"\x89PNG\r\n\x1a\n"],
    ids=["script", "pdf", "cut", "head"],
)
def test_a_file_that_is_no_photo_is_put_aside_and_said_to_be_unreadable(site: Site, content: bytes) -> None:
    browser = at_photos(site)
    page = add(site, browser, content)

    assert "We could not read the last file as a photo" in page.text
    assert "0 of 1 added" in page.text
    assert not page.all("img")
    assert len(site.portal.files.list(QUARANTINE)) == 1
    assert browser.submit().status == 422

    assert "We could not read" not in add(site, browser, picture()).text


def test_what_is_not_cleaned_yet_is_counted_but_never_shown_nor_kept(site: Site) -> None:
    browser = at_photos(site)
    upload(browser, picture())
    page = browser.get("/azulu/photos")
    assert "1 of 1 added" in page.text
    assert "We are still looking at the last one" in page.text
    assert not page.all("img")

    browser.submit()
    assert finish(browser).address == "/azulu/photos"
    clean(site)
    browser.get("/azulu/check")
    assert "Your return is approved" in browser.submit().heading


def test_a_file_that_turns_out_to_be_none_on_the_way_leads_back_to_the_photos(site: Site) -> None:
    browser = at_photos(site)
    upload(browser, b"no photo")
    browser.get("/azulu/photos")
    browser.submit()
    clean(site)

    page = browser.submit({"how": "mail", "outcome-1": "exchange"})
    assert page.address == "/azulu/photos"
    assert "We could not read the last file" in page.text


def test_a_photo_can_be_taken_back_until_the_return_is_made(site: Site) -> None:
    browser = at_photos(site)
    add(site, browser, picture())
    remove = next(fields for form, fields in browser.page.forms if form["action"].endswith("/photos/remove"))
    posted = {each["name"]: each["value"] for _, each in remove if each.get("type") == "hidden"}
    page = browser.post("/azulu/photos/remove", posted)
    assert "0 of 1 added" in page.text

    add(site, browser, picture())
    key = site.portal.files.list("photos/azulu/")[0].key
    browser.submit()
    finish(browser)
    browser.post("/azulu/photos/remove", {**posted, "name": key.rpartition("/")[2]})
    assert [each.key for each in site.portal.files.list("photos/azulu/")] == [key]


@pytest.mark.parametrize("address", ["/azulu/photos", "/azulu/photos/remove", "/azulu/photos/without"])
def test_nothing_is_changed_without_the_forms_token_nor_by_opening_its_address(site: Site, address: str) -> None:
    browser = at_photos(site)
    add(site, browser, picture())
    fields = {"line": "1", "cannot": "yes", "name": site.portal.files.list("photos/azulu/")[0].name}

    assert browser.post(address, fields).status == 403
    browser.get(address)
    browser.get("/azulu/photos")
    assert "1 of 1 added" in browser.page.text


def test_photos_are_still_there_when_the_draft_is_opened_elsewhere(site: Site) -> None:
    browser = at_photos(site)
    add(site, browser, picture())
    assert browser.submit({"then": "save"}).address == "/azulu/saved"

    other = site.browser()
    other.get(site.link("AZ-1001", "resume"))
    other.submit()
    assert other.page.address == "/azulu/outcomes"
    assert "1 of 1 added" in other.get("/azulu/photos").text


def test_a_reason_that_needs_no_photo_needs_none_although_there_are_some(site: Site) -> None:
    browser = at_photos(site)
    add(site, browser, picture())
    browser.get("/azulu/details")
    browser.submit({"reason-1": "wrong_item"})
    finish(browser)

    made = site.portal.returns.by_slot("azulu", "AZ-1001", 1)
    assert made is not None
    assert made.lines[0].photos == ()


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_the_page_is_whole_in_every_language(site: Site, language: str) -> None:
    browser = at_photos(site, language=language)
    add(site, browser, b"no photo")
    browser.submit()
    assert browser.page.status == 422
    add(site, browser, picture())

    assert (browser.page.all("html")[0]["lang"], browser.page.status) == (language, 200)


def test_a_language_is_switched_without_a_word_about_what_is_missing(site: Site) -> None:
    page = at_photos(site).submit({"lang": "es"})

    assert (page.status, page.all("html")[0]["lang"]) == (200, "es")
    assert "Agregue las fotos que faltan" not in page.text


def test_the_form_is_signed_for_this_line_alone(site: Site) -> None:
    browser = at_photos(site)
    form, fields = next((form, fields) for form, fields in browser.page.forms if form.get("class") == "upload")
    signed = {each["name"]: each["value"] for _, each in fields if each.get("type") == "hidden"}

    assert signed["key"].startswith("incoming/photos/azulu/AZ1001/")
    assert signed["success_action_redirect"] == "http://127.0.0.1:8000/azulu/photos"
    assert "${filename}" not in signed["key"]
    assert form["enctype"] == "multipart/form-data"
