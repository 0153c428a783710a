"""Learns from the mail service which addresses its mails do not reach, and keeps back what would be sent there.

SES tells of a mail through EventBridge: what happened, which mail it was, and with which tags we sent it. News comes twice, late
and in any order, so that nothing counts but the moments in it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Annotated, Any, Literal, Self

from pydantic import AliasGenerator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from chalicelib.domain.undeliverable import TO_STAFF, UNDELIVERABLE, Undeliverable, WhyUndeliverable
from chalicelib.logs import report
from chalicelib.message import MailRefused, Post
from chalicelib.ports import Sessions

Tag = Annotated[tuple[str, ...], Field(min_length=1, max_length=1)]
_log = logging.getLogger("vuelta.mail")


class _News(BaseModel):
    model_config = ConfigDict(alias_generator=AliasGenerator(validation_alias=to_camel), extra="ignore")


class _Tags(BaseModel):
    shop: Tag
    message: Tag
    identity: Tag


class _Mail(_News):
    timestamp: AwareDatetime
    destination: Tag
    tags: _Tags


class _Bounce(_News):
    """Source: SES developer guide, "Contents of event data": `Permanent`, `Transient` or `Undetermined`."""

    bounce_type: str
    bounce_sub_type: str = ""
    timestamp: AwareDatetime


class _Complaint(_News):
    """Providers also tell of mails that were called `not-spam`."""

    complaint_feedback_type: str | None = None
    timestamp: AwareDatetime


class _Detail(_News):
    event_type: Literal["Bounce", "Complaint"]
    mail: _Mail
    bounce: _Bounce | None = None
    complaint: _Complaint | None = None

    @model_validator(mode="after")
    def _holds_what_it_says(self) -> Self:
        if self.told is None:
            raise PydanticCustomError("untold", "an event of this type has an object {name}", {"name": self.event_type.lower()})
        return self

    @property
    def told(self) -> _Bounce | _Complaint | None:
        return self.bounce if self.event_type == "Bounce" else self.complaint

    @property
    def kind(self) -> str:
        if isinstance(self.told, _Bounce):
            return "/".join(filter(None, (self.told.bounce_type, self.told.bounce_sub_type)))
        return (self.complaint and self.complaint.complaint_feedback_type) or "complaint"

    @property
    def why(self) -> WhyUndeliverable | None:
        """Why nothing is sent to the address from now on; None where it may well take the next mail."""
        if self.bounce and self.event_type == "Bounce":
            return "bounce" if self.bounce.bounce_type == "Permanent" else None
        return None if self.kind == "not-spam" else "complaint"


@dataclass(frozen=True)
class Bounces:
    """What becomes of news about mails that were sent."""

    sessions: Sessions

    def note(self, event: Mapping[str, Any]) -> None:
        """Keep that a customer's address takes no mails, if an event of SES says so; every event leaves one line in the log.

        An event that is none of ours, or malformed, changes nothing. Unavailable if the table does not answer.
        """
        try:
            detail = _Detail.model_validate(event.get("detail"))
        except (ValidationError, AttributeError) as error:
            report("mail_event_unreadable", of=_id(event), why=_fault(error))
            return
        tags, at = detail.mail.tags, detail.told.timestamp if detail.told else detail.mail.timestamp
        (shop,), (message,), (mail,), (address,) = tags.shop, tags.message, tags.identity, detail.mail.destination
        kept = "no"
        if detail.why and message not in TO_STAFF:
            news = Undeliverable(merchant=shop, why=detail.why, sent_at=detail.mail.timestamp, at=at)
            kept = "yes" if self.sessions.note_undeliverable(address, news) else "outdated"
        line = {"event": "mail_came_back", "shop": shop, "message": message, "mail": mail, "kind": detail.kind, "kept": kept}
        _log.warning(json.dumps(line))


@dataclass(frozen=True)
class CarefulPost:
    """Fulfils `message.Post` by another post, and keeps back what is addressed to where mails do not arrive."""

    post: Post
    sessions: Sessions
    clock: Callable[[], datetime]

    def send(self, message: EmailMessage, tags: Mapping[str, str]) -> None:
        """Hand a message over as the other post does; MailRefused, too, where its address is undeliverable."""
        (address,) = message["To"].addresses
        known = None if tags["message"] in TO_STAFF else self.sessions.undeliverable(tags["shop"], address.addr_spec)
        if known and known.keeps_back(tags["message"], self.clock()):
            raise MailRefused(UNDELIVERABLE)
        self.post.send(message, tags)


def _id(event: object) -> str | None:
    return str(event.get("id")) if isinstance(event, Mapping) else None


def _fault(error: Exception) -> str:
    """Say where an event is not as it should be, and how; never with what stands there."""
    if not isinstance(error, ValidationError):
        return "it is no event"
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    words = {"missing": "it is missing", "model_type": "it is no object"}.get(first["type"], first["msg"])
    return f"{'.'.join(('detail', *map(str, first['loc'])))}: {words}"
