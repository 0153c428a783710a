"""The worker loses no mail, whatever fails and wherever it stops, and lets nothing keep others waiting."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import boto3
import pytest

from chalicelib.adapters.dynamodb import packed
from chalicelib.domain.claims import CLAIM_LIFE, Claim
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.lifecycle import cancelled, decided, mails_claimed
from chalicelib.domain.visits import LOOKUP_LIFE
from chalicelib.limits import LIMITS_AN_HOUR
from chalicelib.local.pump import RETRIES, carry, read_stream
from chalicelib.message import MailHeld, MailRefused
from chalicelib.worker import SEND_FOR, SUPERSEDED
from tests.conftest import Tables
from tests.made import EMAIL, NOON, made
from tests.mailroom import PORTAL_URL, Crash, Event, Faults, Mailroom, event


@pytest.fixture
def room(tables: Tables) -> Mailroom:
    return Mailroom(tables)


class Reports(logging.Handler):
    """Keeps what is logged, whoever else listens."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    @property
    def events(self) -> list[str]:
        """What was reported, by name."""
        return [json.loads(line)["event"] for line in self.lines]


@pytest.fixture
def reports() -> Iterator[Reports]:
    listening = Reports()
    logger = logging.getLogger("vuelta")
    logger.addHandler(listening)
    yield listening
    logger.removeHandler(listening)


def put_off(message: EmailMessage) -> None:
    """Answer as SES does while it asks for patience."""
    raise Unavailable("the mail service", "TooManyRequestsException")


NOTHING_FAILED: dict[str, list[Any]] = {"batchItemFailures": []}


def test_a_new_return_is_mailed_once_and_marked(room: Mailroom) -> None:
    news = room.has(made("authorised"))
    assert room.worker.deliver(news) == NOTHING_FAILED
    assert [message["To"] for message in room.postbox.mails] == [EMAIL]
    assert room.mail().sent_at == room.at
    assert room.worker.deliver(news) == NOTHING_FAILED
    assert len(room.postbox.mails) == 1


def test_the_mails_of_one_return_go_in_their_order(room: Mailroom) -> None:
    room.worker.deliver(room.has(made("authorised", "under_review")))
    assert [mail.message for mail in (room.mail(0), room.mail(1)) if mail.sent_at] == ["approved", "under_review"]
    first, second = room.postbox.mails
    assert "RMA" in first["Subject"]
    assert "AZ-1001" in second["Subject"]


def test_each_mail_about_a_return_carries_a_link_that_opens_it(room: Mailroom) -> None:
    room.worker.deliver(room.has(made("authorised")))
    text = room.postbox.mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    [secret] = [word.rpartition("/")[2] for word in text.split() if word.startswith(f"{PORTAL_URL}/azulu/link/")]
    link = room.access.peek("azulu", secret)
    assert (link.purpose, link.return_slot, link.email) == ("return", 1, EMAIL)


def test_the_owner_who_asks_gets_a_link(room: Mailroom) -> None:
    assert room.worker.deliver(room.asked()) == NOTHING_FAILED
    assert room.postbox.mails[0]["To"] == EMAIL
    assert list(room.sessions.unanswered(room.at + timedelta(minutes=1))) == []


STRANGERS = [("eve@example.com", "AZ-1001"), (EMAIL, "AZ-9"), ("x\r\nBcc: y@z.example", "AZ-1001")]


@pytest.mark.parametrize(("email", "number"), STRANGERS)
def test_nobody_can_make_us_write_to_a_stranger(room: Mailroom, email: str, number: str) -> None:
    assert room.worker.deliver(room.asked(email, number)) == NOTHING_FAILED
    assert room.postbox.mails == []
    assert list(room.sessions.unanswered(room.at + timedelta(minutes=1))) == []


def test_a_flood_of_lookups_mails_no_more_than_the_limit(room: Mailroom) -> None:
    for _ in range(12):
        room.worker.deliver(room.asked())
    assert len(room.postbox.mails) == LIMITS_AN_HOUR["order"]


def test_what_was_asked_for_too_long_ago_gets_no_mail_and_does_not_wait_any_more(room: Mailroom) -> None:
    room.asked()
    room.later(seconds=LOOKUP_LIFE.total_seconds())
    assert room.postbox.mails == []
    assert list(room.sessions.unanswered(room.at + timedelta(days=1))) == []


def test_a_mail_that_is_put_off_is_reported_in_one_line_and_its_record_brought_again(room: Mailroom, reports: Reports) -> None:
    news = room.has(made("authorised"))
    room.postbox.answer = put_off
    assert room.worker.deliver(news) == {"batchItemFailures": [{"itemIdentifier": "100"}]}
    assert room.mail().waits
    assert reports.events == ["put_off"]
    room.postbox.answer = lambda message: None
    assert room.worker.deliver(news) == NOTHING_FAILED
    assert len(room.postbox.mails) == 1


