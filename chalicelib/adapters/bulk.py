"""Read and write many items of a table at once, trying again what DynamoDB leaves undone."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.attributes import packed, unpacked
from chalicelib.adapters.dynamodb import dynamodb_client
from chalicelib.adapters.environment import one_line
from chalicelib.adapters.items import Item
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.shapes import stamped

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Key = tuple[str, str]
"""`(pk, sk)`."""

# What one BatchGetItem and one BatchWriteItem may name (DynamoDB API reference).
MOST_READ, MOST_WRITTEN = 100, 25
# The client has tried again by itself before a call fails; then it is for us to wait longer.
_FIRST_PAUSE, _LONGEST_PAUSE, _ATTEMPTS = 0.05, 5.0, 12
_AT_ONCE = 8
# Nobody waits for a page here: a batch of megabytes may take its time on a thin line.
_PATIENT = Config(connect_timeout=10, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 4})
_THROTTLED = frozenset({"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"})


def open_bulk_table(name: str) -> BulkTable:
    """Return the table in the account and region that the environment names; InvalidSettings if it names none."""
    return BulkTable(dynamodb_client(_PATIENT), name)


class BulkTable:
    """A table under a large import. `pause` waits so many seconds; `spread` gives a random number from 0 to 1."""

    def __init__(
        self,
        client: DynamoDBClient,
        name: str,
        *,
        pause: Callable[[float], object] = time.sleep,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._name = name
        self._pause = pause
        self._spread = spread

    def held(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Return `version`, `updated_at` and `content` of those of the keys that the table holds, read consistently."""
        found: dict[Key, Item] = {}
        for part in _parts(list(keys), MOST_READ):
            wanted: dict[str, Any] = {
                "Keys": [packed({"pk": pk, "sk": sk}) for pk, sk in part],
                "ConsistentRead": True,
                "ProjectionExpression": "pk, sk, #version, updated_at, content",
                "ExpressionAttributeNames": {"#version": "version"},
            }
            for answer in self._until_done("batch_get_item", wanted, "UnprocessedKeys"):
                for item in map(unpacked, answer.get("Responses", {}).get(self._name, [])):
                    found[item["pk"], item["sk"]] = item
        return found

    def add(self, items: Sequence[Item]) -> None:
        """Write items whole, whatever is there; no two of them with one key."""
        for part in _parts(items, MOST_WRITTEN):
            requests = [{"PutRequest": {"Item": packed(stamped(item))}} for item in part]
            for _ in self._until_done("batch_write_item", requests, "UnprocessedItems"):
                pass

    def replace(self, items: Sequence[Item]) -> list[bool]:
        """Write each item whole unless the table holds a version as new or newer; say for each whether it was written."""
        if not items:
            return []
        # A condition takes a call for each item, and only calls side by side make up for that; clients are thread-safe.
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(self._replace, items))

    def bring_back(self, items: Sequence[Mapping[str, Any]], *, over: bool) -> list[bool]:
        """Write typed items where none is, or `over` what is there; say for each whether it was written."""
        condition = {} if over else {"ConditionExpression": "attribute_not_exists(pk)"}
        calls = [{"TableName": self._name, "Item": item, **condition} for item in items]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return [answer is not None for answer in pool.map(lambda call: self._patiently("put_item", call), calls)]

    def _replace(self, item: Item) -> bool:
        call = {
            "TableName": self._name,
            "Item": packed(stamped(item)),
            "ConditionExpression": "attribute_not_exists(pk) OR #version < :new",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": packed({":new": item["version"]}),
        }
        return self._patiently("put_item", call) is not None

    def _until_done(self, operation: str, wanted: Any, left: str) -> Iterator[dict[str, Any]]:
        """Yield the answers until nothing is left; waits while DynamoDB leaves some, starting over whenever it took any."""
        attempt = 0
        while wanted:
            answer = self._patiently(operation, {"RequestItems": {self._name: wanted}})
            if answer is None:
                raise Unavailable(f"table {self._name}", f"{operation}: a condition failed where none was set")
            yield answer
            rest = answer.get(left, {}).get(self._name)
            attempt = attempt + 1 if rest and _count(rest) == _count(wanted) else 0
            wanted = rest
            if wanted:
                self._wait(operation, attempt)

    def _patiently(self, operation: str, call: dict[str, Any]) -> dict[str, Any] | None:
        """Return the answer of a call, waiting while it is throttled; None if its condition does not hold."""
        attempt = 0
        while True:
            try:
                answer: dict[str, Any] = getattr(self._client, operation)(**call)
            except ClientError as error:
                code, words = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
                if code == "ConditionalCheckFailedException":
                    return None
                if code not in _THROTTLED:
                    raise Unavailable(f"table {self._name}", one_line(f"{operation}: {code}: {words}")) from error
            except BotoCoreError as error:
                raise Unavailable(f"table {self._name}", one_line(f"{operation}: {error}")) from error
            else:
                return answer
            attempt += 1
            self._wait(operation, attempt)

    def _wait(self, operation: str, attempt: int) -> None:
        """Wait longer each time, and by chance not as long as others who were throttled with us ("full jitter")."""
        if attempt >= _ATTEMPTS:
            raise Unavailable(f"table {self._name}", f"{operation}: still throttled after {_ATTEMPTS} attempts")
        self._pause(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt) * self._spread())


def _parts(whole: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (whole[start : start + size] for start in range(0, len(whole), size))


def _count(wanted: Any) -> int:
    return len(wanted["Keys"]) if isinstance(wanted, dict) else len(wanted)
