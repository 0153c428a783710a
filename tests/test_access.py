"""The way in: nobody learns whether an order exists, and only its owner gets a session."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.access import Access, LinkUnusable, csrf_token
from chalicelib.adapters.dynamodb import Table, packed
from chalicelib.adapters.items import order_to_item
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.adapters.sessions_table import SessionsTable
from chalicelib.domain.drafts import Draft, DraftLine
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.seats import Seat, digest
from chalicelib.domain.visits import LINK_LIFE, SESSION_LIFE, Link, Lookup
from chalicelib.limits import LIMITS_AN_HOUR
from chalicelib.links import Links, MailedLink
from tests.conftest import Tables
from tests.made import EMAIL, NOON, made, order, stored


class House:
    """Azulu's tables with Ana's order, a clock that can be set, and secrets that can be foretold."""

    def __init__(self, tables: Tables) -> None:
        self.at = NOON
        numbers = itertools.count()
        expiring, beside = (Table(tables.client, name) for name in (tables.sessions, tables.returns))
        self.sessions = SessionsTable(expiring, beside, self.clock)
        self.returns = ReturnsTable(Table(tables.client, tables.returns))
        doors = self.returns, self.sessions, self.clock, lambda: f"secret-{next(numbers)}"
        self.access, self.links = Access(*doors), Links(*doors)
        for placed in (order(), order(number="AZ-2")):
            tables.client.put_item(TableName=tables.returns, Item=packed(order_to_item(stored(placed))))

    def clock(self) -> datetime:
        return self.at

    def ask(self, number: str = "AZ-1001", email: str = EMAIL, source: str = "1.1.1.1") -> Lookup:
        self.access.ask("azulu", number, email, "es", source)
        self.at += timedelta(milliseconds=1)
        return list(self.sessions.unanswered(self.at))[-1]

    def mailed(self) -> MailedLink:
        mailed = self.links.answer(self.ask())
        assert mailed is not None
        return mailed


@pytest.fixture
def house(tables: Tables) -> House:
    return House(tables)


def test_the_owner_gets_a_link_however_they_write_number_and_address(house: House) -> None:
    mailed = house.links.answer(house.ask("  #az‑۱۰۰۱ ", " ANA@Example.com "))
    assert mailed is not None
    assert (mailed.link.number, mailed.link.email) == ("AZ1001", EMAIL)


@pytest.mark.parametrize(("number", "email"), [("AZ-1001", "eve@example.com"), ("AZ-9999", EMAIL), ("", ""), ("\ud800", "\x00")])
def test_nobody_else_gets_anything(house: House, number: str, email: str) -> None:
    assert house.links.answer(house.ask(number, email)) is None


def test_neither_table_ever_holds_a_secret(house: House, tables: Tables) -> None:
    mailed = house.mailed()
    _, cookie, _ = house.access.enter("azulu", mailed.secret)
    kept = str([tables.client.scan(TableName=name)["Items"] for name in (tables.sessions, tables.returns)])
    assert mailed.secret not in kept
    assert cookie not in kept
    assert digest(cookie) in kept


def test_looking_at_a_link_uses_nothing_up_and_entering_does(house: House) -> None:
    secret = house.mailed().secret
    for _ in range(20):
        house.access.peek("azulu", secret)
    session, cookie, _ = house.access.enter("azulu", secret)
    assert house.access.session("azulu", cookie) == session
    with pytest.raises(LinkUnusable) as caught:
        house.access.enter("azulu", secret)
    assert caught.value.trouble == "used"


def test_a_link_opens_nothing_at_another_shop_or_after_its_time(house: House) -> None:
    secret = house.mailed().secret
    with pytest.raises(LinkUnusable) as caught:
        house.access.enter("nurana", secret)
    assert (caught.value.trouble, caught.value.link) == ("unknown", None)
    house.at += LINK_LIFE["access"]
    with pytest.raises(LinkUnusable) as caught:
        house.access.enter("azulu", secret)
    assert caught.value.trouble == "expired"


def test_a_used_link_brings_a_new_one_to_the_same_address(house: House) -> None:
    mailed = house.mailed()
    house.access.enter("azulu", mailed.secret)
    house.access.ask_again(mailed.link, "fa", "1.1.1.1")
    again = house.links.answer(list(house.sessions.unanswered(house.at + timedelta(seconds=1)))[-1])
    assert again is not None
    assert (again.link.email, again.link.language) == (EMAIL, "fa")


def test_the_link_to_go_on_opens_on_every_device(house: House) -> None:
    session, _, _ = house.access.enter("azulu", house.mailed().secret)
    house.access.ask_to_go_on(session, "es")
    mailed = house.links.answer(list(house.sessions.unanswered(house.at + timedelta(seconds=1)))[-1])
    assert mailed is not None
    cookies = {house.access.enter("azulu", mailed.secret)[1] for _ in range(3)}
    assert len(cookies) == 3


def test_a_link_knows_whether_a_return_was_begun_when_it_was_made(house: House) -> None:
    begun = Draft(id="d", version=1, lines=(DraftLine(id="1", quantity=1),))
    told = [house.mailed().link.drafted]
    for draft in (begun.changed(lines=()), begun.changed(version=2)):
        house.returns.save_draft("azulu", "AZ-1001", "", draft, NOON)
        told.append(house.mailed().link.drafted)
    house.returns.add(made(draft_id="d"))
    told.append(house.mailed().link.drafted)
    assert told == [False, False, True, False]


def test_a_cookie_that_nobody_was_given_opens_nothing_and_breaks_nothing(house: House) -> None:
    _, cookie, _ = house.access.enter("azulu", house.mailed().secret)
    place, link, secret = cookie.split(".")
    for told in (
        link,
        secret,
        f"{link}.",
        f".{secret}",
        f"{link}.x",
        f"x.{secret}",
        f"{place}.{secret}",
        f"{place}..{secret}",
        f"{place}.{link}.",
        f"{place}.{link}.x",
        f"{place}.{link}.{secret}.",
        f"{place}.x.{secret}",
        f"{place[:-1]}.{link}.{secret}",
        f"{place}A.{link}.{secret}",
        f"{place[1:]}.{link}.{secret}",
        f"{place[:10]}.{link}.{secret}",
        f"{place[:10]}____.{link}.{secret}",
        f"{place[:10]}{'QUFB' * 60}.{link}.{secret}",
        f".{link}.{secret}",
        f"..{secret}",
        f"{link}.{secret}.",
        "." * 4000,
        "é.é",
        "\ud800",
    ):
        assert house.access.session("azulu", told) is None
    assert house.access.session("azulu", cookie)


def test_a_mail_about_a_return_links_to_it(house: House) -> None:
    mailed = house.links.link_to_return(made(slot=7))
    assert (mailed.link.purpose, mailed.link.return_slot) == ("return", 7)


def test_a_session_belongs_to_one_shop_and_ends(house: House) -> None:
    _, cookie, _ = house.access.enter("azulu", house.mailed().secret)
    assert house.access.session("nurana", cookie) is None
    house.at += SESSION_LIFE
    assert house.access.session("azulu", cookie) is None
    house.at = NOON
    house.access.leave("azulu", cookie)
    assert house.access.session("azulu", cookie) is None


@pytest.mark.parametrize("kind", ["order", "address", "source"])
def test_a_flood_is_answered_so_often_an_hour_and_no_more(house: House, kind: str) -> None:
    answered = 0
    for number in range(40):
        wish = house.ask(
            "AZ-1001" if kind == "order" or number % 2 else "AZ-2", source="9.9.9.9" if kind == "source" else f"{number}"
        )
        answered += house.links.answer(wish) is not None
    expected = {"order": LIMITS_AN_HOUR["order"], "address": LIMITS_AN_HOUR["address"], "source": LIMITS_AN_HOUR["address"]}
    assert answered == expected[kind]
    house.at += timedelta(hours=1)
    assert house.links.answer(house.ask("AZ-1001", source="fresh")) is not None


def test_strangers_who_guess_do_not_lock_the_owner_out(house: House) -> None:
    for number in range(60):
        assert house.links.answer(house.ask(email=f"eve{number}@example.com", source="9.9.9.9")) is None
    assert house.links.answer(house.ask()) is not None


def test_a_lookup_answered_again_and_again_because_its_mail_does_not_leave_counts_once(house: House) -> None:
    wish = house.ask()
    for _ in range(50):
        assert house.links.answer(wish) is not None
    house.at += timedelta(minutes=59)
    assert house.links.answer(wish) is not None
    others = [house.links.answer(house.ask()) is not None for _ in range(LIMITS_AN_HOUR["order"])]
    assert others == [True] * (LIMITS_AN_HOUR["order"] - 1) + [False]


def test_a_source_that_floods_is_not_answered_even_for_its_own_order(house: House) -> None:
    for number in range(LIMITS_AN_HOUR["source"]):
        house.links.answer(house.ask(f"AZ-{number}", source="9.9.9.9"))
    assert house.links.answer(house.ask(source="9.9.9.9")) is None


def test_the_token_of_forms_follows_from_the_cookie_and_does_not_show_it() -> None:
    assert csrf_token("a") == csrf_token("a") != csrf_token("b")
    assert "cookie" not in csrf_token("cookie")


def test_a_session_that_cannot_be_kept_uses_no_link_up(house: House) -> None:
    secret = house.mailed().secret

    class Full(SessionsTable):
        """Has no room for sessions."""

        def open_link(self, merchant: str, seat: Seat, opened: str, at: datetime) -> Link | None:
            raise Unavailable("table", "full")

    full = Full.__new__(Full)
    full.__dict__ = house.sessions.__dict__
    with pytest.raises(Unavailable):
        replace(house.access, sessions=full).enter("azulu", secret)
    assert house.access.enter("azulu", secret)
