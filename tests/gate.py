"""A gate that every call to AWS passes through: it counts them, and breaks one in any of the ways in which calls break."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Literal

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

Way = Literal["unreachable", "answer lost", "asked twice", "throttled", "refused", "killed before", "killed after"]
WAYS: tuple[Way, ...] = ("unreachable", "answer lost", "asked twice", "throttled", "refused", "killed before", "killed after")
"""How a call breaks: before it took effect, the SDK having given up; after, with the answer lost for good; after, with the SDK
asking once more by itself; throttled as long as anybody asks; not allowed; and with the program gone, before or after."""

# What each service says when it asks for patience.
_THROTTLED = {"s3": ("SlowDown", 503), "sesv2": ("TooManyRequestsException", 429)}
_TOO_FAST = ("ProvisionedThroughputExceededException", 400)

Trouble = Callable[[str, Way], Exception]


class Killed(BaseException):
    """The end of the program: nothing catches it."""


class Gate:
    """Counts the calls of everything that stands behind it, from the last `arm` on, and breaks one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.arm(0, "unreachable")

    def arm(self, at: int, way: Way) -> None:
        """Break the call of this number from now on, counted from 1; 0 breaks none."""
        self.calls: list[str] = []
        self._at, self._way = at, way
        self._throttled: str | None = None

    def on(self, client: Any) -> Any:
        """Return a stand-in for a client of boto3 whose calls pass through here."""
        service = client.meta.service_model.service_name
        return _Through(client, self, service, lambda name, way: _trouble(service, name, way))

    def on_other(self, target: Any, service: str, trouble: Trouble) -> Any:
        """Return a stand-in for anything else that is called; `trouble` is what its calls raise."""
        return _Through(target, self, service, trouble)

    def call(self, service: str, name: str, real: Callable[..., Any], trouble: Trouble, *given: Any, **named: Any) -> Any:
        """Make a call, or break it."""
        called = f"{service}.{name}"
        with self._lock:
            self.calls.append(called)
            ours = len(self.calls) == self._at
            if ours and self._way == "throttled":
                self._throttled = called
        if self._throttled == called:
            raise trouble(name, "throttled")
        if not ours:
            return real(*given, **named)
        if self._way == "killed before":
            raise Killed
        if self._way in ("unreachable", "refused"):
            raise trouble(name, self._way)
        answer = real(*given, **named)
        if self._way == "killed after":
            raise Killed
        if self._way == "asked twice":
            return real(*given, **named)
        assert answer is not None or service not in ("dynamodb", "s3")
        raise trouble(name, "answer lost")


class _Through:
    def __init__(self, target: Any, gate: Gate, service: str, trouble: Trouble) -> None:
        self._target, self._gate, self._service, self._trouble = target, gate, service, trouble

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._target, name)
        if name in ("get_paginator", "get_waiter"):
            raise AssertionError(f"{name} makes calls that nobody counts")
        # What a client of boto3 offers besides calls is done on this machine, such as signing an address.
        known = getattr(getattr(self._target, "meta", None), "method_to_api_mapping", None)
        if known is not None and name not in known:
            return real
        return lambda *given, **named: self._gate.call(self._service, name, real, self._trouble, *given, **named)


def _trouble(service: str, name: str, way: Way) -> Exception:
    if way == "throttled":
        code, status = _THROTTLED.get(service, _TOO_FAST)
        return _answered(name, code, status)
    if way == "refused":
        return _answered(name, "AccessDeniedException", 400)
    return ReadTimeoutError(endpoint_url=service) if way == "answer lost" else ConnectTimeoutError(endpoint_url=service)


def _answered(name: str, code: str, status: int) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}, name)  # type: ignore[typeddict-item]
