"""Builds the event that a REST API gives a function for a request, and reads the function's answer, as AWS documents both.

Documented: names and shapes of all fields, base 64 for bodies of binary types, the last value in the single forms and every
value in the `multiValue…` ones, `path` without and `requestContext.path` with the stage.
Seen by others on AWS, and so here: both paths stay percent-encoded; a plus in a query is a blank; headers keep their case.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from tests.rehearsal.routes import Found
from tests.rehearsal.runtime import ACCOUNT

API_ID = "rehearsal1"
Headers = list[tuple[str, str]]
_KEPT_BACK = {"connection", "content-length", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade", "expect"}
_RENAMED = {"connection", "content-length", "date", "server", "www-authenticate"}
"""Headers of an answer that reach the client as `x-amzn-Remapped-…`."""


class Malformed(ValueError):
    """The function's answer is not what the gateway takes: it answers 502 in its place."""


@dataclass(frozen=True)
class Arrived:
    """A request as it reached the gateway; `path` holds the stage and is percent-encoded, `body` is bytes."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    source: str
    id: str


@dataclass(frozen=True)
class Reply:
    """What the client gets."""

    status: int
    headers: Headers
    body: bytes


def event(arrived: Arrived, found: Found, stage: str, binary_types: Sequence[str]) -> dict[str, Any]:
    """Return the event for a request to a resource of a stage."""
    headers = [(name, value) for name, value in arrived.headers if name.lower() not in _KEPT_BACK]
    host = next((value for name, value in headers if name.lower() == "host"), "")
    headers.append(("X-Amzn-Trace-Id", f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}"))
    headers += [("X-Forwarded-For", arrived.source), ("X-Forwarded-Port", "443"), ("X-Forwarded-Proto", "https")]
    query = parse_qsl(arrived.query, keep_blank_values=True)
    body = _body(arrived, binary_types)
    return {
        "resource": found.resource,
        "path": arrived.path.removeprefix(f"/{stage}") or "/",
        "httpMethod": arrived.method,
        "headers": dict(headers) or None,
        "multiValueHeaders": _every(headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _every(query),
        "pathParameters": dict(found.parameters) or None,
        "stageVariables": None,
        "requestContext": _context(arrived, found, stage, host),
        **body,
    }


def reply(answer: Any) -> Reply:
    """Return what the client gets for a function's answer. Malformed where it is none."""
    if not isinstance(answer, dict) or not isinstance(answer.get("statusCode"), int | str):
        raise Malformed("it has no status")
    headers: Headers = []
    many = answer.get("multiValueHeaders") or {}
    single = {name: value for name, value in (answer.get("headers") or {}).items() if name not in many}
    for name, value in single.items():
        headers.append((name, _text(value)))
    for name, values in many.items():
        headers += [(name, _text(value)) for value in values]
    body = answer.get("body", "")
    body = "" if body is None else body
    if not isinstance(body, str):
        raise Malformed("its body is no text")
    try:
        content = base64.b64decode(body, validate=True) if answer.get("isBase64Encoded") else body.encode()
    except binascii.Error:
        raise Malformed("its body is no base 64") from None
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return Reply(int(answer["statusCode"]), [_renamed(name, value) for name, value in headers], content)


def _renamed(name: str, value: str) -> tuple[str, str]:
    return (f"x-amzn-Remapped-{name}" if name.lower() in _RENAMED else name), value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return json.dumps(value)
    if not isinstance(value, str | int | float):
        raise Malformed("a header is neither text nor number")
    return str(value)


def _every(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]] | None:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found or None


def _body(arrived: Arrived, binary_types: Sequence[str]) -> dict[str, Any]:
    if not arrived.body:
        return {"body": None, "isBase64Encoded": False}
    kind = next((value for name, value in arrived.headers if name.lower() == "content-type"), "application/json")
    if "*/*" in binary_types or kind.partition(";")[0].strip() in binary_types:
        return {"body": base64.b64encode(arrived.body).decode(), "isBase64Encoded": True}
    return {"body": arrived.body.decode("utf-8", "replace"), "isBase64Encoded": False}


def _context(arrived: Arrived, found: Found, stage: str, host: str) -> Mapping[str, Any]:
    now = time.time()
    agent = next((value for name, value in arrived.headers if name.lower() == "user-agent"), None)
    cognito = (f"cognito{what}" for what in ("AuthenticationProvider", "AuthenticationType", "IdentityId", "IdentityPoolId"))
    others = ("accountId", "apiKey", "apiKeyId", "caller", "clientCert", "accessKey", "principalOrgId", "user", "userArn")
    return {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "deploymentId": "rehearsal",
        "domainName": host.partition(":")[0],
        "domainPrefix": host.partition(".")[0],
        "extendedRequestId": f"{arrived.id[:16]}=",
        "httpMethod": arrived.method,
        "identity": {**dict.fromkeys([*others, *cognito]), "sourceIp": arrived.source, "userAgent": agent},
        "path": arrived.path,
        "protocol": "HTTP/1.1",
        "requestId": arrived.id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": int(now * 1000),
        "resourceId": f"{abs(hash(found.resource)) % 10**6:06d}",
        "resourcePath": found.resource,
        "stage": stage,
    }
