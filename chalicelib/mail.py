"""What each mail says: a lookup's link, or the state of a return, put into the customer's words by templates."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage

from chalicelib.access import MailedLink
from chalicelib.domain.merchant import Merchant, Store
from chalicelib.domain.policy import Policy
from chalicelib.domain.returns import Mail, Return, ReturnLine
from chalicelib.domain.staff import STAFF_LINK_LIFE
from chalicelib.domain.verdicts import ClauseSay
from chalicelib.domain.visits import LINK_LIFE, Lookup
from chalicelib.i18n import negotiate
from chalicelib.message import Envelope, build
from chalicelib.rendering import render
from chalicelib.shops import Shop
from chalicelib.staff_access import MailedStaffLink
from chalicelib.wording import Wording

TEXT_WIDTH = 72
_OPEN, _CLOSE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_LIST_ITEM = re.compile(r"(?P<indent> *)(?P<mark>[-*] |\S{1,2}\. |> )?")


@dataclass(frozen=True)
class Letter:
    """A return as one of its mails tells of it: the lines that the mail is about, sorted by where they stand now."""

    made: Return
    mail: Mail
    shop: Shop

    @property
    def approved(self) -> tuple[ReturnLine, ...]:
        """The mail's lines that may be sent."""
        return self._told("authorised")

    @property
    def rejected(self) -> tuple[ReturnLine, ...]:
        """The mail's lines that a person turned down."""
        return self._told("rejected")

    @property
    def cancelled(self) -> tuple[ReturnLine, ...]:
        """The mail's lines that were taken back."""
        return self._told("cancelled")

    @property
    def waiting(self) -> tuple[ReturnLine, ...]:
        """Every line of the return that waits for a person, told of here or not: none of them may be sent yet."""
        return self.made.standing("under_review")

    @property
    def send_by(self) -> datetime | None:
        """The earliest deadline of what may be sent."""
        return min((line.ship_by for line in self.approved if line.ship_by), default=None)

    @property
    def store(self) -> Store | None:
        """The store that the goods go to, if they go to one."""
        return next((store for store in self.shop.merchant.stores if store.id == self.made.store), None)

    @property
    def we_pay(self) -> tuple[ReturnLine, ...]:
        """What may be sent at the shop's expense."""
        return tuple(line for line in self.approved if line.decision.shipping == "merchant")

    @property
    def you_pay(self) -> tuple[ReturnLine, ...]:
        """What may be sent at the customer's expense."""
        return tuple(line for line in self.approved if line.decision.shipping == "customer")

    @property
    def policy(self) -> Policy | None:
        """The policy that decided, unless the shop has withdrawn its file since."""
        return next((policy for policy in self.shop.policies if policy.id == self.made.policy_id), None)

    @property
    def advice(self) -> tuple[Mapping[str, str], ...]:
        """What the policy says of the goods' condition and of sending them, by language."""
        required = {say.id: say.text for line in self.approved for say in line.decision.clauses if say.effect == "requires"}
        clauses = self.policy.clauses if self.policy else ()
        told = {clause.id: clause.text for clause in clauses if clause.group == "sending" and not clause.rules}
        return tuple((required | told).values())

    @property
    def part(self) -> bool:
        """Whether the return has other lines than those approved here, besides what the customer took back."""
        return len(self.approved) < len(self.made.standing("authorised", "under_review", "rejected"))

    @property
    def deciding(self) -> tuple[ClauseSay, ...]:
        """The clauses behind what was turned down, each once: those against it, or else those that let a person decide."""
        found: dict[str, ClauseSay] = {}
        for line in self.rejected:
            against = [say for say in line.decision.clauses if say.effect == "refuses"]
            found |= {say.id: say for say in against or line.decision.clauses if self._on_whether(say)}
        return tuple(found.values())

    @property
    def superseded(self) -> bool:
        """Whether nothing of what the mail says is true any more: a later mail of the return tells what is."""
        if self.mail.message == "cancelled":
            return False
        told = self._told("under_review") if self.mail.message == "under_review" else self.approved + self.rejected
        return not told

    def _on_whether(self, say: ClauseSay) -> bool:
        """Say whether a clause is about taking goods back at all, rather than about money or parcels."""
        groups = {clause.id: clause.group for clause in self.policy.clauses} if self.policy else {}
        return groups.get(say.id) not in {"money", "sending"}

    def _told(self, status: str) -> tuple[ReturnLine, ...]:
        return tuple(line for line in self.made.lines if line.line.id in self.mail.lines and line.status == status)


def lookup_mail(lookup: Lookup, mailed: MailedLink, merchant: Merchant, portal_url: str, at: datetime) -> EmailMessage:
    """Return the mail that answers a lookup with a link; MailRefused if its address is none that mail can reach."""
    envelope = Envelope(merchant, lookup.email, lookup.language, f"lookup/{lookup.id}", at)
    return _composed(lookup.purpose, envelope, mailed, f"{portal_url}/{merchant.slug}", {})


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
