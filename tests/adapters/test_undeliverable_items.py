"""The contract of what is known of undeliverable addresses, on every DynamoDB there is."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import permutations

import pytest

from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.sessions_table import SessionsTable
from chalicelib.domain.undeliverable import BELIEVED_FOR, Undeliverable, WhyUndeliverable
from tests.conftest import Tables
from tests.made import EMAIL, NOON

HOUR = timedelta(hours=1)


def news(hours: int = 0, why: WhyUndeliverable = "bounce", merchant: str = "azulu") -> Undeliverable:
    """Bad news of a mail that was sent so many hours after noon, told a second later."""
    return Undeliverable(merchant=merchant, why=why, sent_at=NOON + hours * HOUR, at=NOON + hours * HOUR + timedelta(seconds=1))


class Kept:
    """A sessions table whose clock a test sets."""

    def __init__(self, tables: Tables) -> None:
        self.at = NOON + 10 * HOUR
        expiring, beside = (Table(tables.client, name) for name in (tables.sessions, tables.returns))
        self.sessions = SessionsTable(expiring, beside, lambda: self.at)

    @property
    def known(self) -> Undeliverable | None:
        return self.sessions.undeliverable("azulu", EMAIL)


@pytest.fixture
def kept(any_tables: Tables) -> Kept:
    return Kept(any_tables)


def test_what_is_kept_is_what_was_told_and_of_one_address_of_one_shop_only(kept: Kept) -> None:
    assert kept.sessions.note_undeliverable(EMAIL, news())
    assert kept.known == news()
    assert kept.sessions.undeliverable("nurana", EMAIL) is None
    assert kept.sessions.undeliverable("azulu", "eva@example.com") is None
    assert kept.sessions.undeliverables("azulu", [EMAIL, "eva@example.com"]) == {EMAIL}
    assert kept.sessions.undeliverables("nurana", [EMAIL]) == frozenset()
    assert kept.sessions.undeliverables("azulu", []) == frozenset()


def test_the_address_is_kept_as_a_digest_only(tables: Tables) -> None:
    kept = Kept(tables)
    kept.sessions.note_undeliverable(EMAIL, news())
    assert "ana" not in str(tables.client.scan(TableName=tables.sessions)["Items"])


def test_an_address_in_other_letters_is_known_by_the_form_that_mails_have(kept: Kept) -> None:
    kept.sessions.note_undeliverable("ana@xn--caf-dma.example", news())
    assert kept.sessions.undeliverable("azulu", "ana@café.example")
    assert kept.sessions.undeliverables("azulu", ["ana@café.example"]) == {"ana@café.example"}


def test_the_newest_mail_counts_in_whatever_order_and_however_often_it_is_told(tables: Tables) -> None:
    told = [news(0), news(1, "complaint"), news(2)]
    for order in permutations(told):
        kept = Kept(tables)
        expiring, beside = (Table(tables.client, name) for name in (tables.sessions, tables.returns))
        kept.sessions = SessionsTable(expiring, beside, lambda: NOON + 10 * HOUR)
        address = f"{random.Random(str(order)).random()}@example.com"
        for each in (*order, *order):
            kept.sessions.note_undeliverable(address, each)
        assert kept.sessions.undeliverable("azulu", address) == told[-1]


def test_the_same_news_again_is_no_contradiction_and_older_news_is_told_apart(kept: Kept) -> None:
    assert kept.sessions.note_undeliverable(EMAIL, news(1))
    assert kept.sessions.note_undeliverable(EMAIL, news(1))
    assert not kept.sessions.note_undeliverable(EMAIL, news(0))


def test_who_clears_an_address_clears_it_of_every_mail_sent_before_and_of_none_after(kept: Kept) -> None:
    kept.sessions.note_undeliverable(EMAIL, news(0))
    kept.sessions.clear_undeliverable("azulu", EMAIL, "luis@azulu.example", NOON + 3 * HOUR)
    assert kept.known is None
    assert kept.sessions.undeliverables("azulu", [EMAIL]) == frozenset()
    assert not kept.sessions.note_undeliverable(EMAIL, news(2)), "it comes late"
    assert kept.known is None
    assert kept.sessions.note_undeliverable(EMAIL, news(4))
    assert kept.known is not None


def test_clearing_what_was_never_told_of_leaves_nothing(tables: Tables) -> None:
    kept = Kept(tables)
    kept.sessions.clear_undeliverable("azulu", EMAIL, "luis@azulu.example", NOON)
    assert tables.client.scan(TableName=tables.sessions)["Items"] == []


@pytest.mark.parametrize("why", ["bounce", "complaint"])
def test_it_lapses_whether_or_not_the_item_is_gone(kept: Kept, why: WhyUndeliverable) -> None:
    kept.sessions.note_undeliverable(EMAIL, news(0, why))
    kept.at = news().at + BELIEVED_FOR[why] - timedelta(seconds=1)
    assert kept.known
    kept.at += timedelta(seconds=1)
    assert kept.known is None
