"""What calls to DynamoDB cost: how many there are, and the units that AWS would bill, worked out from the items themselves.

An emulator makes up the units that it answers with, so that they are computed here by the rules of the developer guide ("Read
and write operations"): a consistent read costs a unit for each 4 KB, another one half of that, a write one for each 1 KB of the
larger of what was there and what is, and each index that the write touches costs by the same rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

READS = frozenset({"GetItem", "Query", "BatchGetItem"})
WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
Typed = Mapping[str, Any]
"""An item as DynamoDB's JSON."""


@dataclass(frozen=True)
class Call:
    """One call: its name, what it was about, and how many units it took."""

    name: str
    about: str
    units: float


@dataclass
class Meter:
    """Listens to a client. `aside` is another client on the same tables, whose own looks are not counted."""

    client: Any
    aside: Any
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._indexes: dict[str, list[Typed]] = {}
        self._asked: dict[str, Any] = {}
        self._before: Typed | None = None
        self.client.meta.events.register("provide-client-params.dynamodb", self._begin)
        self.client.meta.events.register("after-call.dynamodb", self._end)

    def take(self) -> list[Call]:
        """Return the calls since this was last asked."""
        taken, self.calls = self.calls, []
        return taken

    def _begin(self, params: dict[str, Any], model: Any, **_: object) -> None:
        self._asked = params
        self._before = self._there(params) if model.name in WRITES else None

    def _end(self, parsed: dict[str, Any], model: Any, **_: object) -> None:
        asked, answered = self._asked, parsed.get("Error") is None
        if model.name in WRITES:
            after = self._there(asked) if answered else self._before
            self.calls.append(Call(model.name, _about(after or self._before), self._written(asked["TableName"], after)))
        elif model.name in READS:
            self.calls.append(_read(model.name, asked, parsed))
        else:
            self.calls.append(Call(model.name, asked.get("TableName", ""), 0))

    def _there(self, asked: dict[str, Any]) -> Typed | None:
        key = asked.get("Key") or {name: asked["Item"][name] for name in ("pk", "sk")}
        found: Typed | None = self.aside.get_item(TableName=asked["TableName"], Key=key, ConsistentRead=True).get("Item")
        return found

    def _written(self, table: str, after: Typed | None) -> float:
        units = _write_units(max(size(self._before), size(after)))
        if table not in self._indexes:
            described = self.aside.describe_table(TableName=table)["Table"]
            self._indexes[table] = described.get("GlobalSecondaryIndexes", [])
        for index in self._indexes[table]:
            was, now = _projected(index, self._before), _projected(index, after)
            if was == now:
                continue
            moved = was is not None and now is not None and _key(index, was) != _key(index, now)
            units += _write_units(size(was)) + _write_units(size(now)) if moved else _write_units(max(size(was), size(now)))
        return units


def size(item: Typed | None) -> int:
    """Return how many bytes DynamoDB counts for an item ("Item sizes and formats"); none is none."""
    return sum(len(name.encode()) + _value(value) for name, value in (item or {}).items())


def _value(typed: Typed) -> int:
    ((kind, value),) = typed.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            digits = value.lstrip("-").replace(".", "").strip("0")
            return (len(digits) + 1) // 2 + 1 + value.startswith("-")
        case "M":
            return 3 + len(value) + size(value)
        case "L":
            return 3 + len(value) + sum(map(_value, value))
        case "SS":
            return sum(len(each.encode()) for each in value)
        case "BOOL" | "NULL":
            return 1
    raise TypeError(f"no item of ours holds {kind}")


def read_units(bytes_read: int, *, consistent: bool) -> float:
    """Return the units of one read of so many bytes."""
    return max(1, ceil(bytes_read / 4096)) * (1 if consistent else 0.5)


def _write_units(bytes_written: int) -> int:
    return max(1, ceil(bytes_written / 1024))


def _read(name: str, asked: dict[str, Any], parsed: dict[str, Any]) -> Call:
    if name == "BatchGetItem":
        raise AssertionError("no page of a customer's asks for several items at once: it would count as one")
    found = [parsed["Item"]] if "Item" in parsed else parsed.get("Items", [])
    units = read_units(sum(map(size, found)), consistent=bool(asked.get("ConsistentRead")))
    return Call(name, _about(found[0]) if found else "nothing", units)


def _about(item: Typed | None) -> str:
    return str(item["type"]["S"]) if item and "type" in item else ""


def _projected(index: Typed, item: Typed | None) -> Typed | None:
    keys = [key["AttributeName"] for key in index["KeySchema"]]
    if item is None or any(name not in item for name in keys):
        return None
    if index["Projection"]["ProjectionType"] == "ALL":
        return item
    return {name: item[name] for name in ("pk", "sk", *keys)}


def _key(index: Typed, projected: Typed) -> list[Any]:
    return [projected[key["AttributeName"]] for key in index["KeySchema"]]
