"""Opens what the browser tests and the pictures of the README need: a browser, and the portal with its shops."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import IO

from playwright.sync_api import Browser, sync_playwright

from tests.browser.shop import COPIES, Shops
from tests.local.serving import Run, free_ports, greeting, start

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()


def chromium_path() -> str | None:
    """Return where the machine has its browser, or None if it has none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Open the machine's browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        yield browser
        browser.close()


PORTAL = "VUELTA_TEST_PORTAL"
"""Names a portal that runs already, with the demo in it, as JSON: its `port`, its address `portal`, what it `said`."""


@contextmanager
def open_shops() -> Iterator[Shops]:
    """Open the portal that the environment names, or else serve one as `make run` does."""
    if PORTAL in os.environ:
        yield _running_shops()
    else:
        with _serve_shops() as shops:
            yield shops


@cache
def _running_shops() -> Shops:
    """Return the shops of the portal that runs already: the same all the time, so that no order is handed out twice."""
    run = Run(seconds=0, **json.loads(os.environ[PORTAL]))
    # Several workers of pytest share it.
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return Shops(run, first=1 + 2 * worker * COPIES)


@contextmanager
def _serve_shops() -> Iterator[Shops]:
    """Serve the portal; whatever is done meanwhile, nothing may fail in it."""
    with tempfile.TemporaryFile("w+") as errors:
        began = time.monotonic()
        port = free_ports()
        served = start(port, errors)
        said = greeting(served)
        assert said is not None, _read(errors)
        # Whoever does not listen to what is logged makes the portal wait with its next line.
        logged: list[str] = []
        listening = threading.Thread(target=lambda: logged.extend(served.stdout or ()), daemon=True)
        listening.start()
        yield Shops(Run(port, time.monotonic() - began, said))
        served.send_signal(signal.SIGINT)
        try:
            served.wait(timeout=30)
        except subprocess.TimeoutExpired:
            # With PYTHONFAULTHANDLER=1 this makes it say where each thread hangs.
            served.send_signal(signal.SIGABRT)
        listening.join()
        served.communicate()
        written = "".join(logged) + _read(errors)
        assert served.returncode == 0, written[-5000:]
        for sign in ("Traceback", '"event": "failed"', '"event": "unavailable"'):
            assert sign not in written, written


def _read(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
