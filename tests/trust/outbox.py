"""Promise 3: every mail that was written with the change that causes it leaves, whatever streams, tables and SES do meanwhile.

A storm is some hundred returns and lookups within two hours, brought by a mapping with the template's settings. Records come
twice, late, out of order, or never; some are malformed, some are of items that nobody can read. At any call to tables or SES the
worker may be killed, throttled, refused, left without an answer before or after it took effect, or asked for twice by the SDK.
Then the storm ends and sweeps go on, for less time than a mail is tried.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from typing import Any

import boto3

from chalicelib.local.pump import read_stream, waits_for_mail
from chalicelib.local.tables import RESOURCES, load_template
from chalicelib.worker import SEND_FOR
from tests.conftest import REGION, emulated_aws
from tests.gate import WAYS, Killed, Trouble
from tests.made import NOON, line, made, order, stored
from tests.rehearsal.streams import Record, Stream, settings_of
from tests.trust.stage import Stage
from tests.trust.table import Tried

INTENTS = 500  # in one storm: two of every three are a return's, which has two; the others are answers to lookups
FULL = 20  # storms
SMALL, FEW = 0, 30  # a quarter of one, with so few
BREAKS = {"dynamodb": 0.02, "sesv2": 0.15}
"""How many of the worker's calls to a service break."""
ROUNDS = 24
"""How many times five minutes a storm takes."""


class Lost(Exception):
    """The program ended, as Lambda sees it."""


