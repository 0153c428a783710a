"""What is learnt from mails that came back, and what is sent no more: on real tables."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.personal_items import PersonalItems
from chalicelib.adapters.s3 import BucketFiles
from chalicelib.adapters.sessions_table import SessionsTable
from chalicelib.bounces import Bounces, CarefulPost
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.undeliverable import BELIEVED_FOR, TRIED_AFTER, Undeliverable
from chalicelib.forgetting import Forgetting
from chalicelib.message import MailRefused
from tests.conftest import Tables, new_bucket
from tests.gate import Gate, Way
from tests.made import EMAIL, NOON, made
from tests.mail_events import Event, came_back, complained
from tests.mailroom import Mailroom, Postbox

SOON = NOON + timedelta(minutes=5)


class Office:
    """What notes, and a post that looks at what was noted; `said` are the lines of the log."""

    def __init__(self, tables: Tables, caplog: pytest.LogCaptureFixture) -> None:
        self.at = SOON
        expiring, beside = (Table(tables.client, name) for name in (tables.sessions, tables.returns))
        self.sessions = SessionsTable(expiring, beside, self.clock)
        self.bounces, self.postbox, self._log = Bounces(self.sessions), Postbox(), caplog
        self.post = CarefulPost(self.postbox, self.sessions, self.clock)
        caplog.set_level("INFO")

    def clock(self) -> datetime:
        return self.at

    def known(self, email: str = EMAIL, shop: str = "azulu") -> Undeliverable | None:
        return self.sessions.undeliverable(shop, email)

    @property
    def said(self) -> list[dict[str, Any]]:
        return [json.loads(record.getMessage()) for record in self._log.records]

    def sends(self, message: str, email: str = EMAIL, shop: str = "azulu") -> bool:
        letter = EmailMessage()
        letter["To"] = email
        try:
            self.post.send(letter, {"shop": shop, "message": message})
        except MailRefused as error:
            return error.why != "undeliverable"
        return True


@pytest.fixture
def office(tables: Tables, caplog: pytest.LogCaptureFixture) -> Iterator[Office]:
    return Office(tables, caplog)


@pytest.mark.parametrize(
    "kind", ["Permanent/General", "Permanent/NoEmail", "Permanent/Suppressed", "Permanent/OnAccountSuppressionList"]
)
def test_an_address_that_takes_no_mails_for_good_is_marked(office: Office, kind: str) -> None:
    office.bounces.note(came_back(kind=kind))
    assert office.known() == Undeliverable(merchant="azulu", why="bounce", sent_at=NOON, at=NOON + timedelta(seconds=1))
    assert office.known(shop="nurana") is None


@pytest.mark.parametrize("kind", ["Transient/MailboxFull", "Transient/General", "Undetermined/Undetermined", "Transient"])
def test_what_may_pass_is_only_logged(office: Office, kind: str) -> None:
    office.bounces.note(came_back(kind=kind))
    assert office.known() is None
    assert [(line["event"], line["kind"], line["kept"]) for line in office.said] == [("mail_came_back", kind, "no")]


@pytest.mark.parametrize("kind", ["abuse", "fraud", "virus", "other", None])
def test_who_calls_a_mail_unwanted_gets_no_more(office: Office, kind: str | None) -> None:
    office.at = NOON + timedelta(hours=2)
    office.bounces.note(complained(kind=kind))
    assert office.known() == Undeliverable(merchant="azulu", why="complaint", sent_at=NOON, at=NOON + timedelta(hours=1))


def test_a_mail_that_was_taken_out_of_the_unwanted_ones_is_no_complaint(office: Office) -> None:
    office.bounces.note(complained(kind="not-spam"))
    assert office.known() is None


def test_it_is_the_address_we_wrote_to_that_counts_not_where_its_mails_were_forwarded(office: Office) -> None:
    event = came_back()
    event["detail"]["bounce"]["bouncedRecipients"][0]["emailAddress"] = "elsewhere@example.org"
    office.bounces.note(event)
    assert office.known()
    assert office.known("elsewhere@example.org") is None


@pytest.mark.parametrize("message", ["staff", "digest"])
def test_mails_to_the_shops_own_people_mark_nobody_and_are_never_kept_back(office: Office, message: str) -> None:
    office.bounces.note(came_back(message=message))
    assert office.known() is None
    office.bounces.note(came_back())
    assert office.sends(message)


def test_each_event_leaves_one_line_without_an_address(office: Office) -> None:
    office.bounces.note(came_back())
    office.bounces.note(came_back())
    office.bounces.note(came_back(sent_at=NOON - timedelta(days=1)))
    assert [line["kept"] for line in office.said] == ["yes", "yes", "outdated"]
    assert office.said[0] == {
        "event": "mail_came_back", "shop": "azulu", "message": "approved", "mail": "0123456789abcdef" * 2,
        "kind": "Permanent/General", "kept": "yes",
    }  # fmt: skip
    assert "@" not in str(office.said)


def without(event: Event, *path: str | int) -> Event:
    """Return an event that lacks something."""
    lacking = copy.deepcopy(event)
    place: Any = lacking
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return lacking


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (without(came_back(), "detail"), "detail: it is no object"),
        (came_back() | {"detail": "Bounce"}, "detail: it is no object"),
        (without(came_back(), "detail", "eventType"), "detail.eventType: it is missing"),
        (without(came_back(), "detail", "bounce"), "detail: an event of this type has an object bounce"),
        (without(came_back(), "detail", "bounce", "bounceType"), "detail.bounce.bounceType: it is missing"),
        (without(came_back(), "detail", "mail", "tags"), "detail.mail.tags: it is missing"),
        (without(came_back(), "detail", "mail", "tags", "shop"), "detail.mail.tags.shop: it is missing"),
        (without(complained(), "detail", "complaint", "timestamp"), "detail.complaint.timestamp: it is missing"),
        ([], "it is no event"),
        (None, "it is no event"),
    ],
)  # fmt: skip
def test_a_malformed_event_is_one_clear_line(office: Office, event: Any, why: str) -> None:
    office.bounces.note(event)
    assert office.known() is None
    (line,) = office.said
    assert (line["event"], line["why"]) == ("mail_event_unreadable", why)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("Permanent") | st.just("2026-03-10T17:00:00Z"),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_whatever_stands_anywhere_in_an_event_raises_nothing(data: st.DataObject) -> None:
    event = copy.deepcopy(data.draw(st.sampled_from([came_back(), complained()])))
    place: Any = event
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else list(range(len(place)))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(JSON)
    Bounces(NoTable()).note(event)  # type: ignore[arg-type]


class NoTable:
    """Keeps nothing, and takes only what a table takes."""

    def note_undeliverable(self, email: str, news: Undeliverable) -> bool:
        assert isinstance(email, str)
        assert isinstance(news, Undeliverable)
        return True


@pytest.mark.parametrize("way", ["unreachable", "answer lost", "throttled", "refused"])
def test_an_outage_is_left_to_be_tried_again(tables: Tables, way: Way) -> None:
    gate = Gate()
    beside = Table(tables.client, tables.returns)
    bounces = Bounces(SessionsTable(Table(gate.on(tables.client), tables.sessions), beside, lambda: SOON))
    gate.arm(1, way)
    with pytest.raises(Unavailable):
        bounces.note(came_back())
    gate.arm(0, way)
    bounces.note(came_back())
    kept = SessionsTable(Table(tables.client, tables.sessions), beside, lambda: SOON)
    assert kept.undeliverable("azulu", EMAIL)


def test_nothing_is_sent_to_a_marked_address_but_what_was_asked_for_an_hour_later(office: Office) -> None:
    assert office.sends("approved")
    office.bounces.note(came_back())
    assert not any(office.sends(message) for message in ("approved", "label", "reminder", "access", "gift", "resume"))
    assert office.sends("approved", "eva@example.com")
    assert office.sends("approved", shop="nurana"), "what one shop knows keeps back nothing of another's"
    office.at = NOON + timedelta(seconds=1) + TRIED_AFTER
    assert [message for message in ("approved", "label", "access", "gift", "resume") if office.sends(message)] == [
        "access", "gift", "resume",
    ]  # fmt: skip
    office.at = NOON + timedelta(seconds=1) + BELIEVED_FOR["bounce"]
    assert office.sends("approved")


def test_what_bounces_again_is_believed_anew(office: Office) -> None:
    office.bounces.note(came_back())
    office.at = NOON + timedelta(hours=2)
    assert office.sends("access")
    office.bounces.note(came_back(message="access", sent_at=office.at))
    office.at += timedelta(minutes=30)
    assert not office.sends("access")


def test_the_worker_gives_up_what_is_kept_back_and_says_why(tables: Tables) -> None:
    room = Mailroom(tables)
    careful = replace(room.worker, post=CarefulPost(room.postbox, room.sessions, room.clock))
    Bounces(room.sessions).note(came_back(sent_at=NOON - timedelta(days=1)))
    assert careful.deliver(room.has(made())) == {"batchItemFailures": []}
    assert (room.mail().sent_at, room.mail().failed, room.postbox.mails) == (None, "undeliverable", [])
    assert careful.deliver(room.asked()) == {"batchItemFailures": []}
    assert len(room.postbox.mails) == 1, "what is asked for is tried"


def test_whoever_is_forgotten_leaves_no_mark(tables: Tables) -> None:
    room = Mailroom(tables)
    notes = Bounces(room.sessions)
    notes.note(came_back())
    notes.note(came_back(shop="nurana"))
    returns, sessions = Table(tables.client, tables.returns), Table(tables.client, tables.sessions)
    forgetting = Forgetting(PersonalItems(returns, sessions), BucketFiles(new_bucket()), room.clock)
    assert forgetting.would_forget("azulu", EMAIL).keys == 1
    assert forgetting.forget("azulu", EMAIL).keys == 1
    assert [item["merchant"]["S"] for item in tables.client.scan(TableName=tables.sessions)["Items"]] == ["nurana"]
