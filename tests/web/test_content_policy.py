"""The content security policy as an evaluator of such policies judges it, and the headers of every kind of answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address

import pytest

from chalicelib.web import http
from tests.web.conftest import Site
from tests.web.test_journeys import WAYS, go
from tests.web.test_photos import at_photos
from tests.web.test_staff_queue import ADMIN, put

DIRECTIVES = frozenset({"default-src", "style-src", "img-src", "form-action", "base-uri", "frame-ancestors", "object-src"})
MUST = {"default-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'"}
KEYWORDS = frozenset({"'none'", "'self'"})
HASH = re.compile(r"'sha256-[A-Za-z0-9+/]{43}='")
HOST = re.compile(r"https://[a-z0-9][a-z0-9.-]*\.[a-z]{2,}")
UNSAFE = frozenset(
    {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "'strict-dynamic'", "*", "http:", "https:", "blob:", "filesystem:"}
)


def warnings(policy: str) -> list[str]:
    """Return what an evaluator warns of: unknown or missing directives, wildcards, unsafe words, schemes, weak hosts."""
    parts = [part.strip().partition(" ") for part in policy.split(";")]
    names = [name for name, _, _ in parts]
    found = [f"{name} is unknown" for name in names if name not in DIRECTIVES]
    found += [f"{name} stands there twice" for name in set(names) if names.count(name) > 1]
    said = {name: sources.split() for name, _, sources in parts}
    found += [f"{name} is not {value}" for name, value in MUST.items() if said.get(name) != [value]]
    found += [f"{name} is missing, and default-src does not stand for it" for name in ("form-action",) if name not in said]
    for name, sources in said.items():
        found += [f"{name} lets {source} in" for source in sources if source in UNSAFE or _weak(name, source)]
        if "'none'" in sources and len(sources) > 1:
            found.append(f"{name} says 'none' beside something")
    return found


def _weak(name: str, source: str) -> bool:
    """Say whether a source is none that we mean: a picture in the page, our own origin, a hash of a style, a host over HTTPS."""
    if source == "data:":
        return name != "img-src"
    if source in KEYWORDS or (name == "style-src" and HASH.fullmatch(source)):
        return False
    host = source.removeprefix("https://").partition(":")[0]
    try:
        ip_address(host)
    except ValueError:
        return not HOST.fullmatch(source) or name not in ("img-src", "form-action")
    return True


def policies(site: Site) -> Mapping[str, str]:
    """Return the policy of each kind of page by its address."""
    put(site, 101, "authorised")
    customer, staff = go(site.inside("AZ-1001"), WAYS["azulu"]), site.staff(ADMIN)
    customer.submit()
    pages = {
        address: customer.get(address) for address in ("/azulu", "/azulu/policy", "/azulu/items", "/azulu/returns/1", "/nobody")
    }
    pages |= {address: staff.get(address) for address in ("/azulu/staff", "/azulu/staff/return/label?id=AZ-101/1")}
    pages["photos"] = at_photos(site, "NU-1001").page
    return {address: page.headers["Content-Security-Policy"] for address, page in pages.items()}


def test_no_page_lets_in_what_an_evaluator_would_warn_of(site: Site) -> None:
    found = policies(site)
    assert len(set(found.values())) > 2, "pages differ by what their forms may reach"
    for address, policy in found.items():
        assert warnings(policy) == [], address


def test_a_file_that_a_browser_shows_lets_nothing_act(site: Site) -> None:
    customer = go(site.inside("AZ-1001"), WAYS["azulu"])
    customer.submit()
    answer = customer.send("GET", "/azulu/returns/1/slip.pdf", None, {})
    # What shows a PDF styles itself; no script may run, and no form may be sent.
    assert warnings(answer["headers"]["Content-Security-Policy"]) == [
        "form-action is missing, and default-src does not stand for it", "style-src lets 'unsafe-inline' in",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "weaker",
    [
        "script-src 'self'", "img-src *", "img-src http://evil.example", "form-action https:", "style-src 'unsafe-inline'",
        "form-action 192.0.2.1", "default-src 'self'", "img-src 'self' data: 'none'", "frame-ancestors 'self'",
    ],
)  # fmt: skip
def test_what_is_weaker_is_warned_of(weaker: str) -> None:
    name = weaker.partition(" ")[0]
    parts = [part for part in http.security_policy(None).split("; ") if not part.startswith(f"{name} ")]
    assert warnings("; ".join([*parts, weaker]))


def test_every_answer_carries_the_headers_that_it_should(site: Site) -> None:
    customer = go(site.inside("AZ-1001"), WAYS["azulu"])
    customer.submit()
    for address in ("/azulu", "/azulu/returns/1", "/azulu/returns/1/slip.pdf", "/azulu/find", "/azulu/nothing", "/nobody"):
        headers = customer.send("GET", address, None, {})["headers"]
        assert headers.items() >= http.HEADERS.items(), address
        assert headers["Cache-Control"] == "no-store", address
        assert "X-Powered-By" not in headers, address
