"""What the browser tests share: one browser and one running portal for each worker, and customers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.customer import Customer
from tests.browser.shop import Order, Shops
from tests.browser.stage import chromium_path, open_browser, open_shops

# A page of ours answers within a second; what takes ten is broken, and says so before the suite grows old.
PATIENCE = 10_000

Comes = Callable[..., Customer]
"""Brings a customer: `comes(order, language, java_script_enabled=False, …)`, the rest as a browser context takes it."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser; missing, it is a failure only under CI."""
    if chromium_path() is None:
        reason = "there is no browser: run `make browser`, or install chromium"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def shops() -> Iterator[Shops]:
    """The portal with its three shops, anew for each module: the limits of look-ups take all browsers of a machine for one."""
    with open_shops() as shops:
        yield shops


@pytest.fixture
def comes(chromium: Browser, shops: Shops) -> Iterator[Comes]:
    """Brings customers, each with a browser of their own that is closed after the test and must have had nothing to refuse."""
    opened = []
    said: list[str] = []

    def bring(order: str | Order, language: str, **options: Any) -> Customer:
        # The certificate of a portal on this machine is nobody's.
        context = chromium.new_context(ignore_https_errors=True, **options)
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda message: said.append(message.text))
        opened.append(context)
        own = shops.order(order) if isinstance(order, str) else order
        return Customer(context.new_page(), shops, own, language)

    yield bring
    for context in opened:
        context.close()
    assert not [text for text in said if "Content Security Policy" in text or "violates" in text]