def test_a_mail_that_is_put_off_keeps_back_the_later_ones_of_its_return_and_no_others(room: Mailroom) -> None:
    def patience_with_ana(message: EmailMessage) -> None:
        if message["To"] == EMAIL:
            put_off(message)

    room.postbox.answer = patience_with_ana
    news = room.has(made("authorised", "under_review"), made("authorised", slot=2, draft_id="other", email="bo@example.com"))
    assert room.worker.deliver(news) == {"batchItemFailures": [{"itemIdentifier": "100"}]}
    assert [message["To"] for message in room.postbox.mails] == ["bo@example.com"]


def test_a_refused_mail_is_given_up_and_reported_and_the_next_one_sent(room: Mailroom, reports: Reports) -> None:

    def refuse_the_first(message: EmailMessage) -> None:
        room.postbox.answer = lambda message: None
        raise MailRefused("BadRequestException")

    room.postbox.answer = refuse_the_first
    assert room.worker.deliver(room.has(made("authorised", "under_review"))) == NOTHING_FAILED
    assert room.mail(0).failed == "BadRequestException"
    assert room.mail(1).sent_at is not None
    assert reports.events == ["mail_given_up"]
    assert EMAIL not in str(reports.lines)


def down(message: EmailMessage) -> None:
    """Answer as SES does while it is down."""
    raise Unavailable("the mail service", "ConnectTimeoutError")


def held(message: EmailMessage) -> None:
    """Answer as SES does while a shop's identity is not verified."""
    raise MailHeld("MessageRejected")


@pytest.mark.parametrize("trouble", [put_off, down, held])
def test_only_age_gives_up_what_the_mail_service_does_not_take(room: Mailroom, trouble: Callable[[EmailMessage], None]) -> None:
    news = room.has(made("authorised"))
    room.postbox.answer = trouble
    for _ in range(20):
        room.worker.deliver(news)
        room.later(minutes=10)
    assert room.mail().waits
    room.at = NOON + SEND_FOR - timedelta(minutes=1)
    room.worker.sweep()
    assert room.mail().waits
    room.later(minutes=5)
    assert room.mail().failed in {"TooManyRequestsException", "ConnectTimeoutError", "MessageRejected"}
    assert list(room.returns.unsent(room.at)) == []


def test_what_only_an_operator_can_mend_keeps_no_other_mail_waiting_and_goes_once_mended(
    room: Mailroom, reports: Reports
) -> None:
    news = room.has(made("authorised", "under_review"))
    room.postbox.answer = held
    assert room.worker.deliver(news) == NOTHING_FAILED
    assert reports.events == ["mail_held", "mail_held"]
    room.postbox.answer = lambda message: None
    room.later(minutes=5)
    assert len(room.postbox.mails) == 2


def test_a_mail_that_cannot_be_composed_is_reported_and_goes_once_it_can_be(room: Mailroom, reports: Reports) -> None:
    news = room.has(made("authorised", "under_review"))
    broken = replace(room.worker, shops={})
    for _ in range(20):
        assert broken.deliver(news) == NOTHING_FAILED
    room.at += SEND_FOR - timedelta(minutes=10)
    broken.sweep()
    assert [mail.waits for mail in (room.mail(0), room.mail(1))] == [True, True]
    assert set(reports.events) == {"mail_held"}
    assert "KeyError at worker.py:" in reports.lines[0]
    room.later(minutes=5)
    assert len(room.postbox.mails) == 2


def test_a_mail_that_nobody_could_compose_for_a_day_is_given_up(room: Mailroom) -> None:
    room.has(made("authorised"))
    broken = replace(room.worker, shops={})
    room.at += SEND_FOR
    broken.sweep()
    assert str(room.mail().failed).startswith("KeyError at worker.py:")


def test_a_link_that_does_not_leave_for_long_uses_up_nobodys_limits_and_leaves_in_the_end(room: Mailroom) -> None:
    news = room.asked()
    for trouble in (put_off, down, held):
        room.postbox.answer = trouble
        for _ in range(20):
            room.worker.deliver(news)
    room.postbox.answer = lambda message: None
    room.later(minutes=5)
    assert len(room.postbox.mails) == 1
    for _ in range(LIMITS_AN_HOUR["order"]):
        room.worker.deliver(room.asked())
    assert len(room.postbox.mails) == LIMITS_AN_HOUR["order"]


def fed_back(room: Mailroom) -> None:
    """Bring the tables' streams to a worker until nothing new comes, what it writes itself too."""
    for table in (room.tables.returns, room.tables.sessions):
        arn = room.tables.client.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        pages = read_stream(boto3.client("dynamodbstreams"), arn)
        while page := next(pages):
            carry(page, room.worker.deliver, lambda seconds: None)


