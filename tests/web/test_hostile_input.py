"""Whatever is posted: a page in the customer's language or the form again, never an error of ours, never an echo that works."""

from __future__ import annotations

import html
from collections.abc import Iterator

import pytest

from tests.web.browsing import FORM, Browser
from tests.web.conftest import Site
from tests.web.test_journeys import WAYS, go
from tests.web.test_steps import reimport

HOSTILE = {
    "missing": None,
    "blank": " \t ",
    "script": "<script>alert(1)</script>",
    "attribute": '"\' onfocus=alert(1) autofocus x="',
    "template": "{{7*7}}{%raw%}",
    "lines": "a\r\nSet-Cookie: x=y\r\n\r\nb",
    "nul": "a\x00b",
    "formula": "=cmd|' /C calc'!A0",
    "override": "\u202egnp.exe\u2066",
    "digits": "۱۲۳٤٥٦",
    "long": "x" * 20_000,
    "noncharacter": "\ufffe\uffff",
}
TYPED = [
    "number", "email", "take-1", "quantity-1", "proof", "country", "reason-1", "answer-1-unused", "wish-1", "words-1", "remark-1",
    "how", "outcome-1", "csrf", "draft", "seen", "tracking", "carrier", "step",
]  # fmt: skip


def addresses(browser: Browser) -> Iterator[str]:
    """Every address that takes a form."""
    browser.cookies.setdefault("vuelta_azulu", "")
    for path in (
        "find",
        "items",
        "details",
        "outcomes",
        "check",
        "save",
        "returns/1/tracking",
        "returns/1/cancel",
        "link/x",
        "link/x/again",
    ):
        yield f"/azulu/{path}"


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_value_of_any_field_of_any_form_brings_the_portal_down(site: Site, payload: str) -> None:
    value = HOSTILE[payload]
    browser = go(site.inside("AZ-1001"), WAYS["azulu"])
    csrf = browser.page.hidden()["csrf"]
    browser.submit()
    browser.get("/azulu/items")
    browser.post("/azulu/items", {"csrf": csrf, "take-2": "yes", "take-1": "yes"})
    draft = browser.page.hidden()["draft"]
    for address in addresses(browser):
        for proper in ({"csrf": csrf, "draft": draft}, {"csrf": csrf}):
            fields = {} if value is None else dict.fromkeys(TYPED, value)
            page = browser.post(address, fields | proper)
            assert page.status in (200, 400, 403, 404, 409, 413, 422), f"{address}: {page.status}"
            if value and any(char in value for char in "<\"'"):
                assert value not in page.body, f"{address} echoes it as it came"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"number=%", 400),
        (b"number=%zz&email=a", 400),
        (b"number=%ff%fe", 400),
        (b"number=%ed%a0%80", 400),
        ("number=é".encode(), 400),
        (b"\xff\xfe", 400),
        (b"number=1&number=2", 400),
        (b"&".join(b"a%d=" % index for index in range(2000)), 400),
        (b"number=" + b"x" * 70_000, 413),
        (b"number=" + b"x" * 1_000_000, 413),
        (b"", 422),
        (b"&&&=&", 422),
        (b"=", 422),
        (b"number", 422),
    ],
)
def test_a_body_that_no_form_of_ours_sends_is_refused(quiet_site: Site, body: bytes, status: int) -> None:
    for language in ("en", "es", "fa"):
        page = quiet_site.browser(language).post("/azulu/find", body)
        assert page.status == status
        assert page.all("html")[0]["lang"] == language


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", "", "x" * 3000])
def test_a_body_of_another_type_is_refused(quiet_site: Site, kind: str) -> None:
    page = quiet_site.browser("fa").post("/azulu/find", b"{}", **{"content-type": kind})
    assert (page.status, page.all("html")[0]["lang"]) == (415, "fa")


def test_the_type_may_name_its_character_set(quiet_site: Site) -> None:
    page = quiet_site.browser().post(
        "/azulu/find", {"number": "1", "email": "a@example.com"}, **{"content-type": f"{FORM};charset=UTF-8"}
    )
    assert page.address == "/azulu/sent"


