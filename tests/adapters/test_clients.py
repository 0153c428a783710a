"""The clients of DynamoDB and SES: how long they wait, and what is said of an environment that they cannot use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.session import get_session

from chalicelib.adapters.dynamodb import Table, dynamodb_client
from chalicelib.adapters.ses import ses_client
from chalicelib.domain.errors import Unavailable
from chalicelib.settings import InvalidSettings

ROOT = Path(__file__).resolve().parents[2]
LONGEST_PAUSE = 20
"""Seconds that botocore's standard mode waits at most before another attempt; the first pause is up to 1, then each doubles."""


def test_a_hung_table_is_given_up_long_before_lambda_and_the_gateway_give_up() -> None:
    config = dynamodb_client().meta.config
    attempts = config.retries["total_max_attempts"]
    pauses = sum(min(2**number, LONGEST_PAUSE) for number in range(attempts - 1))
    worst = attempts * (config.connect_timeout + config.read_timeout) + pauses
    timeout = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))["lambda_timeout"]
    assert worst <= 8
    # Room for a cold start, and for a page that reads well at first and meets two calls that hang.
    assert 2 * worst + 10 < timeout
    assert timeout <= 29, "API Gateway answers by itself after 29 seconds"


@pytest.mark.parametrize("client", [dynamodb_client, ses_client])
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AWS_DEFAULT_REGION", None),
        ("AWS_DEFAULT_REGION", "eu west"),
        ("AWS_DEFAULT_REGION", ""),
        ("AWS_ENDPOINT_URL", "localhost:8002"),
        ("AWS_ENDPOINT_URL", "nonsense"),
        ("AWS_SECRET_ACCESS_KEY", None),
    ],
)
def test_what_the_environment_lacks_or_misspells_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, client: object, variable: str, value: str | None
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "nowhere")
    monkeypatch.setattr("chalicelib.adapters.clients.session", get_session)
    if value is None:
        monkeypatch.delenv(variable)
    else:
        monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidSettings, match=variable) as refused:
        client()  # type: ignore[operator]
    assert "\n" not in str(refused.value)


def test_a_missing_account_is_told_in_one_line_at_the_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "nowhere")
    monkeypatch.setattr("chalicelib.adapters.clients.session", get_session)
    with pytest.raises(Unavailable, match=r"^table t is not available: get_item: no credentials: set AWS_PROFILE, or [\w ]+$"):
        Table(dynamodb_client(), "t").get("pk", "sk")
