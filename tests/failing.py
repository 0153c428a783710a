"""A DynamoDB client that breaks once, at a chosen call: before it took effect, or after, with the answer lost."""

from __future__ import annotations

from typing import Any, Literal

from botocore.exceptions import ClientError, ReadTimeoutError

When = Literal["throttled", "refused", "timed out before", "timed out after"]
WAYS: tuple[When, ...] = ("throttled", "refused", "timed out before", "timed out after")
CALLS = {"get_item", "query", "scan", "put_item", "update_item", "delete_item", "list_objects_v2", "delete_objects"}


class FailingClient:
    """Passes calls on to a real client, except for the one that it is told to break."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.arm(0, "throttled")

    def arm(self, fails_at: int, way: When) -> None:
        """Break the `fails_at`-th call from now on, counted from 1; 0 breaks none."""
        self._fails_at = fails_at
        self._way = way
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)
        return self._counted(name, real) if name in CALLS else real

    def _counted(self, name: str, real: Any) -> Any:
        def call(**arguments: Any) -> Any:
            self.calls += 1
            if self.calls != self._fails_at:
                return real(**arguments)
            if self._way == "throttled":
                raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException", "Message": ""}}, name)
            if self._way == "refused":
                raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, name)
            if self._way == "timed out after":
                real(**arguments)
            raise ReadTimeoutError(endpoint_url="dynamodb")

        return call
