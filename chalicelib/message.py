"""How a mail is built and handed over: headers that no value can bend, a text and an HTML part, and the post's answers."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Protocol

from chalicelib.domain.errors import VueltaError
from chalicelib.domain.identifiers import ascii_domain
from chalicelib.domain.merchant import Merchant

HEADER_LENGTH = 200
LINE_LENGTH = 78

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_DOMAIN = re.compile(r"(?=.{4,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_JOINERS = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")
_ISOLATES = frozenset("\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}")


class _SevenBits(EmailPolicy):
    """Writes what is outside ASCII so that no server on the way has a reason to rewrite it.

    The library's own folding loses blanks between encoded words, breaks names in quotes that are longer than a line, and leaves
    the first line of a long subject empty; the older one, used here, keeps blanks inside of the words, names whole, and begins
    at once.
    """

    def fold(self, name: str, value: str) -> str:
        """Return a header as its lines."""
        fits = value.isascii() and len(f"{name}: {value}") <= LINE_LENGTH
        named = isinstance(value, AddressHeader) and all(one.display_name for one in value.addresses)
        if fits or (value.isascii() and not named and name != "Subject"):
            folded: str = super().fold(name, value)
            return folded
        if isinstance(value, AddressHeader):
            written = ", ".join(f"{self._encoded(name, one.display_name)} <{one.addr_spec}>" for one in value.addresses)
        else:
            written = self._encoded(name, value, "us-ascii" if value.isascii() else "utf-8")
        return f"{name}: {written}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as its bytes."""
        return self.fold(name, value).encode("ascii")

    def _encoded(self, name: str, text: str, charset: str = "utf-8") -> str:
        return Header(text, charset, header_name=name).encode(linesep=self.linesep)


_POLICY = _SevenBits(linesep="\r\n", cte_type="7bit")


class MailRefused(VueltaError):
    """A mail can never be sent as it is; `why` is a word for the log, without anything of the mail in it."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the mail is refused: {why}")
        self.why = why


class MailHeld(VueltaError):
    """A mail can be sent only once an operator has mended something; `why` is a word for the log, as in `MailRefused`."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the mail is held: {why}")
        self.why = why


class Post(Protocol):
    """What takes mails away."""

    def send(self, message: EmailMessage, tags: Mapping[str, str]) -> None:
        """Hand a message over; MailRefused if that can never work, Unavailable if it may work soon, MailHeld if not so soon."""


@dataclass(frozen=True)
class Envelope:
    """Who writes to whom, when, in which language; `identity` is the same for the same mail, however often it is sent."""

    merchant: Merchant
    to: str
    language: str
    identity: str
    at: datetime

    @property
    def digest(self) -> str:
        """The identity as 32 hexadecimal digits, which give nothing of it away."""
        return hashlib.sha256(self.identity.encode()).hexdigest()[:32]


def build(envelope: Envelope, subject: str, text: str, html: str) -> EmailMessage:
    """Return the message, ready to be sent; MailRefused if an address is none that mail can reach."""
    merchant = envelope.merchant.called_in(envelope.language)
    sender = mail_address(merchant.sender, header_text(merchant.name))
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = mail_address(envelope.to)
    message["Reply-To"] = mail_address(merchant.contact.email, header_text(merchant.name))
    message["Subject"] = header_text(subject)
    message["Date"] = envelope.at
    message["Message-ID"] = f"<{envelope.digest}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    # After the parts, because every header that begins with Content goes into the first of them.
    message["Content-Language"] = header_text(envelope.language)
    return message


def header_text(value: str) -> str:
    """Return text as one line that may stand in a header: no breaks, controls, lone surrogates or direction overrides.

    Isolates stay where each is closed again; they keep a number readable in a subject that runs from right to left.
    """
    plain = " ".join("".join(_kept(char) for char in value).split())
    # Nothing that reads as an encoded word (RFC 2047), which a mail program would decode into something else.
    kept = plain.replace("=?", "= ?")[:HEADER_LENGTH].rstrip()
    return kept if _balanced(kept) else " ".join("".join(char for char in kept if char not in _ISOLATES).split())


def _kept(char: str) -> str:
    if char in _JOINERS or char in _ISOLATES:
        return char
    category = unicodedata.category(char)
    if category in {"Cc", "Zs", "Zl", "Zp"}:
        return " "
    return "" if category in {"Cf", "Cs", "Co", "Cn"} else char


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        if char in _ISOLATES:
            depth += -1 if char == "\N{POP DIRECTIONAL ISOLATE}" else 1
        if depth < 0:
            return False
    return depth == 0


def mail_address(text: str, name: str = "") -> Address:
    """Return an address for a header, its domain in ASCII; MailRefused if mail cannot reach it.

    SES takes no mail for a local part outside ASCII.
    """
    local, _, domain = text.rpartition("@")
    domain = ascii_domain(domain).lower()
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise MailRefused("address")
    return Address(display_name=name, username=local, domain=domain)
