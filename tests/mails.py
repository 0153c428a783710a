"""How a mail program reads a mail: from its bytes to headers, text and elements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser

HEADERS = set("From To Reply-To Subject Date Message-ID Content-Language Auto-Submitted MIME-Version Content-Type".split())
"""What every mail has, and nothing else."""
EVIL = "\r\nBcc: eve@example.com\r\n\r\nnew body\u202e\x00\u2028"
_VOID = {"meta", "br"}


def read(message: EmailMessage) -> EmailMessage:
    """Return a message as it arrives."""
    arrived = message_from_bytes(message.as_bytes(), policy=SMTP)
    assert isinstance(arrived, EmailMessage)
    return arrived


def part(message: EmailMessage, kind: str) -> str:
    """Return the text or the html of a message."""
    found = message.get_body((kind,))
    assert found is not None
    content: str = found.get_content()
    return content


def visible(text: str) -> str:
    """Return text without the marks that only steer its direction."""
    return re.sub("[\u2066-\u2069]", "", text)


@dataclass
class Reading(HTMLParser):
    """An HTML mail as a program sees it: its elements with their attributes, and its text."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)
        if tag in {"p", "br", "li", "h2", "div"}:
            self.text += "\n"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "title" not in self.open:
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element with this name."""
        return [attributes for name, attributes in self.tags if name == tag]


def reading(message: EmailMessage) -> Reading:
    """Return the HTML of a message, read."""
    parser = Reading()
    parser.feed(part(message, "html"))
    assert parser.open == []
    return parser
