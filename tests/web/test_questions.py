"""Questions that a shop's own policy asks: of a condition that refuses nothing, but costs something."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from chalicelib.bootstrap import secret
from chalicelib.desk import Desk
from chalicelib.shops import MERCHANTS, load_shops
from tests.web.conftest import Site

SEALED = """
[conditions.sealed]
es = "El paquete sigue cerrado."
en = "Its pack is still sealed."
fa = "بسته‌بندی آن باز نشده است."

[[clauses]]
id = "opened"
group = "money"
text.es = "De lo que se abrió retenemos 7000 pesos."
text.en = "Of what was opened we keep 7,000 pesos."
text.fa = "از کالای بازشده ۷۰۰۰ پزو کم می‌شود."
when = { unconfirmed = "sealed" }
fee = { kind = "opened", amount = 7000 }
"""


BOXED = """
[conditions.boxed]
es = "Tengo la caja."
en = "I have the box."
fa = "جعبه‌اش را دارم."

[[clauses]]
id = "boxed"
group = "condition"
text.es = "Si cambió de opinión, pedimos la caja."
text.en = "If you changed your mind, we ask for the box."
text.fa = "اگر نظرتان عوض شده است، جعبه را لازم داریم."
when = { reason = "changed_mind" }
requires = ["boxed"]
"""


@pytest.fixture
def with_seals(site: Site, tmp_path: Path) -> Site:
    """The demo's portal, where azulu asks one thing more."""
    return adding(SEALED, site, tmp_path)


def adding(clauses: str, site: Site, tmp_path: Path) -> Site:
    """Return the demo's portal with more in azulu's policy."""
    copytree(MERCHANTS, tmp_path / "shops")
    with next((tmp_path / "shops" / "azulu").glob("policy-*.toml")).open("a", encoding="utf-8") as policy:
        policy.write(clauses)
    shops = load_shops(tmp_path / "shops")
    was = site.portal
    desk = Desk(shops, was.returns, was.desk.catalogue, was.clock, secret, secrets.randbits)
    return replace(site, portal=replace(was, shops=shops, desk=desk))


@pytest.mark.parametrize(("sealed", "costs"), [("yes", False), ("no", True)])
def test_a_condition_that_costs_something_is_asked_with_its_clause_and_counts(with_seals: Site, sealed: str, costs: bool) -> None:
    browser = with_seals.inside("AZ-1001")
    page = browser.submit({"take-1": "yes", "quantity-1": "1"})
    assert "Its pack is still sealed." in page.text
    assert "Of what was opened we keep 7,000 pesos." in page.text

    answers = {f"answer-1-{name}": "yes" for name in ("unused", "tags_attached", "receipt")}
    page = browser.submit({"reason-1": "size", "wish-1": "none", **answers, "answer-1-sealed": sealed})
    assert page.address == "/azulu/outcomes"
    assert ("7,000" in page.text) is costs


def test_what_one_reason_alone_asks_for_is_asked_before_the_reason_is_known(site: Site, tmp_path: Path) -> None:
    browser = adding(BOXED, site, tmp_path).inside("AZ-1001")
    page = browser.submit({"take-1": "yes", "quantity-1": "1"})
    assert "I have the box." in page.text
    answers = {each["name"]: "yes" for each in page.all("input") if each.get("name", "").startswith("answer-1-")}
    browser.submit({"reason-1": "changed_mind", **answers})
    browser.submit({"how": "mail", "outcome-1": "exchange"})
    browser.submit()
    assert browser.page.address == "/azulu/returns/1/done"
