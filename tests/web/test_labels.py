"""A label reaches the customer: uploaded by one of the shop's people, looked at, given, mailed, and downloaded."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from chalicelib.bootstrap import Portal
from chalicelib.domain.label_steps import label_given_up, label_ordered, labelled
from chalicelib.domain.labels import Label
from chalicelib.domain.lifecycle import cancelled
from chalicelib.domain.returns import Return
from chalicelib.files import LARGEST_LABEL, origin
from chalicelib.own_labels import OwnLabels
from tests.labels import made_prepaid
from tests.test_label_files import pdf
from tests.web.browsing import Browser
from tests.web.conftest import NOON, Site

STAFF = "sofia@azulu.example"
PAGE = "/azulu/staff/return/label?" + urlencode({"id": "AZ-1001/1"})


def waiting(site: Site, *steps: Callable[[Return], Return]) -> Return:
    """Keep a return that waits for a label from a person, or to which these steps happened instead."""
    new = made_prepaid("authorised")
    assert site.portal.returns.add(new)
    for step in steps or (lambda made: label_given_up(made, "no_provider"),):
        assert site.portal.returns.change(step(kept(site)))
    return kept(site)


def kept(site: Site) -> Return:
    found = site.portal.returns.by_slot("azulu", "AZ-1001", 1)
    assert found is not None
    return found


def bought(made: Return) -> Return:
    label = Label(
        source="easypost", key="labels/azulu/AZ1001/1/shp_1.pdf", carrier="Servientrega", service="Standard", tracking="24000111",
        cost="9.50", currency="USD", charged="at_purchase", provider_id="shp_1", by="easypost", made_at=NOON,
    )  # fmt: skip
    return labelled(made, label)


def upload(portal: Portal, browser: Browser, body: bytes) -> str:
    """Do what a browser and S3 do with the form that is shown; return where S3 leads the browser."""
    form = next(form for form, _ in browser.page.forms if form.get("enctype") == "multipart/form-data")
    fields = browser.page.forms[[form for form, _ in browser.page.forms].index(form)][1]
    values = {each["name"]: each.get("value", "") for _, each in fields if each.get("type") == "hidden"}
    assert "csrf" not in values
    portal.files.put(values["key"], body, values["Content-Type"])
    back = urlsplit(values["success_action_redirect"])
    assert f"{back.scheme}://{back.netloc}" == portal.settings.portal_url
    return f"{back.path}?{back.query}&" + urlencode({"bucket": "b", "key": values["key"], "etag": '"x"'})


def test_a_label_is_uploaded_looked_at_given_mailed_and_downloaded(site: Site) -> None:
    waiting(site)
    staff = site.staff(STAFF, "en")
    staff.get("/azulu/staff/return?" + urlencode({"id": "AZ-1001/1"}))
    assert any(each["href"] == PAGE.replace("%2F", "/") or each["href"] == PAGE for each in staff.page.all("a"))
    staff.get(PAGE)
    body = pdf()
    staff.get(upload(site.portal, staff, body))
    assert staff.page.status == 200
    assert kept(site).label is None, "a page that is opened gives nothing to anybody"
    twice = {**staff.page.hidden("give")}
    staff.submit(form_id="give")
    assert staff.redirects == ["/azulu/staff/return?id=AZ-1001%2F1&notice=labelled"]
    staff.post(PAGE, twice)
    assert staff.redirects, "a form that is posted twice is no mistake"
    made = kept(site)
    assert made.label is not None
    assert (made.label.source, made.label.by) == ("shop", STAFF)
    assert site.portal.files.get(made.label.key, LARGEST_LABEL) == body
    assert [mail.message for mail in made.outbox] == ["approved", "label"]
    assert site.portal.files.list("incoming/labels/azulu/AZ1001/1/") == ()
    customer = site.inside("AZ-1001")
    for page in ("done", ""):
        customer.get(f"/azulu/returns/1/{page}".rstrip("/"))
        assert any(each["href"] == "/azulu/returns/1/label" for each in customer.page.all("a"))
    answer = customer.send("GET", "/azulu/returns/1/label", None, {})
    location = urlsplit(answer["headers"]["Location"])
    assert (answer["statusCode"], location.path) == (303, f"/{made.label.key}")
    assert parse_qs(location.query)["response-content-disposition"] == [f'attachment; filename="label-{made.rma}.pdf"']


@pytest.mark.parametrize("language", ["en", "es", "fa"])
@pytest.mark.parametrize(
    "body", [b"", b"x" * (LARGEST_LABEL + 1), b"<html><script>alert(1)</script>", b"%PDF-1.7 what", pdf(pages=0)],
    ids=["nothing", "too much", "a page", "broken", "no pages"],
)  # fmt: skip
def test_what_is_no_label_is_said_beside_the_field_and_given_to_nobody(site: Site, language: str, body: bytes) -> None:
    waiting(site)
    staff = site.staff("ana@azulu.example", language)
    staff.get(PAGE + f"&lang={language}")
    back = upload(site.portal, staff, body)
    staff.get(back)
    assert any(each.get("id") == "file-mistake" for each in staff.page.all("p"))
    assert any(each["href"] == "#file" for each in staff.page.all("a"))
    assert not any(form.get("id") == "give" for form, _ in staff.page.forms)
    (key,) = parse_qs(urlsplit(back).query)["key"]
    token = next(each["value"] for each in staff.page.all("input") if each.get("name") == "csrf")
    staff.post(PAGE, {"csrf": token, "seen": "9", "name": key.rpartition("/")[2]})
    assert staff.page.status == 422
    assert kept(site).label is None


@pytest.mark.parametrize(
    "key", ["labels/azulu/AZ1001/1/x", "incoming/labels/azulu/AZ1002/1/x", "../x", "incoming/labels/azulu/AZ1001/1/../2/x"]
)
def test_another_key_in_the_address_is_not_looked_at(site: Site, key: str) -> None:
    waiting(site)
    site.portal.files.put("incoming/labels/azulu/AZ1002/1/x", pdf(), "")
    page = site.staff(STAFF, "en").get(f"{PAGE}&{urlencode({'key': key})}")
    assert page.status == 200
    assert not any(form.get("id") == "give" for form, _ in page.forms)


def test_the_page_alone_lets_its_form_go_to_the_bucket(site: Site) -> None:
    waiting(site)
    staff = site.staff(STAFF, "en")
    bucket = origin(site.portal.files.link("labels/x", "x.pdf"))
    assert f"form-action 'self' {bucket};" in staff.get(PAGE).headers["Content-Security-Policy"]
    assert bucket not in staff.get("/azulu/staff").headers["Content-Security-Policy"]


def test_of_two_who_give_a_label_the_second_is_told(site: Site) -> None:
    waiting(site)
    first, second = site.staff(STAFF, "en"), site.staff("ana@azulu.example", "en")
    for browser in (first, second):
        browser.get(PAGE)
        browser.get(upload(site.portal, browser, pdf()))
    first.submit(form_id="give")
    given = kept(site)
    second.submit(form_id="give")
    assert second.page.status == 409
    assert kept(site) == given


def test_a_label_that_is_being_bought_or_was_is_not_replaced(site: Site) -> None:
    waiting(site, lambda made: label_ordered(made, "shp_1", "rate_1"))
    staff = site.staff(STAFF, "en")
    staff.get(PAGE)
    staff.get(upload(site.portal, staff, pdf()))
    staff.submit(form_id="give")
    assert staff.page.status == 409
    assert site.portal.returns.change(bought(kept(site)))
    assert not any(form.get("enctype") for form, _ in staff.get(PAGE).forms)


def test_what_could_not_be_bought_can_be_tried_again(site: Site) -> None:
    waiting(site, lambda made: label_given_up(made, "refused", "PAYMENT: <b>no funds</b>"))
    staff = site.staff(STAFF, "en")
    page = staff.get(PAGE)
    assert "PAYMENT: <b>no funds</b>" in page.text
    form = next(fields for _, fields in page.forms if any(each.get("value") == "retry" for _, each in fields))
    staff.post(PAGE, {each["name"]: each["value"] for _, each in form if each.get("type") == "hidden"})
    order = kept(site).label_order
    assert order is not None
    assert order.missing is None


def test_who_may_only_read_gives_no_label_but_sees_it(site: Site) -> None:
    waiting(site, bought)
    answer = site.staff(STAFF, "en").send("GET", PAGE.replace("/label?", "/label/file?"), None, {})
    assert (answer["statusCode"], urlsplit(answer["headers"]["Location"]).path) == (303, "/labels/azulu/AZ1001/1/shp_1.pdf")


def test_without_a_label_there_is_nothing_to_download(site: Site) -> None:
    waiting(site)
    customer = site.inside("AZ-1001")
    assert customer.get("/azulu/returns/1/label").address == "/azulu/returns/1"
    assert not any(each["href"].endswith("/label") for each in customer.page.all("a"))


def test_a_label_of_what_was_taken_back_is_not_offered_any_more(site: Site) -> None:
    waiting(site, bought, lambda made: cancelled(made, NOON))
    customer = site.inside("AZ-1001")
    assert customer.get("/azulu/returns/1/label").address == "/azulu/returns/1"


def test_another_customers_label_is_out_of_reach(site: Site) -> None:
    waiting(site, bought)
    page = site.inside("AZ-1002").get("/azulu/returns/1/label")
    assert page.status in (403, 404)


def test_who_waits_for_a_label_stands_in_the_queue_until_they_have_it(site: Site) -> None:
    waiting(site)
    staff = site.staff("ana@azulu.example", "en")
    for state in ("", "?state=unlabelled", "?state=authorised"):
        assert "AZ-1001/1" in staff.get(f"/azulu/staff{state}").text
    assert "Label missing" in staff.page.text
    assert [made.id for made in site.portal.returns.queue("azulu", "authorised")].count("AZ-1001/1") == 1
    assert site.portal.returns.change(bought(kept(site)))
    assert "AZ-1001/1" not in staff.get("/azulu/staff").text
    assert "AZ-1001/1" in staff.get("/azulu/staff?state=authorised").text


def test_the_bytes_that_were_judged_are_those_that_the_customer_gets(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever uploaded a file may post another one under its name while it is looked at."""
    new, files = waiting(site), site.portal.files
    labels = OwnLabels(files, site.portal.counter, site.portal.clock)
    answers = iter([b"%PDF-1.4 broken", pdf()])
    monkeypatch.setattr(files, "get", lambda _key, _most: next(answers))

    assert labels.give(new, "x", by=STAFF, seen=len(new.timeline)).fault == "label_broken"
    assert kept(site).label is None
