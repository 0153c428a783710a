"""What a client says of where it comes from and whom it asks decides nothing: neither a mailed address nor a budget."""

from __future__ import annotations

import pytest

from tests.mailroom import Postbox
from tests.trust.portals import street
from tests.web.conftest import Site

EVIL = "evil.example"
A_SOURCE = 30
"""How many lookups of one source are answered in an hour."""
NAMES = ("host", "x-forwarded-host", "x-host", "forwarded", "x-original-host", "x-forwarded-proto", "x-forwarded-prefix")


@pytest.mark.parametrize("name", NAMES)
def test_no_page_names_the_host_that_a_request_named(quiet_site: Site, name: str) -> None:
    for address in ("/azulu", "/azulu/policy", "/azulu/staff/sign-in", "/nobody"):
        page = quiet_site.browser().get(address, **{name: EVIL})
        assert EVIL not in page.body
        assert EVIL not in str(page.headers)


def test_a_mailed_link_leads_to_us_whatever_host_the_request_named() -> None:
    with street() as place:
        (visitor,), portal = place.visitors(), place.site.portal
        address = place.site.addresses["AZ-1001"]
        for name in NAMES:
            visitor.ask("POST", "/azulu/find", {"number": "AZ-1001", "email": address}, **{name: EVIL})
        post = Postbox()
        place.worker(portal, post).deliver({"Records": place.lookups()})
        assert post.mails
        for mail in post.mails:
            assert EVIL not in mail.as_string()
            text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            assert f"{portal.settings.portal_url}/azulu/link/" in text


def test_a_source_that_a_header_names_buys_no_further_tries() -> None:
    def answered(*, sources: bool = False, **headers: str) -> int:
        with street() as place:
            (visitor,), portal = place.visitors(), place.site.portal
            others = [number for number in place.site.addresses if number.startswith("AZ-")]
            for turn in range(70):
                number = others[turn % len(others)]
                if sources:
                    visitor.source = f"203.0.113.{turn}"
                said = {name: value.format(turn) for name, value in headers.items()}
                visitor.ask("POST", "/azulu/find", {"number": number, "email": place.site.addresses[number]}, **said)
            post = Postbox()
            place.worker(portal, post).deliver({"Records": place.lookups()})
            return len(post.mails)

    assert answered(sources=True) > A_SOURCE
    claimed = {"x-forwarded-for": "203.0.113.{}", "x-real-ip": "203.0.113.{}", "forwarded": "for=203.0.113.{}"}
    assert answered(**claimed) <= A_SOURCE
