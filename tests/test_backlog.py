"""Every sweep says in one line how much waited and for how long: what the alarms about late work are made of."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.message import MailHeld
from chalicelib.worker import ENOUGH
from tests.conftest import Tables
from tests.made import NOON, made
from tests.mailroom import Faults, Mailroom


@pytest.fixture
def room(tables: Tables) -> Mailroom:
    return Mailroom(tables)


@pytest.fixture
def said() -> Iterator[list[dict[str, Any]]]:
    """The lines that sweeps write."""
    lines: list[dict[str, Any]] = []
    listening = logging.Handler()
    listening.emit = lambda record: lines.append(json.loads(record.getMessage()))  # type: ignore[method-assign]
    logger = logging.getLogger("vuelta.work")
    level = logger.level
    logger.addHandler(listening)
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(listening)
    logger.setLevel(level)


def swept(room: Mailroom, said: list[dict[str, Any]], **time: float) -> dict[str, Any]:
    """Let time pass and sweep; return the sweep's line."""
    room.at += timedelta(**time)
    room.sweeping(Faults()).run()
    return [line for line in said if line["event"] == "swept"][-1]


def test_where_nothing_waits_a_sweep_says_so(room: Mailroom, said: list[dict[str, Any]]) -> None:
    line = swept(room, said)
    assert (line["finished"], line["unsent"], line["overdue"]) == (True, 0, 0)
    assert (line["unsent_seconds"], line["overdue_seconds"]) == (0, 0)


def test_a_mail_that_cannot_leave_is_counted_older_at_every_sweep_until_it_has_left(
    room: Mailroom, said: list[dict[str, Any]]
) -> None:
    def held(message: object) -> None:
        raise MailHeld("identity")

    room.postbox.answer = held
    room.has(made("authorised"))
    first = swept(room, said, minutes=5)
    assert (first["unsent"], first["unsent_seconds"]) == (1, 301)
    second = swept(room, said, minutes=10)
    assert (second["unsent"], second["unsent_seconds"]) == (1, 901)
    room.postbox.answer = lambda message: None
    swept(room, said, minutes=5)
    assert swept(room, said, minutes=5)["unsent"] == 0


def test_a_link_that_somebody_waits_for_is_counted_as_a_mail(room: Mailroom, said: list[dict[str, Any]]) -> None:
    room.asked()
    line = swept(room, said, minutes=2)
    assert (line["unsent"], line["unsent_seconds"]) == (1, 120)
    assert swept(room, said, minutes=2)["unsent"] == 0


def test_what_time_should_have_done_long_ago_is_told_with_its_age(room: Mailroom, said: list[dict[str, Any]]) -> None:
    late = made("authorised", remind_hours=48, grace_days=1)
    room.has(late.model_copy(update={"outbox": tuple(mail.model_copy(update={"sent_at": NOON}) for mail in late.outbox)}))
    room.at = NOON + timedelta(days=9)  # its deadline, eight days after noon, and a day of grace
    line = swept(room, said, hours=2)
    assert line["overdue"] == 1
    assert line["overdue_seconds"] >= 2 * 3600
    assert swept(room, said, minutes=5)["overdue"] == 0


def test_a_sweep_that_runs_out_of_time_says_that_it_left_some(room: Mailroom, said: list[dict[str, Any]]) -> None:
    def slow(message: object) -> None:
        room.at += ENOUGH

    room.postbox.answer = slow
    room.has(*(made("authorised", slot=slot, draft_id=str(slot)) for slot in (1, 2, 3)))
    assert swept(room, said, minutes=5)["finished"] is False
    assert len(room.postbox.mails) == 2
    swept(room, said, minutes=5)
    assert swept(room, said, minutes=5)["finished"] is True
