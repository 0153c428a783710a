"""Stands before the emulator as IAM stands before AWS: who asks is told by the key, and what a role lacks is denied."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from tests.rehearsal.calls import Request, Unknown, caller, rights
from tests.rehearsal.rights import Judge, Right
from tests.rehearsal.runtime import ACCOUNT

MAILS = "/-/mails"
LEDGER, ACCIDENT = "/-/ledger", "/-/accident"
"""Where the guard tells what it saw, as JSON; where one posts which calls fail from now on: roles, starts of actions, texts."""
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Guard:
    """A WSGI application around the emulator's. `keys` are roles and session tokens by the ids of keys.

    Of a key without a role no policy is asked. Until there is a `judge`, only the key without a role may do anything.
    """

    def __init__(self, inner: Application, keys: Mapping[str, tuple[str | None, str] | list[Any]]) -> None:
        self.judge: Judge | None = None
        self.unknown: Counter[str] = Counter()
        self.accidents: list[tuple[str, str, bytes]] = []
        self._inner = inner
        self._keys = keys
        self._turn = threading.Lock()

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        """Answer a request: with the emulator's answer, or with AWS's refusal."""
        request = _request(environ)
        if request.path in {LEDGER, ACCIDENT}:
            return self._aside(request, start)
        environ["wsgi.input"] = BytesIO(request.body)
        environ["CONTENT_LENGTH"] = str(len(request.body))
        asking = caller(request)
        role, token = self._keys.get(asking.key, ("nobody", "")) if asking else ("nobody", "")
        if request.path == MAILS or (asking and role is None):
            return self._inner(environ, start)
        if asking is None or role is None or asking.token != token or self.judge is None:
            return _denied(start, asking.service if asking else "s3", "nobody known", ("any action", request.path))
        try:
            taken = rights(request, asking.service)
        except Unknown as error:
            with self._turn:
                self.unknown[f"{role}: {error}"] += 1
            return _answer(start, "400 Bad Request", str(error), "text/plain")
        if lacking := self.judge.allow(role, taken):
            return _denied(start, asking.service, role, lacking)
        if self.accidents and self._unlucky(request, role, taken[0][0]):
            return _answer(start, "500 Internal Server Error", "", "text/plain")
        return self._forward(environ, start, role, taken)

    def _aside(self, request: Request, start: StartResponse) -> Iterable[bytes]:
        if request.path == ACCIDENT:
            self.accidents = [(role, action, text.encode()) for role, action, text in json.loads(request.body)]
        return _answer(start, "200 OK", json.dumps(self.ledger()), "application/json")

    def ledger(self) -> dict[str, Any]:
        """Return what was done and refused by role, action, resource and how often, what was never used, what is not known."""
        judge = self.judge
        if judge is None:
            return {}
        with self._turn, judge.turn:
            return {
                "done": [[*what, times] for what, times in sorted(judge.done.items())],
                "refused": [[*what, times] for what, times in sorted(judge.refused.items())],
                "unused": [[grant.role, grant.statement, grant.action, grant.resource] for grant in judge.unused()],
                "unknown": dict(self.unknown),
            }

    def _unlucky(self, request: Request, role: str, action: str) -> bool:
        whole = b"".join((unquote_to_bytes(request.path), request.query.encode(), request.body))
        return any(role == who and action.startswith(what) and text in whole for who, what, text in self.accidents)

    def _forward(self, environ: Environ, start: StartResponse, role: str, taken: tuple[Right, ...]) -> Iterable[bytes]:
        """Let the emulator answer. Of what is not there S3 tells only those who may list; to others it denies it."""
        said: list[Any] = []

        def note(status: str, headers: Any, *more: Any) -> Any:
            said[:] = [status, headers]
            return lambda _: None

        body = b"".join(self._inner(environ, note))
        if taken[0][0].startswith("s3:") and str(said[0]).startswith("404") and self.judge:
            bucket = taken[0][1].partition("/")[0]
            if lacking := self.judge.allow(role, [("s3:ListBucket", bucket)]):
                return _denied(start, "s3", role, lacking)
        start(*said)
        return [body]


def _request(environ: Environ) -> Request:
    headers = {name[5:].replace("_", "-").lower(): str(value) for name, value in environ.items() if name.startswith("HTTP_")}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    path = environ.get("RAW_URI", environ["PATH_INFO"]).partition("?")[0]
    return Request(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), headers, body)


def _denied(start: StartResponse, service: str, role: str, lacking: Right) -> Iterable[bytes]:
    """Say no as the service says it."""
    user = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/rehearsal"
    message = f"User: {user} is not authorized to perform: {lacking[0]} on resource: {lacking[1]}"
    if service == "s3":
        text = f"<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>"
        return _answer(start, "403 Forbidden", text, "application/xml")
    if service == "dynamodb":
        said = {"__type": "com.amazon.coral.service#AccessDeniedException", "Message": message}
        return _answer(start, "400 Bad Request", json.dumps(said), "application/x-amz-json-1.0")
    return _answer(
        start,
        "403 Forbidden",
        json.dumps({"message": message}),
        "application/json",
        ("x-amzn-ErrorType", "AccessDeniedException"),
    )


def _answer(start: StartResponse, status: str, text: str, kind: str, *more: tuple[str, str]) -> Iterable[bytes]:
    body = text.encode()
    start(status, [("Content-Type", kind), ("Content-Length", str(len(body))), *more])
    return [body]
