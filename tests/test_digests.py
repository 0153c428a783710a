"""A shop's people are told once on a business day what is overdue, whatever breaks and however many sweeps overlap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from typing import Any

import pytest

from chalicelib.digests import Telling
from chalicelib.domain.claims import CLAIM_LIFE
from chalicelib.domain.digests import MOST_LISTED, Overdue, digest_day, overdue_among, told_of_overdue
from chalicelib.domain.merchant import Staff
from chalicelib.domain.returns import Return
from chalicelib.mail import digest_mail
from chalicelib.message import MailHeld, MailRefused
from chalicelib.shops import load_shops
from tests.conftest import Tables
from tests.letters import PORTAL_URL
from tests.made import NOON, made
from tests.mailroom import Faults, Mailroom
from tests.mails import HEADERS, part, read, reading, visible

MORNING = datetime(2026, 3, 13, 14, 0, tzinfo=UTC)
"""Friday nine o'clock in Bogotá."""
PEOPLE = {"ana@azulu.example", "luis@azulu.example", "sofia@azulu.example"}


@pytest.fixture
def room(tables: Tables) -> Mailroom:
    mailroom = Mailroom(tables)
    mailroom.at = MORNING
    return mailroom


def waiting(slot: int = 1, *, hours: int = 1, **changes: Any) -> Return:
    """Return a return whose answer was promised for so many hours before the morning."""
    return made("under_review", slot=slot, draft_id=str(slot), answer_by=MORNING - timedelta(hours=hours), **changes)


def telling(room: Mailroom, faults: Faults) -> Telling:
    return room.sweeping(faults).telling


def tell(room: Mailroom, faults: Faults | None = None) -> None:
    """Tell every shop's people what is due, as a sweep does."""
    for task in telling(room, faults or Faults()).due():
        task()


def told(room: Mailroom) -> Counter[str]:
    return Counter(str(message["To"]) for message in room.postbox.mails)


def test_everybody_who_may_decide_is_told_once_on_a_business_day_and_again_on_the_next(room: Mailroom) -> None:
    room.has(waiting())
    for _ in range(3):
        tell(room)
        room.at += timedelta(hours=1)
    assert told(room) == dict.fromkeys(PEOPLE, 1)
    room.at = MORNING + timedelta(days=1)
    tell(room)
    assert told(room) == dict.fromkeys(PEOPLE, 1), "nobody works on Saturday"
    room.at = MORNING + timedelta(days=3)
    tell(room)
    assert told(room) == dict.fromkeys(PEOPLE, 2)


def test_whoever_may_only_look_is_not_told() -> None:
    shop = load_shops()["alustoora"].merchant
    assert {person.role for person in shop.staff} > {person.role for person in shop.staff if person.may("decide")}
    assert "read" not in {person.role for person in told_of_overdue(shop)}


def test_nothing_is_sent_where_nothing_is_overdue_and_it_is_looked_for_once_a_day(room: Mailroom) -> None:
    room.has(waiting(hours=-1))
    tell(room)
    faults = Faults()
    room.at += timedelta(hours=3)
    tell(room, faults)
    assert room.postbox.mails == []
    assert set(faults.calls) == {"digest"}


@pytest.mark.parametrize(("at", "day"), [
    (MORNING - timedelta(seconds=1), None), (MORNING, 13), (MORNING + timedelta(hours=9), None),
    (MORNING + timedelta(days=1), None),
])  # fmt: skip
def test_a_digest_leaves_in_the_shops_hours(at: datetime, day: int | None) -> None:
    found = digest_day(load_shops()["azulu"].merchant, at)
    assert (found.day if found else None) == day


def test_what_waits_longest_comes_first_and_what_is_not_late_is_left_out() -> None:
    returns = [waiting(1, hours=2), waiting(2, hours=-2), waiting(3, hours=9), made("authorised", slot=4)]
    assert [each.slot for each in overdue_among(returns, MORNING).returns] == [3, 1]


