"""Brings a table's stream to a function as Lambda's event source mapping does, with the settings that the template gives it.

As AWS documents it: each shard keeps its order, and what fails holds back only its own shard. A batch that raises is halved, at
no attempt's cost. An answer that names failures has the batch brought again from the lowest of them; one that names what was not
in the batch fails the whole of it. What is too old, or was tried often enough, is put aside whole, and the shard goes on.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Image = Mapping[str, Any]
Function = Callable[[dict[str, Any]], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Settings:
    """What a mapping is told: records a batch, attempts after the first, how old a record may become, whether to halve."""

    batch: int
    retries: int
    age: timedelta
    halves: bool
    partial: bool


def settings_of(template: Mapping[str, Any]) -> list[Settings]:
    """Return the settings of every event source mapping of a template."""
    found = [each["Properties"] for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::EventSourceMapping"]
    return [
        Settings(
            batch=told.get("BatchSize", 100),
            retries=told.get("MaximumRetryAttempts", -1),
            age=timedelta(seconds=told.get("MaximumRecordAgeInSeconds", 86400)),
            halves=bool(told.get("BisectBatchOnFunctionError")),
            partial="ReportBatchItemFailures" in told.get("FunctionResponseTypes", ()),
        )
        for told in found
    ]


@dataclass(frozen=True)
class Record:
    """A record of a stream: where it stands in its shard, when it was written, and the whole as the function gets it."""

    number: int
    at: datetime
    event: Mapping[str, Any]

    @classmethod
    def of(cls, number: int, at: datetime, image: Image, name: str = "MODIFY") -> Record:
        """Return the record of an item as it was written."""
        keys = {key: image[key] for key in ("pk", "sk") if key in image}
        change = {"Keys": keys, "NewImage": image, "SequenceNumber": f"{number:021d}", "StreamViewType": "NEW_IMAGE"}
        return cls(number, at, {"eventID": f"e{number}", "eventName": name, "eventSource": "aws:dynamodb", "dynamodb": change})


@dataclass
class _Batch:
    records: Sequence[Record]
    attempts: int = 0


@dataclass
class Shard:
    """One shard on its way to a function: what was written and not brought yet, in its order."""

    settings: Settings
    pending: deque[_Batch] = field(default_factory=deque)
    waiting: deque[Record] = field(default_factory=deque)

    def write(self, record: Record) -> None:
        """Add a record at the end."""
        self.waiting.append(record)

    def step(self, function: Function, now: datetime) -> list[Record] | None:
        """Call the function once, if anything is there; return what is put aside for it, None if nothing was there."""
        batch = self._next()
        if batch is None:
            return None
        aged = [record for record in batch.records if now - record.at > self.settings.age]
        fresh = [record for record in batch.records if now - record.at <= self.settings.age]
        if not fresh:
            return aged
        try:
            answer = function({"Records": [record.event for record in fresh]})
        except Exception:  # noqa: BLE001 - whatever a function raises, and when its time is up, its batch has failed
            return aged + self._failed(_Batch(fresh, batch.attempts))
        lowest = _lowest([record.event for record in fresh], answer) if self.settings.partial else None
        return aged + (self._again(_Batch(fresh[lowest:], batch.attempts)) if lowest is not None else [])

    def _next(self) -> _Batch | None:
        if self.pending:
            return self.pending.popleft()
        taken = [self.waiting.popleft() for _ in range(min(self.settings.batch, len(self.waiting)))]
        return _Batch(taken) if taken else None

    def _failed(self, batch: _Batch) -> list[Record]:
        if self.settings.halves and len(batch.records) > 1:
            half = len(batch.records) // 2
            for part in (batch.records[half:], batch.records[:half]):
                self.pending.appendleft(_Batch(part, batch.attempts))
            return []
        return self._again(batch)

    def _again(self, batch: _Batch) -> list[Record]:
        if 0 <= self.settings.retries <= batch.attempts:
            return list(batch.records)
        self.pending.appendleft(_Batch(batch.records, batch.attempts + 1))
        return []


class Stream:
    """A stream of several shards, over which items are spread by their partition; `aside` is where the put-aside records lie."""

    def __init__(self, settings: Settings, shards: int = 4) -> None:
        self.shards = [Shard(settings) for _ in range(shards)]
        self.aside: list[Record] = []

    def write(self, records: Iterable[Record]) -> None:
        """Add records, each to the shard of its item."""
        for record in records:
            key = str(record.event.get("dynamodb", {}).get("Keys", {}).get("pk", ""))
            self.shards[zlib.crc32(key.encode()) % len(self.shards)].write(record)

    def bring(self, function: Function, now: Callable[[], datetime]) -> Iterator[Shard]:
        """Call the function for one shard after another until nothing is left; yields each shard before its turn."""
        while busy := [shard for shard in self.shards if shard.pending or shard.waiting]:
            for shard in busy:
                yield shard
                self.aside += shard.step(function, now()) or []


def _lowest(batch: Sequence[Mapping[str, Any]], answer: Mapping[str, Any] | None) -> int | None:
    """Return the index of the first record that the answer says failed; 0 where it names one that is not in the batch."""
    names = [record["dynamodb"]["SequenceNumber"] if "dynamodb" in record else None for record in batch]
    failures = [each.get("itemIdentifier") for each in (answer or {}).get("batchItemFailures") or ()]
    if not failures:
        return None
    return min(names.index(each) for each in failures) if all(each and each in names for each in failures) else 0
