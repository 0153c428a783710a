"""How pages are read otherwise: magnified, with text set wide, in the reader's own colours, without motion, on paper."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Comes
from tests.browser.customer import Customer
from tests.browser.inspection import sticking_out

pytestmark = pytest.mark.browser

# What WCAG 2.2, 1.4.12, lets readers set.
WIDE_TEXT = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-block-end: 2em !important }"""

CUT_OFF = """() => [...document.querySelectorAll("main *")].filter((each) => {
  const {overflowX, overflowY} = getComputedStyle(each)
  const hides = [overflowX, overflowY].some((value) => value === "hidden" || value === "clip")
  return hides && !each.closest(".visually-hidden") && each.scrollHeight > each.clientHeight + 1
}).map((each) => each.outerHTML.slice(0, 100))"""


def at_outcomes(customer: Customer) -> Customer:
    """Bring a customer to the page with the most on it."""
    customer.come_in()
    customer.take("1", "2")
    customer.press()
    customer.say("1", "size", wish="VL-77-S")
    customer.say("2", "size")
    customer.press()
    assert customer.place == "/outcomes"
    return customer


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_text_set_wide_is_neither_cut_off_nor_too_wide(comes: Comes, language: str) -> None:
    customer = at_outcomes(comes("AZ-1001", language, bypass_csp=True, viewport={"width": 360, "height": 740}))
    for path in ("/outcomes", "/details"):
        customer.open(path)
        customer.page.add_style_tag(content=WIDE_TEXT)
        assert not customer.page.evaluate(CUT_OFF)
        assert not sticking_out(customer.page)


def test_a_page_magnified_four_times_is_used_without_scrolling_sideways(comes: Comes) -> None:
    # A window of 1280 × 1024 at 400 %.
    customer = at_outcomes(comes("AZ-1001", "en", viewport={"width": 320, "height": 256}))
    customer.send("mail")
    customer.want(_1="exchange", _2="store_credit")
    assert not sticking_out(customer.page)
    customer.press()
    assert customer.place == "/check"
    assert not sticking_out(customer.page)


def test_readers_get_their_own_colours_and_no_motion_if_they_want(comes: Comes) -> None:
    customer = at_outcomes(comes("AZ-1001", "en"))
    customer.page.emulate_media(forced_colors="active")
    for marked in (".badge", "#step button.primary", ".card"):
        edge = customer.page.locator(marked).first.evaluate("each => getComputedStyle(each).borderTopStyle")
        assert edge == "solid", f"{marked} was told by its colour alone"
    customer.page.emulate_media(forced_colors="none", reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")].filter((each) => {
      const {transitionDuration, animationName} = getComputedStyle(each)
      return animationName !== "none" || transitionDuration.split(", ").some((value) => parseFloat(value) > 0)
    }).length"""
    assert customer.page.evaluate(moving) == 0


def test_on_paper_stands_what_belongs_into_the_parcel(comes: Comes) -> None:
    customer = comes("AL-1002", "en")
    customer.come_in()
    customer.take("1")
    customer.press()
    customer.say("1", "changed_mind")
    for _ in range(3):
        customer.press()
    customer.open("/returns/1")
    customer.page.emulate_media(media="print")
    assert customer.page.locator(".rma").is_visible()
    assert customer.page.locator(".postal").first.is_visible()
    for left_out in ("footer", "form", 'a[href$="/cancel"]'):
        assert not customer.page.locator(left_out).first.is_visible(), left_out
