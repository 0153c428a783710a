"""Slips and codes through HTTP: who gets them, as bytes, from every client and through the local gateway, too."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

import app as deployed
from chalicelib.local.gateway import make_server
from chalicelib.web import http
from tests.papers.slips import codes, pictures
from tests.web.browsing import Browser
from tests.web.conftest import Site
from tests.web.test_journeys import WAYS, go

ROOT = Path(__file__).resolve().parents[2]
FILES = ("slip.pdf", "code.png")
# What browsers and other programs say they take, in the order in which they say it.
ACCEPTS = {
    "a link that is clicked": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "a picture in a page": "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
    "a program that takes one type": "application/json",
    "a program that says nothing": "",
}


def returned(site: Site) -> Browser:
    """Return a browser whose customer has a return that may be sent."""
    browser = site.inside("AZ-1001")
    go(browser, WAYS["azulu"]).submit()
    assert browser.page.address == "/azulu/returns/1/done"
    return browser


@pytest.fixture(scope="module")
def made(quiet_site: Site) -> Browser:
    """A browser whose return no test of this module changes."""
    return returned(quiet_site)


def rma_on(browser: Browser) -> str:
    found = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", browser.get("/azulu/returns/1").text)
    assert found
    return found[0]


def test_the_page_of_a_return_leads_to_its_slip_as_a_file_and_as_a_page(made: Browser) -> None:
    made.get("/azulu/returns/1/done")
    links = [link["href"] for link in made.page.all("a")]
    assert {"/azulu/returns/1/slip", "/azulu/returns/1/slip.pdf"} <= set(links)
    rma = rma_on(made)
    found = codes(pictures(made.fetch("/azulu/returns/1/slip.pdf"))[0])
    assert found == {("Code128", rma), ("QRCode", f"http://127.0.0.1:8000/azulu/staff/receive?rma={rma}")}
    page = made.get("/azulu/returns/1/slip")
    for words in (rma, "AZ-1001", "Azulu Devoluciones", "What to do now", "Cut here"):
        assert words in page.text


def test_the_number_stays_in_one_piece_also_among_a_shops_words(site: Site) -> None:
    browser = site.inside("AZ-1001", "fa")
    go(browser, replace(WAYS["azulu"], how="store:bogota-zona-t")).submit()
    rma = rma_on(browser)
    page = browser.get("/azulu/returns/1/slip").body
    steps = page[page.index('<ol class="numbered">') : page.index("</ol>")]
    assert steps.count(rma) == steps.count(f'<bdi dir="ltr">{rma}</bdi>') == 1


def test_the_files_head_says_what_it_is_and_nothing_that_anybody_typed(made: Browser) -> None:
    rma = rma_on(made)
    made.fetch("/azulu/returns/1/slip.pdf")
    headers = made.answers[-1]["headers"]
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == f'inline; filename="RMA-{rma}.pdf"'
    made.fetch("/azulu/returns/1/code.png")
    assert made.answers[-1]["headers"]["Content-Type"] == "image/png"


@pytest.mark.parametrize("name", ["a b.pdf", 'x".pdf', "x\r\nSet-Cookie: a=b.pdf", "é.pdf", ".pdf", "x" * 61 + ".pdf", "x.pdf\n"])
def test_a_files_name_is_of_plain_letters_or_there_is_no_file(name: str) -> None:
    with pytest.raises(ValueError, match="not for headers"):
        http.file(b"", "application/pdf", name, [])


def event(browser: Browser, path: str, accept: str) -> dict[str, Any]:
    """Return an event with all that a REST API hands to Lambda for a request of a browser."""
    headers = {
        "Host": "returns.example.com", "User-Agent": "Mozilla/5.0", "X-Forwarded-For": "203.0.113.9",
        "cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()), "accept-language": "es-CO,es;q=0.9",
    }  # fmt: skip
    if accept:
        headers["accept"] = accept
    resource = "/{shop}/returns/{slot}/" + path.rpartition("/")[2]
    return {
        "resource": resource, "path": path, "httpMethod": "GET", "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()}, "queryStringParameters": None,
        "multiValueQueryStringParameters": None, "pathParameters": {"shop": "azulu", "slot": "1"}, "stageVariables": None,
        "requestContext": {
            "resourceId": "a1b2c3", "resourcePath": resource, "httpMethod": "GET", "extendedRequestId": "c6Af9ac6=",
            "requestTime": "10/Mar/2026:17:00:00 +0000", "path": f"/api{path}", "accountId": "123456789012",
            "protocol": "HTTP/1.1", "stage": "api", "domainPrefix": "returns", "requestTimeEpoch": 1773162000000,
            "requestId": "b6a1f1f2-0000-4000-8000-000000000000", "domainName": "returns.example.com", "apiId": "abcdef1234",
            "identity": {"sourceIp": "203.0.113.9", "userAgent": "Mozilla/5.0", "accountId": None, "user": None},
        },
        "body": None, "isBase64Encoded": False,
    }  # fmt: skip


@pytest.mark.parametrize("accept", ACCEPTS.values(), ids=ACCEPTS)
@pytest.mark.parametrize("name", FILES)
def test_lambda_answers_every_client_in_base_64(made: Browser, name: str, accept: str) -> None:
    answer = json.loads(json.dumps(made.app(event(made, f"/azulu/returns/1/{name}", accept), None)))
    assert answer["statusCode"] == 200
    assert answer["isBase64Encoded"] is True
    body = base64.b64decode(answer["body"], validate=True)
    assert body.startswith(b"%PDF-" if name == "slip.pdf" else b"\x89PNG")


def test_pages_are_text_as_before(made: Browser) -> None:
    made.get("/azulu/returns/1")
    assert not made.answers[-1].get("isBase64Encoded")
    assert made.answers[-1]["body"].lstrip().startswith("<!doctype html>")


def test_the_deployed_app_leaves_it_to_the_answers_what_is_binary() -> None:
    assert deployed.app.api.binary_types == []


def test_the_local_gateway_gives_every_client_the_same_bytes(made: Browser) -> None:
    file = made.fetch("/azulu/returns/1/slip.pdf")
    cookies = "; ".join(f"{name}={value}" for name, value in made.cookies.items())
    server = make_server(made.app, 0).server
    with server, ThreadPoolExecutor() as pool:
        pool.submit(server.serve_forever)
        for accept in ACCEPTS.values():
            connection = HTTPConnection("127.0.0.1", server.server_port, timeout=20)
            headers = {"Cookie": cookies, "Accept-Language": "en"} | ({"Accept": accept} if accept else {})
            connection.request("GET", "/azulu/returns/1/slip.pdf", headers=headers)
            answer = connection.getresponse()
            assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
            assert answer.read() == file
            connection.close()
        server.shutdown()


def test_the_same_return_is_printed_with_the_same_bytes_later(site: Site) -> None:
    browser = returned(site)
    first = browser.fetch("/azulu/returns/1/slip.pdf")
    site.later(minutes=30)
    assert browser.fetch("/azulu/returns/1/slip.pdf") == first


def test_nobody_else_gets_a_slip(quiet_site: Site, made: Browser) -> None:
    stranger, other, shopper = quiet_site.browser(), quiet_site.inside("AZ-1002"), quiet_site.inside("AL-1001")
    for name in ("slip", *FILES):
        address = f"/azulu/returns/1/{name}"
        assert stranger.get(address).status == 403
        assert other.get(address).status == 404
        assert shopper.get(address).status == 403
        assert made.get(f"/azulu/returns/7/{name}").status == 404


def test_a_return_without_a_number_has_no_slip_and_says_where_it_stands(site: Site) -> None:
    browser = site.inside("NU-1001")
    go(browser, WAYS["nurana"]).submit()
    for name in ("slip", *FILES):
        page = browser.get(f"/nurana/returns/1/{name}")
        assert browser.redirects == ["/nurana/returns/1"]
        assert page.status == 200
        assert "slip.pdf" not in page.body


def test_a_return_that_was_cancelled_has_no_slip_any_more(site: Site) -> None:
    browser = returned(site)
    browser.get("/azulu/returns/1/cancel")
    browser.submit()
    for name in ("slip", *FILES):
        browser.get(f"/azulu/returns/1/{name}")
        assert browser.redirects == ["/azulu/returns/1"]


def test_the_slip_speaks_the_language_that_the_customer_chose(quiet_site: Site) -> None:
    browser = quiet_site.inside("AZ-1008", "es")
    assert "Hoja de devolución" in browser.get("/azulu/returns/1/slip").text
    assert "برگهٔ مرجوعی" in browser.get("/azulu/returns/1/slip?lang=fa").text


def test_a_page_loads_nothing_that_makes_papers() -> None:
    program = "import app, sys; print(*{'fpdf', 'segno', 'barcode', 'uharfbuzz'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-B", "-c", program], cwd=ROOT, env={}, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
