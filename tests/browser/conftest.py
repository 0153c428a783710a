"""What the browser tests share: one chromium and one running portal for each worker, and customers."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.customer import Customer
from tests.browser.shop import Order, Shops
from tests.local.serving import Run, free_ports, greeting, start

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()
# A page of ours answers within a second; what takes ten is broken, and says so before the suite grows old.
PATIENCE = 10_000

Comes = Callable[..., Customer]
"""Brings a customer: `comes(order, language, java_script_enabled=False, …)`, the rest as a browser context takes it."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser; missing, it is a failure only under CI."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        reason = "there is no browser: run `make browser`, or install chromium"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shops() -> Iterator[Shops]:
    """The portal as `make run` serves it; whatever the tests do, nothing may fail in it."""
    with tempfile.TemporaryFile("w+") as errors:
        began = time.monotonic()
        port = free_ports()
        served = start(port, errors)
        said = greeting(served)
        if said is not None:
            yield Shops(Run(port, time.monotonic() - began, said))
            served.send_signal(signal.SIGINT)
        served.communicate(timeout=30)
        errors.seek(0)
        written = errors.read()
        assert said is not None, written
        assert "Traceback" not in written
        assert '"event": "failed"' not in written


@pytest.fixture
def comes(chromium: Browser, shops: Shops) -> Iterator[Comes]:
    """Brings customers, each with a browser of their own, that is closed after the test."""
    opened = []

    def bring(order: str | Order, language: str, **options: Any) -> Customer:
        context = chromium.new_context(**options)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        own = shops.order(order) if isinstance(order, str) else order
        return Customer(context.new_page(), shops, own, language)

    yield bring
    for context in opened:
        context.close()
