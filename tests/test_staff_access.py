"""The staff's links by mail: to listed addresses only, in their language, once, and only so many an hour."""

from __future__ import annotations

import re

import pytest

from chalicelib.domain.visits import Lookup
from chalicelib.staff_access import StaffLinkUnusable
from tests.conftest import Tables
from tests.mailroom import Event, Mailroom, event

ADMIN, DECIDER = "ana@azulu.example", "sofia@azulu.example"


@pytest.fixture
def room(tables: Tables) -> Mailroom:
    return Mailroom(tables)


def asked(room: Mailroom, email: str, language: str = "en", source: str = "1.1.1.1") -> Event:
    """Ask to sign in, and return the event that the stream makes of it."""
    room.worker.staff.ask("azulu", email, language, source)
    items = room.tables.client.scan(TableName=room.tables.sessions)["Items"]
    return event(*(item for item in items if item["type"]["S"] == "lookup" and "unsent" in item))


def text(room: Mailroom, number: int = -1) -> str:
    """The words of a mail that was sent."""
    body = room.postbox.mails[number].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_listed_address_gets_a_link_that_signs_in_once(room: Mailroom) -> None:
    room.worker.deliver(asked(room, " ANA@azulu.example "))
    (mail,) = room.postbox.mails
    assert (mail["To"], mail["Content-Language"]) == (ADMIN, "en")
    assert "Ana Restrepo" in text(room)
    link = re.search(r"https://returns\.example\.com/azulu/staff/link/([\w-]+)", text(room))
    assert link
    staff = room.worker.staff
    session, cookie = staff.enter("azulu", link[1])
    opened = staff.session("azulu", cookie)
    assert opened is not None
    assert (session.email, opened[1].name) == (ADMIN, "Ana Restrepo")
    with pytest.raises(StaffLinkUnusable, match="used"):
        staff.enter("azulu", link[1])
    assert staff.session("nurana", cookie) is None


@pytest.mark.parametrize("email", ["nobody@azulu.example", "valentina@example.com", "shirin@nurana.example", ""])
def test_nobody_else_gets_a_mail(room: Mailroom, email: str) -> None:
    assert room.worker.deliver(asked(room, email)) == {"batchItemFailures": []}
    assert room.postbox.mails == []
    room.later(minutes=5)
    assert room.postbox.mails == []


def test_the_mail_is_in_the_language_that_the_shop_notes_for_somebody(room: Mailroom) -> None:
    room.worker.deliver(asked(room, DECIDER, "en"))
    assert room.postbox.mails[-1]["Content-Language"] == "es"
    assert "Sofía Mejía" in text(room)
    assert "/azulu/policy" not in text(room), "what ends a customer's mail is not for the staff"


def test_a_mail_that_did_not_leave_is_sent_by_the_sweep(room: Mailroom) -> None:
    asked(room, ADMIN)
    room.later(minutes=5)
    assert len(room.postbox.mails) == 1
    room.later(minutes=5)
    assert len(room.postbox.mails) == 1


def test_whoever_asks_in_somebodys_name_does_not_keep_them_out(room: Mailroom) -> None:
    for _ in range(12):
        room.worker.deliver(asked(room, ADMIN, source="6.6.6.6"))
    assert len(room.postbox.mails) == 10
    room.worker.deliver(asked(room, ADMIN))
    room.worker.deliver(asked(room, DECIDER, source="6.6.6.6"))
    assert len(room.postbox.mails) == 12


def test_sixty_links_an_hour_go_to_one_person_from_wherever_they_are_asked_for(room: Mailroom) -> None:
    for number in range(62):
        room.worker.deliver(asked(room, ADMIN, source=f"1.1.1.{number}"))
    assert len(room.postbox.mails) == 60


def test_thirty_lookups_an_hour_are_answered_for_one_source(room: Mailroom) -> None:
    for number in range(30):
        room.worker.deliver(asked(room, f"nobody{number}@azulu.example"))
    room.worker.deliver(asked(room, ADMIN))
    assert room.postbox.mails == []


def test_the_customers_door_answers_no_lookup_of_the_staff(room: Mailroom) -> None:
    lookup = Lookup(
        id="l", merchant="azulu", number="", email=ADMIN, language="en", purpose="staff", source="0", asked_at=room.clock()
    )
    assert room.worker.links.answer(lookup) is None
