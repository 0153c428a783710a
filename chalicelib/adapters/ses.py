"""Hand mails to Amazon SES: raw messages, tagged, retried while it asks for patience, and its refusals as our own errors."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.clients import client
from chalicelib.adapters.environment import why
from chalicelib.domain.errors import Unavailable
from chalicelib.message import MailHeld, MailRefused

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client

_log = logging.getLogger("vuelta.mail")

ATTEMPTS = 4
LONGEST_WAIT = 2.0
"""Seconds; the wait before the second attempt is at most a quarter of it, and doubles."""

# SES says this of the message itself: the same message will be refused again. (It rejects what no identity stands for too:
# "MessageRejected" is an operator's matter.)
_REFUSAL = "BadRequestException"
# SES took nothing and asks for patience. (It names what it cannot do at the moment in more ways than its model lists.)
_PATIENCE = frozenset({"TooManyRequestsException", "LimitExceededException", "ThrottlingException", "Throttling"})
# We retry ourselves, and only what SES is known not to have taken: a second attempt after a timeout could be a second mail.
_CONFIG = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1})


def ses_client() -> SESV2Client:
    """Return a client for the account and region (or emulator) that the environment names; InvalidSettings if it names none."""
    made: SESV2Client = client("sesv2", _CONFIG)
    return made


class Mailer:
    """Fulfils `message.Post` with SES. `sleep` takes seconds, `chance` gives a number from 0 to 1."""

    def __init__(
        self,
        client: SESV2Client,
        configuration_set: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._fixed: dict[str, Any] = {"ConfigurationSetName": configuration_set} if configuration_set else {}
        self._sleep = sleep
        self._chance = chance

    def send(self, message: EmailMessage, tags: Mapping[str, str]) -> None:
        """Hand a message over; MailRefused if that can never work, Unavailable if it may work soon, MailHeld if not so soon."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._send(message, tags)
            except ClientError as error:
                code = error.response.get("Error", {}).get("Code", "unknown")
                if code not in _PATIENCE:
                    raise _trouble(error, code) from error
                if attempt == ATTEMPTS:
                    raise Unavailable("the mail service", code) from error
                # Full jitter: many that were turned away together come back apart.
                self._sleep(self._chance() * LONGEST_WAIT * 2.0 ** (attempt + 1 - ATTEMPTS))
            except BotoCoreError as error:
                raise Unavailable("the mail service", why(error)) from error
            else:
                return

    def _send(self, message: EmailMessage, tags: Mapping[str, str]) -> None:
        # SES puts an id of its own in place of ours, so that only a tag shows that two mails are the same.
        tags = {**tags, "identity": message["Message-ID"].strip("<>").partition("@")[0]}
        answer = self._client.send_email(
            Destination={"ToAddresses": [address.addr_spec for address in message["To"].addresses]},
            Content={"Raw": {"Data": message.as_bytes()}},
            EmailTags=[{"Name": name, "Value": value} for name, value in tags.items()],
            **self._fixed,
        )
        # Of a link nothing else tells that it was sent; by its own id SES finds a mail, and by ours a bounce is matched to it.
        known = {"mail": tags["identity"], "ses": answer.get("MessageId")}
        _log.info(json.dumps({"event": "mail_taken", "shop": tags.get("shop"), "message": tags.get("message")} | known))


def _trouble(error: ClientError, code: str) -> MailRefused | Unavailable | MailHeld:
    """Return what an answer of SES means that asks for no patience."""
    if code == _REFUSAL:
        return MailRefused(code)
    broken = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500) >= 500
    return Unavailable("the mail service", code) if broken else MailHeld(code)
