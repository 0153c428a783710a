"""What the SES adapter sends, and what it makes of SES's answers: on moto, and on a stubbed client where moto never says no."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import ANY, Stubber
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib.adapters.ses import ATTEMPTS, LONGEST_WAIT, Mailer, ses_client
from chalicelib.domain.errors import Unavailable
from chalicelib.message import MailHeld, MailRefused

REGION = "us-east-1"
IDENTITY = {"Name": "identity", "Value": "0123456789abcdef"}
TAGS = {"shop": "azulu", "message": "approved"}


def letter() -> EmailMessage:
    """A message as `message.build` makes them, in what matters here."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = "Azulu <devoluciones@azulu.example>"
    message["To"] = "ana@example.com"
    message["Subject"] = "Azulu: su devolución está aprobada"
    message["Message-ID"] = "<0123456789abcdef@azulu.example>"
    message["Date"] = datetime(2026, 3, 10, 15, tzinfo=UTC)
    message.set_content("Aprobada")
    message.add_alternative("<p>Aprobada</p>", subtype="html")
    return message


class Stub:
    """A client that answers as told, and the waits that the adapter asked for."""

    def __init__(self) -> None:
        self.client = boto3.client("sesv2", region_name=REGION)
        self.stubber = Stubber(self.client)
        self.waits: list[float] = []
        self.mailer = Mailer(self.client, None, self.waits.append, lambda: 1.0)

    def fails(self, code: str, status: int = 400, times: int = 1) -> None:
        for _ in range(times):
            self.stubber.add_client_error("send_email", code, http_status_code=status)

    def accepts(self) -> None:
        self.stubber.add_response("send_email", {"MessageId": "1"})


@pytest.fixture
def stub(aws: None) -> Iterator[Stub]:
    stub = Stub()
    with stub.stubber:
        yield stub
    stub.stubber.assert_no_pending_responses()


def test_a_mail_arrives_whole_with_both_parts_and_its_headers(aws: None) -> None:
    client = boto3.client("sesv2", region_name=REGION)
    client.create_email_identity(EmailIdentity="azulu.example")
    Mailer(client).send(letter(), TAGS)
    [raw] = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    arrived = message_from_bytes(raw.raw_data.encode(), policy=policy.default)
    assert set(raw.destinations) == {"ana@example.com"}
    assert arrived["Subject"] == "Azulu: su devolución está aprobada"
    assert [part.get_content_type() for part in arrived.iter_parts()] == ["text/plain", "text/html"]


def test_the_request_names_recipient_configuration_set_and_tags(stub: Stub) -> None:
    expected = {
        "Destination": {"ToAddresses": ["ana@example.com"]},
        "Content": {"Raw": {"Data": ANY}},
        "ConfigurationSetName": "vuelta",
        "EmailTags": [{"Name": "shop", "Value": "azulu"}, {"Name": "message", "Value": "approved"}, IDENTITY],
    }
    stub.stubber.add_response("send_email", {"MessageId": "1"}, expected)
    Mailer(stub.client, "vuelta").send(letter(), TAGS)


def test_a_mail_that_was_taken_is_told_with_both_ids_and_nobodys_address(stub: Stub, caplog: pytest.LogCaptureFixture) -> None:
    stub.stubber.add_response("send_email", {"MessageId": "0102-ses"})
    with caplog.at_level(logging.INFO, "vuelta.mail"):
        stub.mailer.send(letter(), TAGS)
    (line,) = caplog.messages
    ours = IDENTITY["Value"]
    assert json.loads(line) == {"event": "mail_taken", "shop": "azulu", "message": "approved", "mail": ours, "ses": "0102-ses"}


@pytest.mark.parametrize("code", ["TooManyRequestsException", "LimitExceededException", "ThrottlingException"])
def test_a_throttled_mail_is_tried_again_after_a_wait(stub: Stub, code: str) -> None:
    stub.fails(code, 429)
    stub.accepts()
    stub.mailer.send(letter(), TAGS)
    assert len(stub.waits) == 1


def test_waits_double_and_stay_short_and_then_the_mail_is_left_for_later(stub: Stub) -> None:
    stub.fails("TooManyRequestsException", 429, times=ATTEMPTS)
    with pytest.raises(Unavailable):
        stub.mailer.send(letter(), TAGS)
    assert stub.waits == [LONGEST_WAIT / 4, LONGEST_WAIT / 2, LONGEST_WAIT]


def test_a_malformed_mail_is_refused_for_good(stub: Stub) -> None:
    stub.fails("BadRequestException")
    with pytest.raises(MailRefused) as refused:
        stub.mailer.send(letter(), TAGS)
    assert refused.value.why == "BadRequestException"
    assert stub.waits == []


@pytest.mark.parametrize(
    "code",
    [
        "MessageRejected", "MailFromDomainNotVerifiedException", "SendingPausedException", "AccountSuspendedException",
        "NotFoundException", "AccessDeniedException",
    ],
)  # fmt: skip
def test_what_an_operator_can_mend_is_held_and_not_tried_again_at_once(stub: Stub, code: str) -> None:
    stub.fails(code)
    with pytest.raises(MailHeld) as held:
        stub.mailer.send(letter(), TAGS)
    assert held.value.why == code
    assert stub.waits == []


@pytest.mark.parametrize("code", ["InternalFailure", "ServiceUnavailable"])
def test_what_time_can_mend_is_left_for_later(stub: Stub, code: str) -> None:
    stub.fails(code, 500)
    with pytest.raises(Unavailable):
        stub.mailer.send(letter(), TAGS)


def test_after_a_timeout_nothing_is_sent_at_once_since_it_could_be_a_second_mail(aws: None) -> None:
    calls = []

    def timed_out(**request: object) -> None:
        calls.append(request)
        raise ReadTimeoutError(endpoint_url="ses")

    client = ses_client()
    client.meta.events.register("before-send.sesv2.SendEmail", timed_out)
    with pytest.raises(Unavailable):
        Mailer(client).send(letter(), TAGS)
    assert len(calls) == 1
