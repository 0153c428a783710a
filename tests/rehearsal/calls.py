"""Reads from a request to AWS who asks, and which rights of IAM what is asked for takes."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.utils import parseaddr
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.rehearsal.rights import Right
from tests.rehearsal.runtime import ACCOUNT, REGION

_KEY = re.compile(r"Credential=([^/]+)/\d{8}/[^/]+/([^/]+)/aws4_request")
_FORM_FIELD = r'name="{}"\r\n\r\n([^\r]*)\r\n'
_TABLES = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/"
_SENDS = ("ses:SendEmail", "ses:SendRawEmail")


class Unknown(ValueError):
    """A call that nobody here knows the rights for: the message names it, so that it can be added."""


@dataclass(frozen=True)
class Request:
    """A request as it came over the wire; header names are lower case, `path` is not decoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Caller:
    """Who asks, by the id of a key and its session's token, and of which service."""

    key: str
    token: str
    service: str


def caller(request: Request) -> Caller | None:
    """Return who signed a request, its headers, its address or its form; None where nobody did."""
    if signed := _KEY.search(request.headers.get("authorization", "")):
        return Caller(signed[1], request.headers.get("x-amz-security-token", ""), signed[2])
    query = parse_qs(request.query)
    if credential := query.get("X-Amz-Credential"):
        return Caller(credential[0].split("/")[0], query.get("X-Amz-Security-Token", [""])[0], "s3")
    if credential := _form_field(request, "x-amz-credential"):
        return Caller(credential.split("/")[0], _form_field(request, "x-amz-security-token"), "s3")
    return None


def rights(request: Request, service: str) -> tuple[Right, ...]:
    """Return what a request takes, each as action and resource; the first names what it is. Unknown if that is not known here."""
    reads = {"dynamodb": _dynamodb, "s3": _s3, "ses": _ses, "logs": _logs}.get(service)
    if reads is None:
        raise Unknown(f"calls of {service} are not known here: {request.method} {request.path}")
    return reads(request)


def _form_field(request: Request, name: str) -> str:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return ""
    found = re.search(_FORM_FIELD.format(name).encode(), request.body[:20_000], re.IGNORECASE)
    return found[1].decode() if found else ""


def _dynamodb(request: Request) -> tuple[Right, ...]:
    target, _, operation = request.headers.get("x-amz-target", "").partition(".")
    asked: dict[str, Any] = json.loads(request.body or b"{}")
    action = f"dynamodb:{operation}"
    if target.startswith("DynamoDBStreams"):
        if operation == "ListStreams":
            return ((action, "*"),)
        # The emulator's iterators begin with the stream's ARN.
        return ((action, asked.get("StreamArn") or asked["ShardIterator"].split("|")[0]),)
    if operation in {"BatchGetItem", "BatchWriteItem"}:
        return tuple((action, _TABLES + name) for name in asked["RequestItems"])
    if operation.startswith("Transact"):
        raise Unknown(f"{operation} takes the rights of what is in it: say which")
    if "TableName" not in asked:
        return ((action, "*"),)
    table = asked["TableName"] if asked["TableName"].startswith("arn:") else _TABLES + asked["TableName"]
    return ((action, f"{table}/index/{asked['IndexName']}" if "IndexName" in asked else table),)


def _s3(request: Request) -> tuple[Right, ...]:
    bucket, _, key = unquote(request.path).lstrip("/").partition("/")
    whole, one = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/{key}"
    source = unquote(request.headers.get("x-amz-copy-source", "")).lstrip("/")
    match request.method, bool(key):
        case "GET", False:
            return (("s3:ListBucket", whole),)
        case "POST", False if "delete" in parse_qs(request.query, keep_blank_values=True):
            keys = re.findall(rb"<Key>([^<]+)</Key>", request.body)
            return tuple(("s3:DeleteObject", f"{whole}/{each.decode()}") for each in keys)
        case "POST", False:
            return (("s3:PutObject", f"{whole}/{_form_field(request, 'key')}"),)
        case "PUT", True if source:
            return (("s3:GetObject", f"arn:aws:s3:::{source}"), ("s3:PutObject", one))
        case "PUT", True:
            return (("s3:PutObject", one),)
        case (("GET" | "HEAD"), True):
            return (("s3:GetObject", one),)
        case "DELETE", True:
            return (("s3:DeleteObject", one),)
    raise Unknown(f"this call of S3 is not known here: {request.method} {request.path}?{request.query}")


def _ses(request: Request) -> tuple[Right, ...]:
    if (request.method, request.path) != ("POST", "/v2/email/outbound-emails"):
        raise Unknown(f"this call of SES is not known here: {request.method} {request.path}")
    asked = json.loads(request.body)
    sender = asked.get("FromEmailAddress", "")
    if raw := asked.get("Content", {}).get("Raw", {}).get("Data"):
        sender = sender or message_from_bytes(base64.b64decode(raw))["From"]
    domain = parseaddr(str(sender))[1].partition("@")[2]
    # The shops' senders are identities by their domain here. References differ in which of the two names a raw message takes.
    resources = [f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}"]
    if chosen := asked.get("ConfigurationSetName"):
        resources.append(f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{chosen}")
    return tuple((action, resource) for resource in resources for action in _SENDS)


def _logs(request: Request) -> tuple[Right, ...]:
    operation = request.headers.get("x-amz-target", "").partition(".")[2]
    asked = json.loads(request.body)
    stream = f"log-group:{asked['logGroupName']}:log-stream:{asked['logStreamName']}"
    return ((f"logs:{operation}", f"arn:aws:logs:{REGION}:{ACCOUNT}:{stream}"),)