@pytest.mark.parametrize("value", ["<script>", "\ud800", "x" * 5000, "%00", "; vuelta_azulu=; =;;", "\x7f"])
@pytest.mark.parametrize(
    "header", ["cookie", "accept-language", "origin", "sec-fetch-site", "host", "user-agent", "x-forwarded-host"]
)
def test_no_header_brings_the_portal_down(quiet_site: Site, header: str, value: str) -> None:
    page = quiet_site.browser().get("/azulu", **{header: value})
    assert page.status == 200
    page = quiet_site.browser().post("/azulu/find", {"number": "1", "email": "a@example.com"}, **{header: value})
    assert page.status in (200, 403)


@pytest.mark.parametrize(
    "token", ["a%0d%0aSet-Cookie:%20x=y", "%00", "..%2f..%2fevil", "%2f%2fevil.example", "%ed%a0%80", "%d9%86"]
)
def test_no_token_brings_the_portal_down_or_leads_away(quiet_site: Site, token: str) -> None:
    browser = quiet_site.browser()
    for path in (f"/azulu/link/{token}", f"/azulu/link/{token}/again", f"/azulu/staff/link/{token}"):
        answer = browser.send("GET", path, None, {})
        assert answer["statusCode"] in (303, 404), path
        leads_to = answer["headers"].get("Location", f"/azulu/link/{token}")
        assert leads_to.startswith("/azulu/link/")
        assert leads_to.isascii()
        assert leads_to.isprintable()
        assert leads_to.count("/") == 3


@pytest.mark.parametrize("before", ["//evil.example", "/\\evil.example", "/x//evil.example", "https:", "/%0d%0a"])
def test_nothing_before_our_address_leads_away(quiet_site: Site, before: str) -> None:
    browser = quiet_site.browser()
    browser.stage = before
    answer = browser.send("GET", f"{before}/azulu/find", None, {})
    assert (answer["statusCode"], answer["headers"]["Location"]) == (303, "/azulu")
    assert "evil" not in browser.send("GET", f"{before}/azulu", None, {})["body"]


def test_words_of_the_customer_come_back_escaped_and_as_they_were(site: Site) -> None:
    browser = site.inside("AZ-1001")
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    said = "<img src=x onerror=alert(1)> & \"so\" 'on' \u202e\x00 ئ\u200cا"
    browser.submit({"then": "save", "reason-1": "size", "remark-1": said})
    page = browser.get("/azulu/details")
    kept = said.replace("\u202e\x00 ", " ")
    assert html.escape(kept, quote=False).replace('"', "&#34;").replace("'", "&#39;") in page.body


@pytest.mark.parametrize(
    "query", ["version=%3Cscript%3E", "version=2024-12-18&version=x", "lang=%00", "lang=../../x", "notice=", "x=%ff"]
)
def test_no_query_brings_the_portal_down(quiet_site: Site, query: str) -> None:
    for path in ("", "/policy", "/sent"):
        assert quiet_site.browser().get(f"/azulu{path}?{query}").status == 200


def test_what_a_shop_imports_is_escaped_wherever_it_stands(site: Site) -> None:
    stored, _ = site.portal.returns.order_with_returns("azulu", "AZ1001")
    assert stored is not None
    hostile = {
        "id": '1"><script>alert(1)</script>',
        "name": "<img src=x onerror=alert(1)>\u202e",
        "sku": "{{7*7}}' x=\"y",
        "product": None,
    }
    reimport(site, "AZ-1001", lines=(stored.order.lines[0].model_copy(update=hostile),))
    browser = site.inside("AZ-1001")
    line = hostile["id"]
    browser.submit({f"take-{line}": "yes", f"quantity-{line}": "1"})
    assert browser.submit({}).status == 422
    browser.submit({f"reason-{line}": "damaged"})
    assert browser.page.address == "/azulu/photos"
    browser.post("/azulu/photos/without", {**browser.page.hidden(), "line": line, "cannot": "yes"})
    browser.submit()
    browser.submit({"how": "mail", f"outcome-{line}": "exchange"})
    browser.submit()
    assert browser.page.address == "/azulu/returns/1/done"
    browser.get("/azulu/returns/1")
    assert not browser.page.all("img")
    assert "<img src=x onerror=alert(1)>" in browser.page.text
