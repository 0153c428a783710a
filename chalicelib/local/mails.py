"""The mails that the emulator was given to send, read as a mail program would."""

from __future__ import annotations

import email
import html
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default

from moto.backends import get_backend

from chalicelib.local.aws import ACCOUNT, REGION

_HREF = re.compile(r'href="(https?://[^"]+)"')
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Mail:
    """A mail: its parts as text, its headers in their order, the web addresses in it, each once."""

    id: str
    to: list[str]
    sender: str
    subject: str
    date: str
    headers: list[tuple[str, str]]
    text: str
    html: str
    links: list[str]

    def as_json(self) -> dict[str, object]:
        """Return the mail as `/messages.json` shows it."""
        shown = {name: getattr(self, name) for name in ("id", "to", "subject", "date", "headers", "text", "html", "links")}
        return {"from": self.sender, **shown}


def all_mails(start: int = 0) -> list[Mail]:
    """Return every mail that was sent, the newest last, or those behind the first `start` of them."""
    sent = get_backend("ses")[ACCOUNT][REGION].sent_messages[start:]
    return [_read(each.id, each.destinations, each.raw_data) for each in sent]


def _read(identity: str, destinations: list[str], raw: str) -> Mail:
    message = email.message_from_string(raw, policy=default)
    text, page = _part(message, "plain"), _part(message, "html")
    return Mail(
        id=identity,
        to=list(dict.fromkeys(destinations)),
        sender=str(message["from"] or ""),
        subject=str(message["subject"] or ""),
        date=str(message["date"] or ""),
        headers=[(name, str(value)) for name, value in message.items()],
        text=text,
        html=page,
        links=list(dict.fromkeys([html.unescape(link) for link in _HREF.findall(page)] + _ADDRESS.findall(text))),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
