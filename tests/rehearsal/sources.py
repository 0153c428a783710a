"""What calls functions besides the gateway: streams, rules of EventBridge, schedules; each with the template's own terms."""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chalicelib.local import uploads
from chalicelib.local.pump import Record, carry, read_stream
from tests.rehearsal.fleet import Fleet
from tests.rehearsal.patterns import fits
from tests.rehearsal.runtime import ACCOUNT, REGION
from tests.rehearsal.stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_s3 import S3Client

log = logging.getLogger("vuelta.rehearsal")
LONGEST_PAUSE = 0.2
"""Seconds; where Lambda would wait longer before it tries again, nobody here wants to."""


class Failed(Exception):
    """The function failed."""


def called(fleet: Fleet, event: Mapping[str, Any]) -> Any:
    """Have a function answer an event; Failed if it cannot."""
    answer = fleet.invoke(json.dumps(event, default=_moment).encode())
    if answer.failed:
        raise Failed(answer.body.decode("utf-8", "replace")[:500])
    return answer.value


def _moment(value: Any) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"{value!r} is nothing for an event")


@dataclass
class PutAside:
    """Where what is given up goes: a bucket, written with the rights of the function's role."""

    client: S3Client
    bucket: str
    given_up: int = 0

    def permitted(self) -> None:
        """Look whether the bucket can be reached, as Lambda does when the destination is set."""
        self.client.list_objects_v2(Bucket=self.bucket, MaxKeys=1)

    def put(self, what: Mapping[str, Any]) -> None:
        """Keep what was given up, under a name as Lambda makes one."""
        now = datetime.now(UTC)
        key = f"aws/lambda/async/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
        self.client.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(what, default=_moment).encode())
        self.given_up += 1


@dataclass
class Stream:
    """An event source mapping: a stream, the function that gets its records, and on which terms."""

    client: DynamoDBStreamsClient
    properties: Mapping[str, Any]
    fleet: Fleet
    aside: PutAside | None

    def pump(self) -> Callable[[], None]:
        """Return what carries new records each time it is called. ValueError if the mapping's terms are others than are known."""
        terms = self.properties
        if not terms["BisectBatchOnFunctionError"] or terms["FunctionResponseTypes"] != ["ReportBatchItemFailures"]:
            raise ValueError("the rehearsal carries records by halves and with partial answers only")
        arn = terms["EventSourceArn"]
        patterns = [json.loads(each["Pattern"]) for each in terms.get("FilterCriteria", {}).get("Filters", ())]
        self.client.list_streams()
        pages = read_stream(self.client, arn)

        def act() -> None:
            records = [{**record, "eventSourceARN": arn} for record in next(pages)]
            given_up = carry(
                records,
                self._answered,
                lambda seconds: time.sleep(min(seconds, LONGEST_PAUSE)),
                chooses=lambda record: any(fits(record, pattern) for pattern in patterns) or not patterns,
                size=terms["BatchSize"],
                retries=terms["MaximumRetryAttempts"],
            )
            for record in given_up:
                self._put_aside(record)

        return act

    def _answered(self, event: dict[str, Any]) -> Any:
        try:
            return called(self.fleet, event)
        except Failed as error:
            log.warning("%s failed: %s", self.fleet.program.name, error)
            raise

    def _put_aside(self, record: Record) -> None:
        log.warning("given up: %s", record["dynamodb"]["SequenceNumber"])
        if self.aside:
            self.aside.put({"DDBStreamBatchInfo": {"batchSize": 1}, "payload": {"Records": [record]}})


@dataclass
class Called:
    """A function that nobody waits for: how often it is tried again, and where an event goes that it never takes."""

    fleet: Fleet
    retries: int = 2
    aside: PutAside | None = None

    def __call__(self, event: Mapping[str, Any]) -> bool:
        """Have the event answered, and say whether it was."""
        for attempt in range(1 + self.retries):
            try:
                called(self.fleet, event)
            except Failed as error:
                log.warning("%s failed, attempt %s: %s", self.fleet.program.name, attempt + 1, error)
            else:
                return True
        if self.aside:
            self.aside.put({"requestContext": {"functionArn": self.fleet.program.arn}, "requestPayload": event})
        return False


class Bus:
    """The default event bus: brings an event to the targets of every rule that it fits."""

    def __init__(self, stack: Stack, functions: Mapping[str, Called]) -> None:
        self._rules = []
        for logical, rule in stack.resources("AWS::Events::Rule"):
            if "EventPattern" in rule:
                targets = [stack.named("AWS::Serverless::Function", target["Arn"]) for target in rule["Targets"]]
                for target in targets:
                    _check_permission(stack, logical, target)
                self._rules.append((rule["EventPattern"], [functions[target] for target in targets]))

    def put(self, source: str, kind: str, detail: Mapping[str, Any]) -> int:
        """Bring an event to whoever waits for it; return how many functions it reached."""
        event = {
            "version": "0", "id": str(uuid.uuid4()), "detail-type": kind, "source": source, "account": ACCOUNT,
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "region": REGION, "resources": [], "detail": detail,
        }  # fmt: skip
        called = [function for pattern, targets in self._rules if fits(event, pattern) for function in targets]
        for function in called:
            threading.Thread(target=function, args=(event,), daemon=True).start()
        return len(called)


def _check_permission(stack: Stack, rule: str, function: str) -> None:
    """Make sure that the rule may call the function; ValueError if nothing in the template lets it."""
    arn = stack.value({"Fn::GetAtt": [function, "Arn"]})
    names = {stack.name(function): arn, arn: arn}
    asked = ("events.amazonaws.com", arn, stack.value({"Fn::GetAtt": [rule, "Arn"]}))
    given = (permission for _, permission in stack.resources("AWS::Lambda::Permission"))
    if asked not in {(each["Principal"], names.get(each["FunctionName"]), each.get("SourceArn")) for each in given}:
        raise ValueError(f"the rule {rule} may not call {function}: the template has no permission for it")


def new_files(client: S3Client, bucket: str) -> Iterator[list[dict[str, Any]]]:
    """Yield for ever what the bucket tells of the uploads that are new in it."""
    seen: set[tuple[str, str]] = set()
    while True:
        fresh = []
        for event in uploads.events(client, bucket):
            name = (event["detail"]["object"]["key"], event["detail"]["object"]["etag"])
            if name not in seen:
                seen.add(name)
                fresh.append(event["detail"])
        yield fresh
