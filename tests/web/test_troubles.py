"""What goes wrong outside: tables that do not answer, mistakes of ours; and what the log says of it all."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from chalice import Chalice

from chalicelib.bootstrap import Portal
from chalicelib.domain.errors import Busy, Unavailable
from chalicelib.web.customer import customer
from tests.web.browsing import Browser
from tests.web.conftest import Site
from tests.web.test_journeys import WAYS, go


class Failing:
    """Stands before something and raises an error from the call with this number on."""

    def __init__(self, behind: Any, error: Exception, calls: int = 0) -> None:
        self._behind = behind
        self._error = error
        self._left = calls

    def __getattr__(self, name: str) -> Any:
        self._left -= 1
        if self._left < 0:
            raise self._error
        return getattr(self._behind, name)


def troubled(site: Site, **parts: Any) -> Portal:
    """Return the portal with some of its parts replaced."""
    return dataclasses.replace(site.portal, **parts)


ERRORS = [
    (Unavailable("table returns", "put_item: ThrottlingException"), 503),
    (Busy(), 503),
    (RuntimeError("ana@example.com"), 500),
]


@pytest.mark.parametrize(("error", "status"), ERRORS)
@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_tables_that_do_not_answer_make_a_page_and_lose_nothing(
    site: Site, error: Exception, status: int, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = go(site.inside("AZ-1001", language), WAYS["azulu"])
    form = browser.page.hidden()
    failing = Browser(troubled(site, desk=Failing(site.portal.desk, error)), language)
    failing.cookies = dict(browser.cookies)
    page = failing.post("/azulu/check", form)
    assert page.status == status
    assert page.all("html")[0]["lang"] == language
    assert ("Retry-After" in page.headers) is (status == 503)
    logged = [json.loads(record.message) for record in caplog.records if record.name == "vuelta"]
    assert logged[-1]["request"] in page.body, "the reference on the page is the request in the log"
    assert "ana@example.com" not in caplog.text + page.body
    assert browser.post("/azulu/check", form).address == "/azulu/returns/1/done", "the draft is kept"


def test_a_portal_that_cannot_be_wired_still_answers_with_headers(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    browser = site.browser()

    def unwired() -> Portal:
        raise Unavailable("environment", "missing")

    browser.app = Chalice(app_name="vuelta")
    browser.app.register_blueprint(customer(unwired))
    answer = browser.send("GET", "/azulu", None, {})
    assert answer["statusCode"] == 500


def test_the_log_has_one_line_of_json_a_request_and_nothing_personal(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    browser = site.browser()
    browser.post("/azulu/find", {"number": "AZ-1001", "email": site.addresses["AZ-1001"]})
    link = site.link("AZ-1001")
    browser.get(link)
    browser.submit()
    go(browser, WAYS["azulu"]).submit({"remark": "secret remark"})
    browser.get("/plantedshop/plantedpath")
    lines = [json.loads(record.message) for record in caplog.records if record.name == "vuelta"]
    assert len(lines) == len(browser.answers)
    assert [line["status"] for line in lines] == [answer["statusCode"] for answer in browser.answers]
    assert all({"event", "shop", "method", "route", "status", "ms", "request"} == line.keys() for line in lines)
    planted = [
        site.addresses["AZ-1001"],
        link.rsplit("/", 1)[1],
        *browser.cookies.values(),
        "AZ1001",
        "AZ-1001",
        "Gracias",
        "planted",
    ]
    for secret in planted:
        assert len(secret) < 3 or secret not in caplog.text
