"""A DynamoDB client whose reads lag behind its writes wherever they may: those that are not consistent show what was before."""

from __future__ import annotations

from typing import Any

_WRITES = {"put_item": "PutItem", "update_item": "UpdateItem", "delete_item": "DeleteItem"}


class LaggingClient:
    """Passes calls on to a real client; an item that was written shows in reads that are not consistent only from `settle` on."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._was: dict[tuple[str, str, str], dict[str, Any] | None] = {}
        self.stale = 0
        """How many answers showed what was before."""

    def settle(self) -> None:
        """Let every write so far be seen by everybody."""
        self._was.clear()

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)
        return self._written(real) if name in _WRITES else real

    def _written(self, real: Any) -> Any:
        def write(**asked: Any) -> Any:
            key = asked.get("Key") or {name: asked["Item"][name] for name in ("pk", "sk")}
            there = self._client.get_item(TableName=asked["TableName"], Key=key, ConsistentRead=True).get("Item")
            answer = real(**asked)
            self._was.setdefault((asked["TableName"], key["pk"]["S"], key["sk"]["S"]), there)
            return answer

        return write

    def get_item(self, **asked: Any) -> Any:
        """Answer as DynamoDB, or with the item as it was."""
        answer = self._client.get_item(**asked)
        name = asked["TableName"], asked["Key"]["pk"]["S"], asked["Key"]["sk"]["S"]
        if asked.get("ConsistentRead") or name not in self._was:
            return answer
        self.stale += 1
        was = self._was[name]
        return {name: value for name, value in answer.items() if name != "Item"} | ({"Item": was} if was else {})

    def query(self, **asked: Any) -> Any:
        """Answer as DynamoDB, or with the partition's items as they were."""
        answer = self._client.query(**asked)
        if asked.get("ConsistentRead") or "IndexName" in asked:
            return answer
        items = []
        for item in answer["Items"]:
            name = asked["TableName"], item["pk"]["S"], item["sk"]["S"]
            self.stale += name in self._was
            was = self._was.get(name, item)
            items += [was] if was else []
        return answer | {"Items": items}
