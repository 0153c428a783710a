"""The portal on moto with the demo's orders, a clock that stands, and browsers that open it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest

from chalicelib.bootstrap import Portal, build
from chalicelib.domain.identifiers import fold_email, fold_order_number
from chalicelib.domain.visits import Link, Lookup
from chalicelib.local.demo.load import load
from chalicelib.settings import Settings
from tests.conftest import REGION, emulated_aws, new_bucket, new_tables
from tests.web.browsing import Browser

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOON = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)


@dataclass
class Site:
    """A portal with its shops' demo orders. `at` is its clock, `addresses` the e-mail address of each order."""

    portal: Portal
    addresses: dict[str, str]
    client: DynamoDBClient
    _at: list[datetime] = field(default_factory=lambda: [NOON])

    def later(self, **span: float) -> None:
        """Put the clock forward."""
        self._at[0] += timedelta(**span)

    def browser(self, language: str = "en") -> Browser:
        """Return a browser that has been nowhere yet."""
        return Browser(self.portal, language)

    def link(self, number: str, purpose: str = "access", slot: int | None = None, language: str = "en") -> str:
        """Return the address of a link as a mail would hold it."""
        shop = {"AL": "alustoora", "AZ": "azulu", "NU": "nurana"}[number[:2]]
        address = fold_email(self.addresses[number])
        links = self.portal.links
        mailed = links._new_link(shop, fold_order_number(number), address, language, purpose, self._at[0], slot)  # type: ignore[arg-type]
        assert isinstance(mailed.link, Link)
        return f"/{shop}/link/{mailed.secret}"

    def inside(self, number: str, language: str = "en") -> Browser:
        """Return a browser that has opened an order by a link."""
        browser = self.browser(language)
        browser.get(self.link(number, language=language))
        browser.submit()
        assert browser.page.status == 200
        return browser

    def staff_link(self, email: str) -> str:
        """Return the address of a link that signs one of the demo's staff in, as a mail would hold it."""
        shop = email.partition("@")[2].partition(".")[0]
        lookup = Lookup(
            id=self.portal.staff.secret(), merchant=shop, number="", email=email, language="en", purpose="staff",
            source="test", asked_at=self._at[0],
        )  # fmt: skip
        mailed = self.portal.staff.answer(lookup)
        assert mailed, f"{email} is none of the staff"
        return f"/{shop}/staff/link/{mailed.secret}"

    def staff(self, email: str, language: str = "en") -> Browser:
        """Return a browser in which one of the demo's staff is signed in."""
        browser = self.browser(language)
        browser.get(self.staff_link(email))
        browser.submit()
        assert browser.page.status == 200
        return browser


@pytest.fixture
def site(aws: None) -> Iterator[Site]:
    """The portal as `make run` shows it, at noon in Bogotá."""
    return new_site()


@pytest.fixture(scope="module")
def quiet_site() -> Iterator[Site]:
    """One portal for all tests of a module that leave it as it is."""
    with emulated_aws():
        yield new_site()


def new_site(portal_url: str = "http://127.0.0.1:8000") -> Site:
    """Return a portal on new tables, filled with the demo."""
    tables = new_tables(boto3.client("dynamodb", region_name=REGION))
    at = [NOON]
    clock: Callable[[], datetime] = lambda: at[0]  # noqa: E731
    portal = build(Settings(tables.returns, tables.sessions, portal_url, new_bucket()), tables.client, clock)
    orders = load(portal)
    return Site(portal, {order.number: order.email for order in orders}, tables.client, at)
