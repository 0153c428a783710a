"""Talk to DynamoDB: values in and out of items, and what it answers when it cannot, as our own errors."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ValidationError

from chalicelib.adapters.attributes import packed, unpacked
from chalicelib.adapters.clients import client
from chalicelib.adapters.environment import why
from chalicelib.adapters.items import Item
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.shapes import NewerShape, check_shape, stamped

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Model = TypeVar("Model", bound=BaseModel)

# DynamoDB answers in milliseconds. A call that hangs twice is given up after 7 seconds at most (with the pause between), so that
# our page about it is answered long before API Gateway answers with its own, after 29.
_SOON = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
_log = logging.getLogger("vuelta.tables")


def dynamodb_client(patience: Config = _SOON) -> DynamoDBClient:
    """Return a client for the account and region (or emulator) that the environment names; InvalidSettings if it names none."""
    made: DynamoDBClient = client("dynamodb", patience)
    return made


class Table:
    """One table, in plain values: conditional writes answer False where the condition does not hold."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client = client
        self.name = name

    def get(self, pk: str, sk: str, *, consistent: bool = True) -> Item | None:
        """Return the item with this key, as it stands now; not `consistent`, for half the price, as it stood a moment ago."""
        answer = self._call("get_item", Key=packed({"pk": pk, "sk": sk}), ConsistentRead=consistent)
        return unpacked(answer["Item"]) if "Item" in answer else None

    def several(self, keys: Sequence[tuple[str, str]]) -> list[Item]:
        """Return those of a hundred items at most that are there, as they stood a moment ago; fewer where DynamoDB is busy."""
        if not keys:
            return []
        wanted = {self.name: {"Keys": [packed({"pk": pk, "sk": sk}) for pk, sk in keys]}}
        return [unpacked(item) for item in self._call("batch_get_item", wanted)["Responses"].get(self.name, ())]

    def partition(
        self, pk: str, *, first: str = "", last: str = "", consistent: bool = True, page: int | None = None
    ) -> Iterator[Item]:
        """Yield the items of a partition by sort key, from `first` on and, with `first`, to `last`.

        `consistent` as in `get`; `page` as in `index`.
        """
        condition = "pk = :pk" + (" AND sk BETWEEN :first AND :last" if last else " AND sk >= :first" if first else "")
        values = {":pk": pk} | ({":first": first} if first else {}) | ({":last": last} if last else {})
        limit = {"Limit": page} if page else {}
        yield from self._pages(
            "query",
            KeyConditionExpression=condition,
            ExpressionAttributeValues=packed(values),
            ConsistentRead=consistent,
            **limit,
        )

    def index(self, name: str, condition: str, values: Mapping[str, Any], page: int | None = None) -> Iterator[Item]:
        """Yield what an index holds under a key condition, in its order; `page` items are read at a time, as they are taken."""
        limit = {"Limit": page} if page else {}
        yield from self._pages(
            "query", IndexName=name, KeyConditionExpression=condition, ExpressionAttributeValues=packed(values), **limit
        )

    def scan(self, condition: str, values: Mapping[str, Any]) -> Iterator[Item]:
        """Yield every item of the table that fits a condition; the whole table is read for it."""
        yield from self._pages("scan", FilterExpression=condition, ExpressionAttributeValues=packed(values), ConsistentRead=True)

    def put(self, item: Item, condition: str | None = None, values: Mapping[str, Any] | None = None) -> bool:
        """Write an item whole, in the shape of this release, if the condition holds for what is there."""
        return self._conditional("put_item", condition, values, Item=packed(stamped(item)))

    def update(
        self, pk: str, sk: str, expression: str, condition: str, values: Mapping[str, Any], names: Mapping[str, str]
    ) -> bool:
        """Change an item's attributes, if the condition holds for what is there."""
        more: dict[str, Any] = {"ExpressionAttributeNames": dict(names)} if names else {}
        return self._conditional(
            "update_item", condition, values, Key=packed({"pk": pk, "sk": sk}), UpdateExpression=expression, **more
        )

    def updated(
        self, pk: str, sk: str, expression: str, condition: str, values: Mapping[str, Any], names: Mapping[str, str]
    ) -> Item | None:
        """Change an item as `update`, and return it as it then stands, without a read; None if the condition does not hold."""
        try:
            answer = self._call(
                "update_item",
                Key=packed({"pk": pk, "sk": sk}),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeValues=packed(values),
                ExpressionAttributeNames=dict(names),
                ReturnValues="ALL_NEW",
            )
        except _ConditionFailed:
            return None
        return unpacked(answer["Attributes"])

    def delete(self, pk: str, sk: str, condition: str | None = None, values: Mapping[str, Any] | None = None) -> bool:
        """Remove an item, if the condition holds for what is there."""
        return self._conditional("delete_item", condition, values, Key=packed({"pk": pk, "sk": sk}))

    def _pages(self, operation: Literal["query", "scan"], /, **query: Any) -> Iterator[Item]:
        while True:
            answer = self._call(operation, **query)
            yield from (unpacked(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _conditional(self, operation: str, condition: str | None, values: Mapping[str, Any] | None, **call: Any) -> bool:
        if condition:
            call["ConditionExpression"] = condition
        if values:
            call["ExpressionAttributeValues"] = packed(values)
        try:
            self._call(operation, **call)
        except _ConditionFailed:
            return False
        return True

    def _call(self, operation: str, several: Mapping[str, Any] | None = None, **call: Any) -> dict[str, Any]:
        named: Mapping[str, Any] = {"RequestItems": several} if several else {"TableName": self.name}
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**named, **call)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise _ConditionFailed from None
            raise Unavailable(f"table {self.name}", f"{operation}: {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise Unavailable(f"table {self.name}", f"{operation}: {why(error)}") from error
        return answer


class _ConditionFailed(Exception):
    """The condition of a write does not hold."""


def to_values(model: BaseModel) -> Item:
    """Return a model as plain values: amounts and times as strings; what is None at the top is left out."""
    values: Item = json.loads(model.model_dump_json())
    return {name: value for name, value in values.items() if value is not None}


def from_values(model: type[Model], item: Mapping[str, Any]) -> Model:
    """Read a model back from an item's values, ignoring the keys beside them; NewerShape where a later release wrote it."""
    check_shape(item)
    return model.model_validate_json(json.dumps(dict(item), default=_whole), extra="ignore")


def readable(read: Callable[[Item], Model], item: Item) -> Model | None:
    """Read an item; None, and a line in the log, where it is none of that kind or of a newer shape: for lists that must go on."""
    try:
        return read(item)
    except (ValidationError, KeyError, TypeError, NewerShape) as error:
        name = f"{item.get('pk')}/{item.get('sk')}"
        why = {"why": error.why} if isinstance(error, NewerShape) else {}
        _log.error(json.dumps({"event": "item_unreadable", "item": name, "error": type(error).__name__} | why))
        return None


def _whole(value: Any) -> int:
    """Numbers come back as Decimals; we store whole ones only."""
    if isinstance(value, Decimal) and value == int(value):
        return int(value)
    raise TypeError(f"unexpected {type(value).__name__} in an item")
