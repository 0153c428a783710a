"""What every page must be, in whatever state: usable for everybody at any width in any light, and valid HTML."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response

from tests.browser.customer import Customer
from tests.local.serving import ROOT

AXE = ROOT / "node_modules/axe-core/axe.min.js"
WIDTHS = (1280, 360)
NARROWEST = 320

SHOTS = os.environ.get("SHOTS")
"""A folder for a picture of every page that is inspected, for people to look at."""

# Everything that WCAG 2.2 AA asks and a machine can see, and what axe's authors advise besides.
EVERYTHING = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
# Another scheme changes colours, and nothing else.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "resultTypes": ["violations"]}

_AXE = """async (options) => {
  const found = await axe.run(options)
  return found.violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`))
}"""

# What sticks out of the window, beyond what is hidden on purpose.
_WIDER = """() => {
  const width = document.documentElement.clientWidth
  const out = [...document.querySelectorAll("body *")].filter((each) => {
    const {left, right, width: own} = each.getBoundingClientRect()
    return own > 1 && (left < -0.5 || right > width + 0.5) && !each.closest(".visually-hidden, .skip")
  })
  const scrolls = document.documentElement.scrollWidth > width
  return [...out.map((each) => `${each.outerHTML.slice(0, 100)} sticks out`), ...(scrolls ? ["it scrolls sideways"] : [])]
}"""


def faults(page: Page, name: str) -> list[str]:
    """Return what is wrong with the page for people, at each width and in each scheme of colours."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme, asked in (("light", EVERYTHING), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)
            found += [f"{name} at {width} px, {scheme}: {each}" for each in page.evaluate(_AXE, asked)]
            if SHOTS:
                language = page.locator("html").get_attribute("lang")
                page.screenshot(path=Path(SHOTS) / f"{language}-{width}-{scheme}-{name}.png", full_page=True)
        found += [f"{name} at {width} px: {each}" for each in sticking_out(page)]
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    found += [f"{name} at {NARROWEST} px: {each}" for each in sticking_out(page)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    return found


def found_on(at: Customer, walk: Callable[[Customer], Iterator[str]]) -> list[str]:
    """Return what is wrong at every stop of a walk, for people and for parsers, in a browser that bypasses our policy."""
    arrived: list[Response] = []
    at.page.context.add_init_script(path=AXE)
    at.page.on("response", lambda answer: arrived.append(answer) if answer.request.is_navigation_request() else None)
    found, pages = [], {}
    for name in walk(at):
        if at.page.locator("html").get_attribute("lang") != at.language:
            found.append(f"{name} is not in {at.language}")
        pages[name] = arrived[-1].text()
        found += faults(at.page, name)
    return found + invalid(pages)


def sticking_out(page: Page) -> list[str]:
    """Return what is wider than the window."""
    found: list[str] = page.evaluate(_WIDER)
    return found


def invalid(pages: Mapping[str, str], kind: str = "page") -> list[str]:
    """Return what html-validate has against the pages, by name; `kind` is page or mail."""
    node = shutil.which("node")
    if node is None or not AXE.exists():
        reason = "html-validate is not installed: run `npm ci` (Node 20 or newer)"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    command = [node, Path(__file__).parent / "validate.cjs", kind]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(pages), capture_output=True, text=True, check=True)
    return done.stdout.splitlines()
