"""What each mail says: a lookup's link, or the state of a return, put into the customer's words by templates."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from email.message import EmailMessage
from urllib.parse import urlencode

from chalicelib.domain.digests import Overdue
from chalicelib.domain.merchant import Merchant, Staff
from chalicelib.domain.staff import STAFF_LINK_LIFE
from chalicelib.domain.visits import LINK_LIFE, Lookup
from chalicelib.i18n import negotiate
from chalicelib.letter import Letter
from chalicelib.links import MailedLink
from chalicelib.message import Envelope, build
from chalicelib.rendering import render
from chalicelib.staff_access import MailedStaffLink
from chalicelib.wording import Wording

TEXT_WIDTH = 72
_OPEN, _CLOSE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_LIST_ITEM = re.compile(r"(?P<indent> *)(?P<mark>[-*] |\S{1,2}\. |> )?")


def lookup_mail(lookup: Lookup, mailed: MailedLink, merchant: Merchant, portal_url: str, at: datetime) -> EmailMessage:
    """Return the mail that answers a lookup with a link; MailRefused if its address is none that mail can reach."""
    envelope = Envelope(merchant, lookup.email, lookup.language, f"lookup/{lookup.id}", at)
    return _composed(lookup.message, envelope, mailed, f"{portal_url}/{merchant.slug}", {})


def staff_mail(lookup: Lookup, mailed: MailedStaffLink, merchant: Merchant, portal_url: str, at: datetime) -> EmailMessage:
    """Return the mail that signs one of the shop's people in; MailRefused as in `lookup_mail`."""
    envelope = Envelope(merchant, mailed.link.email, mailed.link.language, f"lookup/{lookup.id}", at)
    values = {
        "link": f"{portal_url}/{merchant.slug}/staff/link/{mailed.secret}",
        "until": mailed.link.expires_at,
        "life": STAFF_LINK_LIFE,
        "person": merchant.member(mailed.link.email),
    }
    return _built("staff_access", envelope, values)


def return_mail(letter: Letter, mailed: MailedLink, portal_url: str, at: datetime) -> EmailMessage:
    """Return one of a return's mails as the return stands now; MailRefused as in `lookup_mail`."""
    made = letter.made
    identity = f"return/{made.merchant}/{made.order_number}/{made.slot}/{letter.mail.id}"
    envelope = Envelope(letter.shop.merchant, made.email, made.language, identity, at)
    version = made.policy_id.partition("@")[2]
    values = {"letter": letter, "made": made, "policy_query": f"?version={version}"}
    return _composed(letter.mail.message, envelope, mailed, f"{portal_url}/{made.merchant}", values)


def digest_mail(overdue: Overdue, person: Staff, merchant: Merchant, day: date, portal_url: str, at: datetime) -> EmailMessage:
    """Return the mail that tells one of the shop's people what is overdue on a day; MailRefused as in `lookup_mail`."""
    console = f"{portal_url}/{merchant.slug}/staff"
    language = person.language or merchant.languages[0]
    envelope = Envelope(merchant, person.email, language, f"digest/{merchant.slug}/{day}/{person.email}", at)
    values = {
        "overdue": overdue,
        "person": person,
        "link": console,
        "page_of": lambda made: f"{console}/return?{urlencode({'id': made.id})}",
    }
    return _built("digest", envelope, values)


def _composed(name: str, envelope: Envelope, mailed: MailedLink, shop_url: str, values: Mapping[str, object]) -> EmailMessage:
    context = {
        "number": mailed.link.written,
        "link": f"{shop_url}/link/{mailed.secret}",
        "until": mailed.link.expires_at,
        "life": LINK_LIFE[mailed.link.purpose],
        "policy_url": f"{shop_url}/policy{values.get('policy_query', '')}",
        **values,
    }
    return _built(name, envelope, context)


def _built(name: str, envelope: Envelope, context: Mapping[str, object]) -> EmailMessage:
    merchant = envelope.merchant
    wording = Wording(negotiate(envelope.language, None, None, merchant.languages), merchant)
    subject = render(f"email/{name}/subject.txt", wording, **context).strip()
    text = laid_out(render(f"email/{name}/body.txt", wording, **context))
    html = render(f"email/{name}/body.html", wording, subject=subject, **context)
    return build(replace(envelope, language=wording.language.code), subject, text, html)


def laid_out(text: str) -> str:
    """Return plain text as people write it: lines of at most 72 characters, lists hung, never two blank lines together.

    Words are not broken, so that an address of the web stays in one piece.
    """
    lines = [_wrapped(line.rstrip()) for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _wrapped(line: str) -> str:
    item = _LIST_ITEM.match(line)
    assert item is not None, "the pattern matches nothing too"
    hung = item["indent"] + (("> " if item["mark"] == "> " else " " * len(item["mark"])) if item["mark"] else "")
    wrapped = textwrap.wrap(line, TEXT_WIDTH, subsequent_indent=hung, break_long_words=False, break_on_hyphens=False)
    # An isolate ends with its line (UAX #9), so that one which runs on is closed and opened anew.
    for number, following in enumerate(wrapped[1:], start=1):
        if wrapped[number - 1].count(_OPEN) > wrapped[number - 1].count(_CLOSE):
            wrapped[number - 1] += _CLOSE
            wrapped[number] = hung + _OPEN + following[len(hung) :]
    return "\n".join(wrapped)
