"""The mapping of a stream keeps to what AWS says of it, with the template's own settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from chalicelib.local.tables import RESOURCES, load_template
from tests.made import NOON
from tests.rehearsal.streams import Record, Settings, Shard, Stream, settings_of

SETTINGS = Settings(batch=4, retries=2, age=timedelta(hours=12), halves=True, partial=True)


class Told:
    """A function that remembers its batches and answers as it is told."""

    def __init__(self, behave: Callable[[list[int]], Mapping[str, Any] | None]) -> None:
        self.behave = behave
        self.calls: list[list[int]] = []

    def __call__(self, event: dict[str, Any]) -> Mapping[str, Any] | None:
        self.calls.append([int(each["dynamodb"]["SequenceNumber"]) for each in event["Records"]])
        return self.behave(self.calls[-1])


def record(number: int) -> Record:
    return Record.of(number, NOON, {"pk": {"S": str(number)}, "sk": {"S": "-"}})


def brought(function: Told, *numbers: int, hours: float = 0) -> list[int]:
    """Bring records of these numbers; return which were put aside."""
    shard, aside = Shard(SETTINGS), []
    for number in numbers:
        shard.write(record(number))
    while (given_up := shard.step(function, NOON + timedelta(hours=hours))) is not None:
        aside += [each.number for each in given_up]
    return aside


def failing(*numbers: int) -> Callable[[list[int]], Mapping[str, Any]]:
    names = {number: f"{number:021d}" for number in numbers}
    return lambda batch: {"batchItemFailures": [{"itemIdentifier": names[each]} for each in batch if each in names]}


def test_the_template_sets_every_mapping_alike_and_bounds_it() -> None:
    first, *others = settings_of(load_template(RESOURCES))
    assert others == [first]
    assert first.halves
    assert first.partial
    assert 0 < first.retries <= 10
    assert first.age < timedelta(hours=24)


def test_the_lowest_failure_and_all_behind_it_come_again_until_the_attempts_are_used_up() -> None:
    function = Told(failing(2))
    assert brought(function, 1, 2, 3, 4, 5) == [2, 3, 4]
    assert function.calls == [[1, 2, 3, 4], [2, 3, 4], [2, 3, 4], [5]]


def test_halving_costs_no_attempt_and_leaves_only_the_poison() -> None:
    def poisoned(batch: list[int]) -> None:
        if 3 in batch:
            raise RuntimeError

    function = Told(poisoned)
    assert brought(function, 1, 2, 3, 4) == [3]
    assert function.calls == [[1, 2, 3, 4], [1, 2], [3, 4], [3], [3], [3], [4]]


def test_an_answer_that_names_nothing_of_the_batch_fails_the_whole_of_it() -> None:
    answers = iter([[{"itemIdentifier": ""}], [{"itemIdentifier": None}], [], None])
    function = Told(lambda _: {"batchItemFailures": next(answers)})
    assert brought(function, 1, 2) == []
    assert function.calls == [[1, 2]] * 3


def test_what_is_too_old_is_put_aside_unseen() -> None:
    function = Told(lambda _: None)
    assert brought(function, 1, 2, hours=13) == [1, 2]
    assert function.calls == []


def test_a_shard_that_is_stuck_holds_back_no_other() -> None:
    stream = Stream(SETTINGS, shards=2)
    stream.write(record(number) for number in range(8))
    homes = [sorted(each.number for each in shard.waiting) for shard in stream.shards]
    function = Told(failing(homes[0][0]))
    for _ in stream.bring(function, lambda: NOON):
        pass
    assert {number for call in function.calls for number in call} == set(range(8))
    assert set(homes[1]).isdisjoint(each.number for each in stream.aside)
