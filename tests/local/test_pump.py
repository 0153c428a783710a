"""The stream pump does what Lambda's event source mapping does."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import boto3

from chalicelib.local.pump import RETRIES, carry, read_stream
from tests.conftest import Tables

Answer = Mapping[str, Any] | None


def record(number: int, *, unsent: bool = True) -> dict[str, Any]:
    """Return a stream record whose item has, or has not, something to send."""
    image: dict[str, Any] = {"pk": {"S": "azulu#1"}} | ({"unsent": {"S": "UNSENT"}} if unsent else {})
    return {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": str(number), "NewImage": image}}


class Function:
    """Remembers the batches it was called with; `behave` answers or raises for each."""

    def __init__(self, behave: Callable[[list[str]], Answer]) -> None:
        self.behave = behave
        self.calls: list[list[str]] = []

    def __call__(self, event: dict[str, Any]) -> Answer:
        self.calls.append([each["dynamodb"]["SequenceNumber"] for each in event["Records"]])
        return self.behave(self.calls[-1])


def carried(function: Function, *numbers: int) -> tuple[list[str], list[float]]:
    """Carry records of these numbers; return which were given up and how long was waited."""
    waits: list[float] = []
    given_up = carry([record(number) for number in numbers], function, waits.append)
    return [each["dynamodb"]["SequenceNumber"] for each in given_up], waits


def failing(*names: str) -> Callable[[list[str]], Answer]:
    """Answer that these records failed, whenever they are in the batch."""
    return lambda batch: {"batchItemFailures": [{"itemIdentifier": name} for name in batch if name in names]}


def test_only_what_has_something_to_send_is_brought() -> None:
    function = Function(lambda _: None)
    removed = {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "3"}}
    assert carry([record(1), record(2, unsent=False), removed, record(4)], function) == []
    assert function.calls == [["1", "4"]]


def test_batches_hold_ten_records_in_order() -> None:
    function = Function(lambda _: {"batchItemFailures": []})
    assert carried(function, *range(23)) == ([], [])
    assert [len(call) for call in function.calls] == [10, 10, 3]
    assert list(itertools.chain(*function.calls)) == [str(number) for number in range(23)]


def test_after_a_partial_answer_the_batch_is_brought_again_from_the_lowest_failure() -> None:
    answers = iter([["4", "2"], []])
    function = Function(lambda _: {"batchItemFailures": [{"itemIdentifier": name} for name in next(answers)]})
    assert carried(function, 1, 2, 3, 4)[0] == []
    assert function.calls == [["1", "2", "3", "4"], ["2", "3", "4"]]


def test_a_record_that_always_fails_is_given_up_after_the_last_attempt_and_the_next_batch_goes_on() -> None:
    function = Function(failing("3"))
    given_up, waits = carried(function, *range(12))
    assert "3" in given_up
    assert len(waits) == RETRIES
    assert function.calls[-1] == ["10", "11"]


def test_waits_grow_between_attempts() -> None:
    _, waits = carried(Function(failing("1")), 1)
    assert waits == sorted(waits)
    assert waits[0] < 1 < waits[-1] <= 10


def test_an_error_halves_the_batch_until_the_poison_stands_alone() -> None:
    def poisoned(batch: list[str]) -> Answer:
        if "3" in batch:
            raise RuntimeError("poison")
        return None

    function = Function(poisoned)
    assert carried(function, 1, 2, 3, 4)[0] == ["3"]
    assert function.calls.count(["3"]) == RETRIES + 1
    assert ["1", "2"] in function.calls
    assert ["4"] in function.calls


def test_an_answer_that_names_an_unknown_record_fails_the_whole_batch() -> None:
    answers = iter([[{"itemIdentifier": "unknown"}], [{"itemIdentifier": None}], []])
    function = Function(lambda _: {"batchItemFailures": next(answers)})
    assert carried(function, 1, 2)[0] == []
    assert function.calls == [["1", "2"]] * 3


def test_what_is_written_to_a_table_comes_out_of_its_stream_once(tables: Tables) -> None:
    arn = tables.client.describe_table(TableName=tables.sessions)["Table"]["LatestStreamArn"]
    pages = read_stream(boto3.client("dynamodbstreams"), arn)
    assert next(pages) == []
    for name in ("a", "b"):
        item = {"pk": {"S": name}, "sk": {"S": "-"}, "unsent": {"S": "UNSENT"}, "unsent_since": {"S": "2026"}}
        tables.client.put_item(TableName=tables.sessions, Item=item)
    function = Function(lambda _: None)
    assert carry(next(pages), function) == []
    assert [len(call) for call in function.calls] == [2]
    assert next(pages) == []
