"""What a function gets for a request, and a client for an answer, is what API Gateway documents."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.rehearsal.events import Arrived, Malformed, event, reply
from tests.rehearsal.patterns import fits
from tests.rehearsal.refusals import Refusals
from tests.rehearsal.routes import Routes

ROUTES = Routes(
    {path: {"get": {}} for path in ("/", "/{shop}", "/{shop}/items", "/{shop}/{a}", "/{shop}/link/{token}", "/files/{key+}")}
)


@pytest.mark.parametrize(
    ("path", "resource", "parameters"),
    [
        ("/", "/", {}),
        ("/azulu", "/{shop}", {"shop": "azulu"}),
        ("/azulu/items", "/{shop}/items", {"shop": "azulu"}),
        ("/azulu/other", "/{shop}/{a}", {"shop": "azulu", "a": "other"}),
        ("/azulu/link/a%2Fb", "/{shop}/link/{token}", {"shop": "azulu", "token": "a/b"}),
        ("/azulu/%69tems", "/{shop}/{a}", {"shop": "azulu", "a": "items"}),
        ("/files/a/b%20c", "/files/{key+}", {"key": "a/b c"}),
    ],
)
def test_a_name_goes_before_a_parameter(path: str, resource: str, parameters: dict[str, str]) -> None:
    found = ROUTES.find(path)
    assert found is not None
    assert (found.resource, found.parameters) == (resource, parameters)


@pytest.mark.parametrize("path", ["/azulu/", "//", "/azulu//items", "/azulu/a/b/c", "/azulu/link/a/"])
def test_what_is_no_resource_is_not_found(path: str) -> None:
    assert ROUTES.find(path) is None


def arrived(**given: Any) -> Arrived:
    """Return a request, by default for a shop's page."""
    usual: dict[str, Any] = {
        "method": "GET", "path": "/api/azul%C3%BA", "query": "", "headers": [("Host", "127.0.0.1:8440")], "body": b"",
        "source": "127.1.1.1", "id": "11111111-2222-3333-4444-555555555555",
    }  # fmt: skip
    return Arrived(**{**usual, **given})


def made(request: Arrived, binary_types: tuple[str, ...] = ("*/*",)) -> dict[str, Any]:
    """Return the event of a request to the stage `api`."""
    found = ROUTES.find(request.path.removeprefix("/api"))
    assert found
    return event(request, found, "api", binary_types)


def test_the_stage_stands_in_the_contexts_path_alone_and_paths_stay_encoded() -> None:
    event = made(arrived())
    assert (event["path"], event["resource"], event["pathParameters"]) == ("/azul%C3%BA", "/{shop}", {"shop": "azulú"})
    context = event["requestContext"]
    assert (context["path"], context["resourcePath"], context["stage"]) == ("/api/azul%C3%BA", "/{shop}", "api")
    assert (context["identity"]["sourceIp"], context["domainName"]) == ("127.1.1.1", "127.0.0.1")


def test_several_values_stand_in_lists_and_the_last_one_alone() -> None:
    event = made(arrived(query="a=1&b=%C3%BA+x&a=2&c", headers=[("Host", "x"), ("X-A", "1"), ("X-A", "2")]))
    assert event["queryStringParameters"] == {"a": "2", "b": "ú x", "c": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["ú x"], "c": [""]}
    assert (event["headers"]["X-A"], event["multiValueHeaders"]["X-A"]) == ("2", ["1", "2"])


def test_what_is_not_there_is_null() -> None:
    event = made(arrived(path="/api"))
    for name in ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body"):
        assert event[name] is None, name
    assert event["isBase64Encoded"] is False


def test_a_body_of_a_binary_type_comes_in_base_64() -> None:
    body = "número=1".encode()
    event = made(arrived(method="POST", body=body))
    assert (event["isBase64Encoded"], base64.b64decode(event["body"])) == (True, body)
    text = made(arrived(method="POST", body=body), binary_types=())
    assert (text["isBase64Encoded"], text["body"]) == (False, "número=1")


def test_an_answer_gets_every_header_and_its_bytes() -> None:
    got = reply(
        {
            "statusCode": 200, "headers": {"Content-Type": "image/png", "Set-Cookie": "lost=1", "Date": "x"},
            "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
            "body": base64.b64encode(b"\x89PNG").decode(), "isBase64Encoded": True,
        }
    )  # fmt: skip
    assert got.body == b"\x89PNG"
    assert [value for name, value in got.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert ("x-amzn-Remapped-Date", "x") in got.headers


@pytest.mark.parametrize(
    "answer", [None, "text", {}, {"statusCode": 200, "body": {}}, {"statusCode": 200, "headers": {"A": []}},
               {"statusCode": 200, "body": "?", "isBase64Encoded": True}],
)  # fmt: skip
def test_what_is_no_answer_is_refused(answer: Any) -> None:
    with pytest.raises(Malformed):
        reply(answer)


def test_the_gateways_own_answers_are_the_templates_by_what_the_client_accepts() -> None:
    page = {"text/html": "<p>$context.requestId", "application/json": "{}"}
    headers = {"gatewayresponse.header.Content-Type": "'text/html; charset=utf-8'"}
    refusals = Refusals(
        {"DEFAULT_4XX": {"responseTemplates": page, "responseParameters": headers}, "THROTTLED": {"statusCode": "429"}}
    )
    got = refusals.reply("REQUEST_TOO_LARGE", "text/html,*/*;q=0.8", "r1")
    assert (got.status, got.headers, got.body) == (413, [("Content-Type", "text/html; charset=utf-8")], b"<p>r1")
    assert refusals.reply("THROTTLED", "text/html", "r1").body == b'{"message":"Too Many Requests"}'
    assert refusals.reply("INTEGRATION_TIMEOUT", "", "r1").status == 504


@pytest.mark.parametrize(
    ("pattern", "fitting"),
    [
        ({"source": ["aws.s3"]}, True),
        ({"source": ["aws.ses"]}, False),
        ({"detail": {"key": [{"prefix": "incoming/"}, "x"]}}, True),
        ({"detail": {"key": [{"prefix": "photos/"}]}}, False),
        ({"detail": {"unsent": {"S": [{"exists": True}]}}}, False),
        ({"detail": {"unsent": {"S": [{"exists": False}]}}}, True),
        ({"detail": {"tags": ["b"]}}, True),
    ],
)
def test_an_event_fits_a_pattern(pattern: dict[str, Any], fitting: bool) -> None:
    assert fits({"source": "aws.s3", "detail": {"key": "incoming/1", "tags": ["a", "b"]}}, pattern) is fitting


def test_a_comparison_that_nobody_knows_fits_nothing_silently() -> None:
    with pytest.raises(TypeError, match="not known"):
        fits({"a": 1}, {"a": [{"numeric": [">", 0]}]})
