"""A REST API of API Gateway on this machine: routes, limits, throttling and its own pages as the template declares them."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.rehearsal.events import Arrived, Malformed, Reply, event, reply
from tests.rehearsal.fleet import Crowded, EventTooLarge, Fleet, TooManyRequests
from tests.rehearsal.refusals import Refusals
from tests.rehearsal.routes import Found, Routes
from tests.rehearsal.stack import Stack

LONGEST_BODY = 10 * 1024 * 1024
LONGEST_HEAD = 10_240
LONGEST_WAIT = 29.0
"""Bytes of a body, bytes of request line and headers together, seconds until a function must have answered: AWS's own quotas."""


@dataclass(frozen=True)
class Served:
    """What became of one request: by which resource ("" for none), with which status, in how many seconds, in a new instance?"""

    method: str
    resource: str
    status: int
    seconds: float
    function_seconds: float | None = None
    cold: bool = False


class TokenBucket:
    """Lets so many requests through a second, and so many in one burst; `now` is a moment in seconds."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = burst, time.monotonic()
        self._turn = threading.Lock()

    def take(self) -> bool:
        """Say whether one more may pass."""
        with self._turn:
            now = time.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
            self._at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


@dataclass
class Gateway:
    """The template's API before its functions' fleets, by logical ids. `served` grows with every request."""

    stack: Stack
    fleets: Mapping[str, Fleet]
    served: list[Served] = field(default_factory=list)

    def __post_init__(self) -> None:
        ((_, api),) = self.stack.resources("AWS::Serverless::Api")
        body = api["DefinitionBody"]
        self.stage = str(api["StageName"])
        self._routes = Routes(body["paths"])
        self._binary_types = body.get("x-amazon-apigateway-binary-media-types", [])
        self._refusals = Refusals(body.get("x-amazon-apigateway-gateway-responses", {}))
        everywhere = next((each for each in api.get("MethodSettings", ()) if each["ResourcePath"] == "/*"), {})
        # Without settings of its own a stage has the account's.
        rate, burst = everywhere.get("ThrottlingRateLimit", 10_000), everywhere.get("ThrottlingBurstLimit", 5_000)
        self._bucket = TokenBucket(float(rate), float(burst))
        self._functions = {each.name: each.id for each in self.stack.functions()}

    def answer(self, method: str, target: str, headers: list[tuple[str, str]], body: bytes | None, source: str) -> Reply:
        """Answer a request; a body of None is one that is too long to be read."""
        began = time.perf_counter()
        path, _, query = target.partition("?")
        arrived = Arrived(method, path, query, headers, body or b"", source, str(uuid.uuid4()))
        inside, resource, spent, cold = self._inside(arrived.path), "", None, False
        found = self._routes.find(inside) if inside is not None else None
        if found is None or not self._integration(found, method):
            answered = self._refused("MISSING_AUTHENTICATION_TOKEN", arrived)
        else:
            resource = found.resource
            if not self._bucket.take():
                answered = self._refused("THROTTLED", arrived)
            elif body is None or len(target) + sum(len(name) + len(value) + 4 for name, value in headers) > LONGEST_HEAD:
                answered = self._refused("REQUEST_TOO_LARGE", arrived)
            else:
                answered, spent, cold = self._asked(arrived, found)
        self.served.append(Served(method, resource, answered.status, time.perf_counter() - began, spent, cold))
        return Reply(answered.status, [*answered.headers, ("x-amzn-RequestId", arrived.id)], answered.body)

    def _inside(self, path: str) -> str | None:
        """Return a path without the stage, None where it is of another."""
        if path in {f"/{self.stage}", f"/{self.stage}/"}:
            return "/"
        return path.removeprefix(f"/{self.stage}") if path.startswith(f"/{self.stage}/") else None

    def _integration(self, found: Found, method: str) -> Mapping[str, Any] | None:
        declared = found.methods.get(method) or found.methods.get("X-AMAZON-APIGATEWAY-ANY-METHOD")
        return declared["x-amazon-apigateway-integration"] if declared else None

    def _fleet(self, found: Found, method: str) -> Fleet:
        address = str((self._integration(found, method) or {})["uri"])
        name = address.partition(":function:")[2].partition("/")[0]
        return self.fleets[self._functions[name]]

    def _asked(self, arrived: Arrived, found: Found) -> tuple[Reply, float | None, bool]:
        """Have the function answer. To the gateway a function that is throttled is a failure of the integration."""
        asked = json.dumps(event(arrived, found, self.stage, self._binary_types)).encode()
        began = time.perf_counter()
        try:
            answer = self._fleet(found, arrived.method).invoke(asked, LONGEST_WAIT)
        except EventTooLarge:
            return self._refused("REQUEST_TOO_LARGE", arrived), None, False
        except TooManyRequests:
            return self._refused("INTEGRATION_FAILURE", arrived), None, False
        except Crowded:
            return self._refused("INTEGRATION_TIMEOUT", arrived), None, False
        if answer.failed:
            late = time.perf_counter() - began >= LONGEST_WAIT
            kind = "INTEGRATION_TIMEOUT" if late else "DEFAULT_5XX"
            return self._refused(kind, arrived), answer.seconds, answer.cold
        try:
            return reply(answer.value), answer.seconds, answer.cold
        except (Malformed, ValueError):
            return self._refused("DEFAULT_5XX", arrived), answer.seconds, answer.cold

    def _refused(self, kind: str, arrived: Arrived) -> Reply:
        accept = next((value for name, value in arrived.headers if name.lower() == "accept"), "")
        return self._refusals.reply(kind, accept, arrived.id)