class Storm:
    """One storm over a stage: what is written, how it is brought, what breaks, and what came of it."""

    def __init__(self, stage: Stage, random: Random, intents: int) -> None:
        self.stage, self.random = stage, random
        self.seen: Counter[str] = Counter()
        self.wanted: Counter[str] = Counter()
        self.blowing = self.working = False
        self.numbers = iter(range(1, 10**6))
        reading = boto3.client("dynamodbstreams", region_name=REGION)
        self.streams = {}
        for name, settings in zip(_names(stage), settings_of(load_template(RESOURCES)), strict=True):
            arn = stage.tables.client.describe_table(TableName=name)["Table"]["LatestStreamArn"]
            self.streams[name] = (read_stream(reading, arn), Stream(settings))
        self.late: list[tuple[int, str, Record]] = []
        returns = intents // 3
        self.tasks = [self._return] * returns + [self._lookup] * (intents - 2 * returns)
        random.shuffle(self.tasks)
        self._break_calls()

    def blow(self, rounds: int) -> None:
        """Let it come and go."""
        self.blowing = True
        for turn in range(rounds):
            for _ in range(-(-len(self.tasks) // (rounds - turn))):
                self.tasks.pop()()
            self._bring(turn)
            self._sweep()
        self.blowing = False
        self._bring(turn=10**6)
        while self._waiting() and self.stage.at < NOON + SEND_FOR:
            self._sweep()

    def came(self) -> tuple[int, int]:
        """Return how many mails never left, and how many left once more than once."""
        taken: dict[str, Counter[str]] = {}
        for mail in self.stage.letterbox.mails:
            taken.setdefault(str(mail["To"]), Counter())[str(mail["Message-ID"])] += 1
        lost = sum(max(0, due - len(taken.get(address, ()))) for address, due in self.wanted.items())
        return lost, sum(each.total() - len(each) for each in taken.values())

    def _return(self) -> None:
        """A return comes into being, with two mails."""
        number = next(self.numbers)
        plain = {"order_number": f"AZ-{number}", "email": f"c{number}@example.com", "created_at": self.stage.at}
        assert self.stage.portal.returns.add(made("authorised", "under_review", **plain))
        self.wanted[f"c{number}@example.com"] = 2

    def _lookup(self) -> None:
        """Somebody asks for a link to an order of theirs."""
        number = next(self.numbers)
        email = f"c{number}@example.com"
        self.stage.order(stored(order(line(), number=f"AZ-{number}"), email=email))
        self.stage.portal.access.ask("azulu", f"AZ-{number}", email, "es", f"192.0.2.{number}")
        self.wanted[email] = 1

    def _bring(self, turn: int) -> None:
        """Bring what is new, and what is late by now, as badly as streams can, until nothing new comes of it."""
        for name, (pages, stream) in self.streams.items():
            due = [record for at, table, record in self.late if at <= turn and table == name]
            due += [self._poison() for _ in range(self.random.randint(0, 2) * self.blowing)]
            while (news := next(pages)) or due:
                due += [each for record in news for each in self._fated(turn, name, record)]
                if self.blowing:
                    self.random.shuffle(due)
                stream.write(due)
                due = []
                for _ in stream.bring(self._function, self.stage.clock):
                    self.stage.later(milliseconds=20)
        self.late = [each for each in self.late if each[0] > turn]

    def _fated(self, turn: int, name: str, brought: Mapping[str, Any]) -> list[Record]:
        """Return how often a record comes now; it may come later, and it may not come at all."""
        if not waits_for_mail(brought):
            return []
        record = Record(int(brought["dynamodb"]["SequenceNumber"]), self.stage.at, brought)
        if not self.blowing:
            return [record]
        fate = self.random.choices(["once", "twice", "late", "now and late", "never"], [60, 15, 10, 10, 5])[0]
        self.seen[fate] += 1
        if fate.endswith("late"):
            self.late.append((turn + self.random.randint(1, 8), name, record))
        return {"once": [record], "twice": [record] * 2, "now and late": [record]}.get(fate, [])

    def _poison(self) -> Record:
        """Return a record that is none, or one of an item that nobody can read."""
        self.seen["poisoned"] += 1
        number = next(self.numbers)
        key = {"pk": {"S": f"azulu#AZ{number}"}, "sk": {"S": "RETURN#001"}}
        waits = key | {"unsent": {"S": "UNSENT"}, "unsent_since": {"S": "2026"}}
        names = {"type": {"S": "return"}, "merchant": {"S": "azulu"}, "order_number": {"S": f"AZ{number}"}, "slot": {"N": "1"}}
        if self.random.random() < 0.3:
            self.stage.tables.client.put_item(TableName=self.stage.tables.returns, Item=waits | names)  # type: ignore[arg-type]
        odd = self.random.choice([key, waits, waits | {"type": {"S": "return"}}, waits | {"type": {"N": "1"}}, waits | names])
        return Record.of(number, self.stage.at, odd)

    def _function(self, event: dict[str, Any]) -> Mapping[str, Any]:
        try:
            self.working = True
            return self.stage.worker.deliver(event)
        except Killed:
            raise Lost from None
        finally:
            self.working = False

    def _sweep(self) -> None:
        self.stage.later(minutes=5)
        try:
            self.working = True
            self.stage.sweep.run()
        except Killed:
            self.seen["sweeps killed"] += 1
        finally:
            self.working = False

    def _waiting(self) -> bool:
        """Say whether anything still waits that can be read."""
        portal, later = self.stage.portal, self.stage.at + timedelta(days=1)
        return any(True for _ in portal.returns.unsent(later)) or any(True for _ in portal.sessions.unanswered(later))

    def _break_calls(self) -> None:
        """Make every call that the worker makes break now and then, as long as the storm blows."""
        gate, real = self.stage.gate, self.stage.gate.call

        def call(service: str, name: str, done: Callable[..., Any], trouble: Trouble, *given: Any, **named: Any) -> Any:
            often = BREAKS.get(service, 0) if self.blowing and self.working else 0
            if self.random.random() < often:
                way = self.random.choice(WAYS)
                self.seen["SES failed" if service == "sesv2" else "tables failed"] += 1
                gate.arm(1, way)
            else:
                gate.arm(0, "unreachable")
            return real(service, name, done, trouble, *given, **named)

        gate.call = call  # type: ignore[method-assign]


def _names(stage: Stage) -> tuple[str, str]:
    return stage.tables.returns, stage.tables.sessions


def tried(size: int, seed: int) -> Tried:
    """Let so many storms come, or a small one where `size` is 0."""
    tries = lost = twice = 0
    seen: Counter[str] = Counter()
    logging.disable(logging.CRITICAL)  # What breaks is reported, and here much does.
    try:
        for number in range(max(size, 1)):
            with emulated_aws():
                storm = Storm(Stage(streams=True), Random(f"{seed}/{number}"), INTENTS if size else FEW)
                storm.blow(ROUNDS if size else ROUNDS // 4)
            came = storm.came()
            tries, lost, twice = tries + storm.wanted.total(), lost + came[0], twice + came[1]
            seen += storm.seen
            print(
                f"  storm {number + 1}: {storm.wanted.total()} mails, {came[0]} lost, {came[1]} twice",
                file=sys.stderr,
                flush=True,
            )
    finally:
        logging.disable(logging.NOTSET)
    how = (
        f"mails of returns and lookups, {seen['twice'] + seen['now and late']:,} stream records brought twice, "
        f"{seen['late']:,} late, {seen['never']:,} never, {seen['poisoned']:,} poisoned, all out of order; "
        f"{seen['tables failed']:,} calls of tables and {seen['SES failed']:,} of SES broken in {len(WAYS)} ways"
    )
    return Tried("No mail is lost", how, tries, lost, f"{twice} came twice")
