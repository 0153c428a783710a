"""Finding by one field: RMA numbers in any spelling, ids, order numbers, addresses; and what is said when nothing is there."""

from __future__ import annotations

import pytest

from chalicelib.domain.rma import new_rma
from tests.web.conftest import Site
from tests.web.test_staff_queue import ADMIN, put

RMA = new_rma(12345)


def swapped(rma: str) -> str:
    """Return the number with two neighbours that differ changed places."""
    plain = rma.replace("-", "")
    at = next(at for at in range(15) if plain[at] != plain[at + 1])
    return plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]


@pytest.mark.parametrize(
    "typed", [RMA, RMA.lower().replace("-", " "), f"RMA {RMA.replace('-', '')}", "AZ-101/1", "az101 / 1", "#az-101"]
)
def test_every_spelling_leads_straight_to_the_only_return(site: Site, typed: str) -> None:
    put(site, 101, "authorised", reserved_rma=RMA)
    browser = site.staff(ADMIN)
    browser.get("/azulu/staff/find")
    browser.get(f"/azulu/staff/find?q={typed.replace(' ', '+').replace('#', '%23')}")
    assert browser.redirects == ["/azulu/staff/return?id=AZ-101%2F1"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (swapped(RMA), "One character is wrong, or two have changed places"),
        (RMA[:-1], "16 letters and digits"),
        (new_rma(999), "never gave it"),
        ("AZ-999999", "no return and no order"),
        ("nobody@example.com", "knows no order and no return with this address"),
        ("", "Enter a number or an e-mail address"),
        ("<b>x</b>@", "knows no order and no return with this address"),
    ],
)
def test_nothing_found_says_why_and_keeps_what_was_typed(site: Site, typed: str, said: str) -> None:
    put(site, 101, "authorised", reserved_rma=RMA)
    page = site.staff(ADMIN).get(f"/azulu/staff/find?q={typed}")
    assert page.status == 422
    assert said in page.text
    assert page.field("q")["value"] == typed
    assert not typed or f"Nothing was found for “{typed}”." in page.text.replace(" ”", "”").replace("“ ", "“")


def test_an_address_finds_the_customer_s_orders_and_returns_of_this_shop(site: Site) -> None:
    browser = site.staff(ADMIN)
    assert "AZ-1008/1" in browser.get("/azulu/staff/find?q=Daniela@Example.com ").heading, "the only return"
    put(site, 101, email="daniela@example.com")
    page = browser.get("/azulu/staff/find?q=daniela@example.com")
    assert ("2 returns" in page.text, "1 order" in page.text) == (True, True)
    other = site.staff("grace@alustoora.example").get("/alustoora/staff/find?q=daniela@example.com")
    assert other.status == 422


def test_an_order_without_a_return_is_shown_with_the_way_to_open_one(site: Site) -> None:
    page = site.staff(ADMIN).get("/azulu/staff/find?q=az1001")
    assert "AZ-1001" in page.text
    assert any(each["href"].endswith("/staff/phone?number=AZ-1001") for each in page.all("a"))
    looks_only = site.staff("pat@alustoora.example").get("/alustoora/staff/find?q=AL-1001")
    assert not any("/staff/phone" in each["href"] for each in looks_only.all("a"))


def test_returns_of_another_shop_are_not_found(site: Site) -> None:
    put(site, 101, "authorised", reserved_rma=RMA)
    assert site.staff("grace@alustoora.example").get(f"/alustoora/staff/find?q={RMA}").status == 422
