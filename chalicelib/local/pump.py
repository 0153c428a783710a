"""Carries stream records to a function as Lambda's event source mapping does: filter, batches, retries, bisection, giving up.

Lambda is the model, so that what survives here survives there: after an error the batch is halved, after a partial answer it is
tried again from the lowest record that failed, and after the last attempt it is given up and reported.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

Record = Mapping[str, Any]
"""A stream record as Lambda shows it; its name is `record["dynamodb"]["SequenceNumber"]`."""
Function = Callable[[dict[str, Any]], Mapping[str, Any] | None]
"""What is called with `{"Records": […]}`; answers with `{"batchItemFailures": [{"itemIdentifier": …}]}` or nothing."""

BATCH = 10
RETRIES = 8


def waits_for_mail(record: Record) -> bool:
    """Say what the mapping's filter says: whether the item, as it is now, has something to send."""
    return "S" in record["dynamodb"].get("NewImage", {}).get("unsent", {})


def carry(
    records: Sequence[Record],
    function: Function,
    wait: Callable[[float], object] = time.sleep,
    *,
    chooses: Callable[[Record], bool] = waits_for_mail,
    size: int = BATCH,
    retries: int = RETRIES,
) -> list[Record]:
    """Bring the records that the filter `chooses` to the function in batches, in order, and return those that were given up.

    `wait` is called with seconds before each new attempt.
    """
    chosen = [record for record in records if chooses(record)]
    given_up: list[Record] = []
    for start in range(0, len(chosen), size):
        given_up += _carry_batch(chosen[start : start + size], function, wait, retries)
    return given_up


def read_stream(client: DynamoDBStreamsClient, arn: str) -> Iterator[list[Record]]:
    """Yield for ever what is new on a stream, from its beginning; an empty list where nothing is.

    The emulator's streams have one shard that never closes, which is all that is followed here.
    """
    (shard,) = client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    answer = client.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
    iterator = answer["ShardIterator"]
    while True:
        page = client.get_records(ShardIterator=iterator)
        iterator = page["NextShardIterator"]
        yield list(page["Records"])


def _carry_batch(batch: Sequence[Record], function: Function, wait: Callable[[float], object], retries: int) -> list[Record]:
    attempt = 0
    while batch:
        try:
            failed = _lowest_failure(batch, function({"Records": list(batch)}))
        except Exception:  # noqa: BLE001 - whatever a function raises, Lambda tries again
            if len(batch) > 1:
                half = len(batch) // 2
                halves = (batch[:half], batch[half:])
                return [record for each in halves for record in _carry_batch(each, function, wait, retries)]
            failed = 0
        if failed is None:
            return []
        batch, attempt = batch[failed:], attempt + 1
        if attempt > retries:
            return list(batch)
        wait(min(0.1 * 2**attempt, 10))
    return []


def _lowest_failure(batch: Sequence[Record], answer: Mapping[str, Any] | None) -> int | None:
    """Return the index of the first record that the answer says failed; 0 where it names one that was not in the batch."""
    names = [record["dynamodb"]["SequenceNumber"] for record in batch]
    failures = [failure.get("itemIdentifier") for failure in (answer or {}).get("batchItemFailures") or []]
    if not failures:
        return None
    return min(names.index(name) for name in failures) if set(failures) <= set(names) else 0
