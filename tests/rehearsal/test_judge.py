"""A call is judged by what it takes and what its role was granted, whoever signed it and however."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from chalicelib.local.tables import RESOURCES, load_template
from tests.rehearsal.calls import Request, Unknown, caller, rights
from tests.rehearsal.cloud import parameters
from tests.rehearsal.guard import Guard
from tests.rehearsal.reasons import reason, stale
from tests.rehearsal.rights import Grant, Judge, grants
from tests.rehearsal.stack import Stack, Unresolved

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/t"
SIGNED = "AWS4-HMAC-SHA256 Credential={}/20260310/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"


def asked(
    service: str, method: str = "POST", path: str = "/", query: str = "", body: Any = b"", key: str = "K", **headers: str
) -> Request:
    """Return a signed request to a service."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"authorization": SIGNED.format(key, service), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Request(method, path, query, sent, content)


def dynamodb(operation: str, **body: Any) -> Request:
    """Return a call of DynamoDB."""
    return asked("dynamodb", body=body, x_amz_target=f"DynamoDB_20120810.{operation}")


@pytest.mark.parametrize(
    ("request_", "service", "expected"),
    [
        (dynamodb("GetItem", TableName="t"), "dynamodb", [("dynamodb:GetItem", TABLE)]),
        (dynamodb("Query", TableName="t", IndexName="I"), "dynamodb", [("dynamodb:Query", f"{TABLE}/index/I")]),
        (dynamodb("BatchGetItem", RequestItems={"t": {}}), "dynamodb", [("dynamodb:BatchGetItem", TABLE)]),
        (asked("s3", "GET", "/b", "list-type=2"), "s3", [("s3:ListBucket", "arn:aws:s3:::b")]),
        (asked("s3", "GET", "/b/a%20b"), "s3", [("s3:GetObject", "arn:aws:s3:::b/a b")]),
        (
            asked("s3", "PUT", "/b/to", x_amz_copy_source="b/from"), "s3",
            [("s3:GetObject", "arn:aws:s3:::b/from"), ("s3:PutObject", "arn:aws:s3:::b/to")],
        ),
        (
            asked("s3", "POST", "/b", "delete", b"<Key>x</Key><Key>y</Key>"), "s3",
            [("s3:DeleteObject", "arn:aws:s3:::b/x"), ("s3:DeleteObject", "arn:aws:s3:::b/y")],
        ),
    ],
)  # fmt: skip
def test_a_call_takes_the_rights_that_iam_names(request_: Request, service: str, expected: list[tuple[str, str]]) -> None:
    assert list(rights(request_, service)) == expected


def test_a_mail_takes_the_right_to_its_sender_and_to_its_configuration() -> None:
    raw = base64.b64encode(b"From: Azulu <devoluciones@azulu.example>\r\n\r\nHola").decode()
    body = {"Content": {"Raw": {"Data": raw}}, "ConfigurationSetName": "set"}
    taken = rights(asked("ses", path="/v2/email/outbound-emails", body=body), "ses")
    assert {resource.rpartition(":")[2] for _, resource in taken} == {"identity/azulu.example", "configuration-set/set"}