def test_what_the_worker_writes_comes_back_as_records_and_feeds_no_loop(room: Mailroom) -> None:
    room.has(made("authorised", "under_review"))
    room.asked()
    tries: list[EmailMessage] = []

    def fail(message: EmailMessage) -> None:
        tries.append(message)
        put_off(message)

    room.postbox.answer = fail
    fed_back(room)
    assert len(tries) == 2 * (RETRIES + 1), "the return's first mail and the link, each as often as its one record is brought"
    room.postbox.answer = lambda message: None
    room.later(minutes=5)
    assert len(room.postbox.mails) == 3
    fed_back(room)
    assert len(room.postbox.mails) == 3


def test_records_of_claims_cost_no_call(room: Mailroom) -> None:
    new = made("authorised", "under_review")
    room.has(new)
    room.asked()
    [lookup] = room.sessions.unanswered(room.at + timedelta(minutes=1))
    claim = Claim(by="sweep", at=room.at)
    assert room.returns.change(mails_claimed(new, claim))
    assert room.sessions.claim_lookup(lookup, claim)
    items = [
        item for name in (room.tables.returns, room.tables.sessions) for item in room.tables.client.scan(TableName=name)["Items"]
    ]
    faults = Faults()
    assert room.with_faults(faults).deliver(event(*(item for item in items if "unsent" in item))) == NOTHING_FAILED
    assert faults.calls == []


def test_a_mail_costs_two_writes(room: Mailroom) -> None:
    faults = Faults()
    room.with_faults(faults).deliver(room.has(made("authorised", "under_review")))
    assert faults.calls.count("change") == 4
    assert faults.calls.count("send") == 2


def test_nothing_is_sent_while_nothing_can_be_written(room: Mailroom) -> None:
    news = room.has(made("authorised"))
    records = news["Records"] + room.asked()["Records"]
    for record in records:
        for _ in range(5):
            faults = Faults(error=Unavailable("table", "throttled"), named={"change", "claim_lookup"})
            assert room.with_faults(faults).deliver({"Records": [record]}) != NOTHING_FAILED
    assert room.postbox.mails == []


@pytest.mark.parametrize("what", ["return", "lookup"])
def test_what_a_sweep_is_sending_is_left_to_it_by_stream_and_other_sweeps_until_it_must_have_ended(
    room: Mailroom, what: str
) -> None:
    news = room.has(made("authorised")) if what == "return" else room.asked()
    room.at += timedelta(minutes=2)

    def others_come(message: EmailMessage) -> None:
        assert room.worker.deliver(news) == NOTHING_FAILED
        room.worker.sweep()
        room.later(seconds=CLAIM_LIFE.total_seconds() - 1)
        raise Crash

    room.postbox.answer = others_come
    with pytest.raises(Crash):
        room.worker.sweep()
    assert room.postbox.mails == []
    room.postbox.answer = lambda message: None
    room.later(seconds=1)
    assert len(room.postbox.mails) == 1


@pytest.mark.parametrize("what", ["return", "lookup"])
def test_of_two_that_read_the_same_only_one_sends(room: Mailroom, what: str) -> None:
    room.has(made("authorised")) if what == "return" else room.asked()
    room.at += timedelta(minutes=2)

    def another_first() -> None:
        room.at += timedelta(milliseconds=1)
        room.worker.sweep()

    room.with_faults(Faults(before={"change" if what == "return" else "claim_lookup": another_first})).sweep()
    assert len(room.postbox.mails) == 1


def test_a_flood_of_lookups_leaves_returns_their_share_of_a_sweep(room: Mailroom) -> None:
    for number in range(9):
        room.asked(number=f"AZ-{number}")
    for slot in range(1, 4):
        room.has(made("authorised", slot=slot, draft_id=str(slot)))
    faults = Faults()
    room.at += timedelta(minutes=2)
    room.with_faults(faults).sweep()
    turns = [name for name in faults.calls if name in {"by_slot", "lookup"}]
    assert turns[:4] == ["by_slot", "by_slot", "by_slot", "lookup"], "a return is read again after its mail, and for its label"
    assert turns[:12].count("lookup") == 3


def test_mails_that_always_fail_do_not_keep_younger_ones_from_the_sweep(room: Mailroom) -> None:
    stuck = [made("authorised", slot=slot, draft_id=str(slot), email="bo@example.com") for slot in (1, 2)]
    room.has(*stuck, made("authorised", slot=3, draft_id="3"))

    def slow(message: EmailMessage) -> None:
        room.at += timedelta(seconds=25)
        if message["To"] != EMAIL:
            down(message)

    room.postbox.answer = slow
    room.later(minutes=2)
    assert room.postbox.mails == []
    room.later(minutes=2)
    assert len(room.postbox.mails) == 1


