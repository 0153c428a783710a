"""The walks of `make trust` are those of these tests in every language, and a page that is not for everybody is noticed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.inspection import AXE
from tests.browser.walks import WALKS
from tests.trust.accessibility import LANGUAGES, TASKS, Seen

pytestmark = pytest.mark.browser


def test_every_walk_is_gone_in_every_language() -> None:
    names = {(walk.__name__, language) for walk, language in TASKS}
    assert names >= {(walk.__name__, language) for walk in WALKS for language in ("en", "es", "fa")}
    assert len(names) == (len(WALKS) + 2) * len(LANGUAGES)


@pytest.fixture
def bad_page(chromium: Browser) -> Seen:
    """What is seen of a page that nobody but who wrote it can use."""
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(path=AXE)
    page.goto("data:text/html,<!doctype html><html><title>x</title><body><input><p style='color:%23ccc;width:900px'>Grey</p>")
    seen = Seen()
    seen.look_at(page, "bad")
    context.close()
    return seen


def test_a_page_that_is_not_for_everybody_is_found(bad_page: Seen) -> None:
    said = "\n".join(bad_page.faults)
    for fault in ("label", "color-contrast", "html-has-lang", "at 400 %", "at 320 px"):
        assert fault in said


def test_a_page_that_is_no_valid_html_is_found() -> None:
    seen = Seen()
    seen.validate({"bad": "<!doctype html><html lang=en><title>x</title><p><div></p></html>"})
    assert seen.faults