def test_two_sweeps_at_once_tell_nobody_twice(room: Mailroom) -> None:
    room.has(waiting())

    def another() -> None:
        room.at += timedelta(milliseconds=5)
        tell(room)

    tell(room, Faults(before={"save": another}))
    room.at += CLAIM_LIFE
    tell(room)
    assert told(room) == dict.fromkeys(PEOPLE, 1)


def test_while_a_sweep_is_telling_others_leave_it_alone(room: Mailroom) -> None:
    room.has(waiting())

    def another(message: EmailMessage) -> None:
        room.at += timedelta(seconds=20)
        tell(room)

    room.postbox.answer = another
    tell(room)
    assert told(room) == dict.fromkeys(PEOPLE, 1)


def fails_for(address: str, error: Exception) -> Callable[[EmailMessage], None]:
    def answer(message: EmailMessage) -> None:
        if message["To"] == address:
            raise error

    return answer


def test_one_address_that_fails_keeps_the_others_from_nothing(room: Mailroom) -> None:
    room.has(waiting())
    room.postbox.answer = fails_for("ana@azulu.example", MailRefused("address"))
    tell(room)
    assert told(room) == dict.fromkeys(PEOPLE - {"ana@azulu.example"}, 1)
    room.at += timedelta(minutes=5)
    tell(room)
    assert told(room) == dict.fromkeys(PEOPLE - {"ana@azulu.example"}, 1), "given up"


def test_a_mail_that_an_operator_must_mend_is_tried_again_and_the_others_are_not(room: Mailroom) -> None:
    room.has(waiting())
    room.postbox.answer = fails_for("ana@azulu.example", MailHeld("identity"))
    tell(room)
    room.postbox.answer = lambda message: None
    room.at += timedelta(minutes=5)
    tell(room)
    assert told(room) == dict.fromkeys(PEOPLE, 1)
    kept = telling(room, Faults()).digests.digest("azulu", MORNING.date()).told
    assert kept == tuple(sorted(PEOPLE)), "whoever came last"


@cache
def written(language: str, many: int = 2) -> EmailMessage:
    """Return the mail about so many returns at nurana's, in a language."""
    person = Staff.model_validate({"email": "neda@nurana.example", "name": "Neda", "role": "decide", "language": language})
    late = Overdue(tuple(waiting(slot, hours=slot) for slot in range(1, many + 1)))
    merchant = load_shops()["nurana"].merchant
    return read(digest_mail(late, person, merchant, MORNING.date(), PORTAL_URL, MORNING))


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_the_mail_names_what_is_overdue_with_links_to_it_and_no_customer(language: str) -> None:
    message = written(language)
    text, html = visible(part(message, "plain")), reading(message)
    assert set(message.keys()) == HEADERS
    assert message["Content-Language"] == language
    for slot in (1, 2):
        link = f"{PORTAL_URL}/nurana/staff/return?id=AZ-1001%2F{slot}"
        assert link in text
        assert link in [each["href"] for each in html.named("a")]
    assert f"{PORTAL_URL}/nurana/staff" in text.splitlines()
    assert "ana@example.com" not in text + html.text


def test_a_long_list_says_how_many_more_there_are() -> None:
    text = visible(part(written("en", MOST_LISTED + 3), "plain"))
    assert "And 3 more." in text
    assert text.count("/staff/return?id=") == MOST_LISTED
    assert "15 returns have waited longer than promised" in visible(written("en", MOST_LISTED + 3)["Subject"])


def test_the_same_digest_has_the_same_identity_for_one_person_and_another_on_another_day() -> None:
    person = load_shops()["azulu"].merchant.staff[0]
    merchant, late = load_shops()["azulu"].merchant, Overdue((waiting(),))
    days = [NOON.date(), NOON.date(), MORNING.date()]
    first, again, other = (digest_mail(late, person, merchant, day, PORTAL_URL, MORNING)["Message-ID"] for day in days)
    assert first == again != other