def test_malformed_records_are_reported_and_dropped(room: Mailroom, reports: Reports) -> None:
    batch = room.has(made("authorised"))
    waiting = {"unsent": {"S": "UNSENT"}}
    bad = [
        None, {}, {"dynamodb": None}, {"dynamodb": {"NewImage": waiting, "SequenceNumber": "1"}},
        {"dynamodb": {"NewImage": waiting | {"type": {"S": "return"}, "merchant": {"S": "azulu"}}, "SequenceNumber": "2"}},
        {"dynamodb": {"NewImage": waiting | {"type": {"N": "1"}}, "SequenceNumber": "3"}},
    ]  # fmt: skip
    batch["Records"] = [*bad, *batch["Records"], *bad]
    assert room.worker.deliver(batch) == NOTHING_FAILED
    assert len(room.postbox.mails) == 1
    assert set(reports.events) == {"record_unreadable"}


def test_records_of_items_where_nothing_waits_cost_no_call(room: Mailroom) -> None:
    faults = Faults()
    image = packed({"pk": "azulu#AZ1", "sk": "ORDER", "type": "order"})
    removed: Event = {"Records": [{"eventID": "1", "eventName": "REMOVE", "dynamodb": {"SequenceNumber": "7"}}]}
    worker = room.with_faults(faults)
    assert worker.deliver(event(image)) == worker.deliver(removed) == worker.deliver({}) == NOTHING_FAILED
    assert faults.calls == []


def test_an_item_that_nobody_can_read_stops_neither_stream_nor_sweep(room: Mailroom, reports: Reports) -> None:
    waits = {"unsent": "UNSENT", "unsent_since": "2000"}
    names = {"pk": "azulu#AZ0", "sk": "RETURN#001", "type": "return", "merchant": "azulu", "order_number": "AZ0", "slot": 1}
    poison = packed(names | waits)
    lookup = packed({"pk": "LOOKUP#1", "sk": "LOOKUP", "type": "lookup", "id": "1", "expires_at": 99999999999} | waits)
    room.tables.client.put_item(TableName=room.tables.returns, Item=poison)
    room.tables.client.put_item(TableName=room.tables.sessions, Item=lookup)
    room.has(made("authorised"))
    room.asked()
    assert room.worker.deliver(event(poison, lookup)) == NOTHING_FAILED
    room.later(minutes=2)
    assert len(room.postbox.mails) == 2
    assert set(reports.events) == {"item_failed", "item_unreadable"}


def test_the_sweep_leaves_to_the_stream_what_is_younger_than_a_minute(room: Mailroom) -> None:
    room.has(made("authorised"))
    room.later(seconds=30)
    assert room.postbox.mails == []
    room.later(seconds=31)
    assert len(room.postbox.mails) == 1


def test_a_sweep_ends_when_its_time_is_up_and_the_next_goes_on(room: Mailroom) -> None:
    room.has(*(made("authorised", slot=slot, draft_id=str(slot)) for slot in range(1, 6)))

    def slow(message: EmailMessage) -> None:
        room.at += timedelta(seconds=25)

    room.postbox.answer = slow
    room.later(minutes=2)
    assert len(room.postbox.mails) == 2
    room.later(minutes=2)
    assert len(room.postbox.mails) == 4


def test_a_batch_whose_time_is_up_asks_for_the_rest_to_be_brought_again(room: Mailroom) -> None:
    news = room.has(*(made("authorised", slot=slot, draft_id=str(slot)) for slot in range(1, 5)))

    def slow(message: EmailMessage) -> None:
        room.at += timedelta(seconds=25)

    room.postbox.answer = slow
    assert room.worker.deliver(news) == {"batchItemFailures": [{"itemIdentifier": "102"}, {"itemIdentifier": "103"}]}


def test_news_that_a_later_step_has_overtaken_is_not_mailed(room: Mailroom) -> None:
    new = made("authorised")
    room.returns.add(new)
    room.returns.change(cancelled(new, NOON + timedelta(seconds=1)))
    room.later(minutes=2)
    assert room.mail(0).failed == SUPERSEDED
    assert room.mail(1).sent_at is not None
    assert len(room.postbox.mails) == 1


def test_a_return_that_changes_while_its_mail_is_on_the_way_is_marked_all_the_same_and_not_mailed_again(room: Mailroom) -> None:
    new = made("under_review")

    def decide_meanwhile(message: EmailMessage) -> None:
        room.postbox.answer = lambda message: None
        current = room.returns.by_slot("azulu", "AZ-1001", 1)
        assert current is not None
        assert room.returns.change(decided(current, ("1",), approve=True, by="Neda", note="", at=room.at))

    room.postbox.answer = decide_meanwhile
    assert room.worker.deliver(room.has(new)) == NOTHING_FAILED
    assert room.mail(0).sent_at is not None
    assert room.mail(1).sent_at is not None
    assert len(room.postbox.mails) == 2