def test_a_form_is_judged_by_who_signed_it() -> None:
    fields = {"key": "incoming/photos/1", "x-amz-credential": "K/20260310/us-east-1/s3/aws4_request", "x-amz-security-token": "T"}
    body = "".join(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    posted = Request("POST", "/b", "", {"content-type": "multipart/form-data; boundary=x"}, body.encode())
    who = caller(posted)
    assert who is not None
    assert (who.key, who.token, who.service) == ("K", "T", "s3")
    assert rights(posted, "s3") == (("s3:PutObject", "arn:aws:s3:::b/incoming/photos/1"),)


@pytest.mark.parametrize("request_", [dynamodb("TransactWriteItems"), asked("sqs"), asked("ses", "GET", "/v2/email/account")])
def test_a_call_that_nobody_knows_the_rights_for_is_told(request_: Request) -> None:
    who = caller(request_)
    assert who is not None
    with pytest.raises(Unknown):
        rights(request_, who.service)


def judge() -> Judge:
    """Return a judge with two roles, of which one is denied something."""
    return Judge(
        [
            Grant("A", "Read", "dynamodb:GetItem", TABLE),
            Grant("A", "Files", "s3:PutObject", "arn:aws:s3:::b/photos/*"),
            Grant("A", "Files", "s3:PutObject", "arn:aws:s3:::b/photos/secret/*", allows=False),
            Grant("A", "Names", "s3:ListBucket", "arn:aws:s3:::b/*"),
        ]
    )


def test_only_what_was_granted_is_allowed_and_a_denial_wins() -> None:
    judged = judge()
    assert judged.allow("A", [("dynamodb:GetItem", TABLE)]) is None
    assert judged.allow("A", [("s3:PutObject", "arn:aws:s3:::b/photos/1/2")]) is None
    for right in [
        ("dynamodb:GetItem", f"{TABLE}2"), ("dynamodb:GetItem", f"{TABLE}/index/I"), ("dynamodb:PutItem", TABLE),
        ("s3:PutObject", "arn:aws:s3:::b/photos/secret/1"), ("s3:PutObject", "arn:aws:s3:::b/labels/1"),
    ]:  # fmt: skip
        assert judged.allow("A", [right]) == right
    assert judged.allow("B", [("dynamodb:GetItem", TABLE)])
    assert len(judged.refused) == 6


def test_what_was_never_needed_is_told_but_not_what_no_such_resource_knows() -> None:
    judged = judge()
    judged.allow("A", [("dynamodb:GetItem", TABLE)])
    assert [grant.resource for grant in judged.unused()] == ["arn:aws:s3:::b/photos/*"]


def test_a_policy_with_what_is_not_understood_is_refused() -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyDocument": {"Statement": [statement]}}]}}
    with pytest.raises(ValueError, match="Condition"):
        grants(Stack({"Resources": {"R": role}}, {}))


def through(guard: Guard, request: Request) -> tuple[str, bytes]:
    """Send a request through the guard; return status and body."""
    from io import BytesIO  # noqa: PLC0415

    said: list[str] = []
    environ: dict[str, Any] = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    environ |= {"REQUEST_METHOD": request.method, "PATH_INFO": request.path, "QUERY_STRING": request.query}
    environ |= {"CONTENT_LENGTH": str(len(request.body)), "wsgi.input": BytesIO(request.body)}
    body = b"".join(guard(environ, lambda status, *_: said.append(status)))
    return said[0], body


def guarded(answers: str = "200 OK") -> Guard:
    """Return a guard before something that answers everything."""

    def inner(_environ: Any, start: Any) -> list[bytes]:
        start(answers, [])
        return [b"inner"]

    guard = Guard(inner, {"K": ["A", "T"], "O": [None, ""]})
    guard.judge = judge()
    return guard


@pytest.mark.parametrize(
    ("key", "token", "operation", "status"),
    [
        ("K", "T", "GetItem", "200"), ("K", "T", "PutItem", "400"), ("K", "other", "GetItem", "400"),
        ("X", "T", "GetItem", "400"), ("O", "", "Scan", "200"),
    ],
)  # fmt: skip
def test_a_key_opens_what_its_role_may_do(key: str, token: str, operation: str, status: str) -> None:
    request = asked(
        "dynamodb", body={"TableName": "t"}, key=key, x_amz_target=f"DynamoDB_20120810.{operation}", x_amz_security_token=token
    )
    assert through(guarded(), request)[0].startswith(status)


def test_of_a_file_that_is_not_there_only_those_learn_who_may_list() -> None:
    guard = guarded("404 Not Found")
    assert guard.judge
    guard.judge.granted.append(Grant("A", "Read", "s3:GetObject", "arn:aws:s3:::b/*"))
    request = asked("s3", "GET", "/b/x", x_amz_security_token="T")
    assert through(guard, request)[0].startswith("403")
    guard.judge.granted.append(Grant("A", "Names", "s3:ListBucket", "arn:aws:s3:::b"))
    assert through(guard, request)[0].startswith("404")


def test_the_template_is_resolved_whole_and_its_policies_are_understood() -> None:
    stack = Stack(load_template(RESOURCES), parameters("https://127.0.0.1:1/api"))
    found = grants(stack)
    assert {grant.role for grant in found} >= {"MailRole", "CleanRole", "DefaultRole"}
    # The ARNs of streams are known when the tables are made.
    known = ("arn:aws:", "*", "ReturnsTable.StreamArn", "SessionsTable.StreamArn")
    assert not [grant for grant in found if "${" in grant.resource or not grant.resource.startswith(known)]


def test_a_name_that_is_nowhere_is_told() -> None:
    with pytest.raises(Unresolved, match="Nowhere"):
        Stack({"Resources": {}}, {}).value({"Ref": "Nowhere"})


def test_a_reason_that_explains_nothing_is_told() -> None:
    unused = [["MailRole", "WriteFiles", "s3:PutObject", "arn:aws:s3:::rehearsal-filesbucket/labels/*"]]
    assert reason(*unused[0][:1], *unused[0][2:])
    assert reason("DefaultRole", "s3:PutObject", "arn:aws:s3:::rehearsal-filesbucket/labels/*") is None
    assert all("labels" not in key for key in stale(unused))
    assert stale([])
