"""Who gets to see an order: a lookup is recorded, answered by a mailed link, and the link opens a session.

Whether an order exists is never shown: asking only records; the mail goes to the address that the order has, or nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from chalicelib.domain.errors import VueltaError
from chalicelib.domain.identifiers import fold_email, fold_gift_code, fold_order_number
from chalicelib.domain.undeliverable import WhyUndeliverable
from chalicelib.domain.visits import LINK_LIFE, SESSION_LIFE, Link, LinkPurpose, Lookup, Session

if TYPE_CHECKING:
    from chalicelib.domain.merchant import Staff
    from chalicelib.domain.orders import StoredOrder
    from chalicelib.domain.returns import Return
    from chalicelib.ports import Returns, Sessions

HOUR = 3600
LIMITS_AN_HOUR = {"order": 5, "address": 10, "staff": 60, "staff_from": 10, "source": 30}
"""How many lookups are answered within one hour for one order, to one address or one of the staff, and from one source.

To one of the staff go ten from any one source, so that nobody can keep them out by asking in their name."""

_DIGEST = re.compile(r"[0-9a-f]{64}")

LinkTrouble = Literal["unknown", "used", "expired"]


class LinkUnusable(VueltaError):
    """A link opens nothing; `trouble` says why, `link` is what is known of it."""

    def __init__(self, trouble: LinkTrouble, link: Link | None) -> None:
        super().__init__(f"the link is {trouble}")
        self.trouble = trouble
        self.link = link


@dataclass(frozen=True)
class MailedLink:
    """A link to be mailed: `secret` goes into its address and is stored nowhere."""

    link: Link
    secret: str


@dataclass(frozen=True)
class Access:
    """The way in, from the lookup to the session. `secret` gives 256 random bits as URL-safe text."""

    returns: Returns
    sessions: Sessions
    clock: Callable[[], datetime]
    secret: Callable[[], str]

    def ask(self, merchant: str, number: str, email: str, language: str, source: str) -> None:
        """Record that somebody asks for a link; what they typed is folded, `source` is kept as a digest only."""
        self._record(merchant, fold_order_number(number), fold_email(email), language, "access", source)

    def ask_for_gift(self, merchant: str, code: str, email: str, language: str, source: str) -> None:
        """Record that somebody with a gift receipt asks for a link; whether any order has its code is nobody's business yet."""
        self._record(merchant, "", fold_email(email), language, "access", source, as_gift=True, gift_code=fold_gift_code(code))

    def ask_to_go_on(self, session: Session, language: str) -> None:
        """Record that the owner of a session wants a link to go on later."""
        self._record(session.merchant, session.number, session.email, language, "resume", session.digest, as_gift=session.as_gift)

    def ask_again(self, link: Link, language: str, source: str) -> None:
        """Record that somebody with a link that opens nothing any more wants a new one; it goes to the same address."""
        self._record(link.merchant, link.number, link.email, language, "access", source, as_gift=link.as_gift)

    def answer(self, lookup: Lookup) -> MailedLink | None:
        """Return the link to mail for a lookup; None if order and address do not belong together or too many were asked.

        A lookup that is answered again, because its mail did not leave, counts once.
        """
        if lookup.purpose == "staff":
            return None  # The staff's own way in answers it.
        if too_many(self.sessions, "source", f"{lookup.merchant}/{lookup.source}", lookup):
            return None
        stored, drafted = self._stored(lookup)
        if stored is None:
            return None
        # Those who have the gift receipt cannot lock the owner out, nor the other way round.
        order = f"{lookup.merchant}/{fold_order_number(stored.order.number)}{'/gift' if lookup.as_gift else ''}"
        if too_many(self.sessions, "order", order, lookup):
            return None
        if too_many(self.sessions, "address", lookup.email, lookup):
            return None
        number, gift = stored.order.number, stored.gift_code if lookup.as_gift else None
        language, purpose, now = lookup.language, lookup.purpose, self.clock()
        return self._new_link(lookup.merchant, number, lookup.email, language, purpose, now, gift_code=gift, drafted=drafted)

    def _stored(self, lookup: Lookup) -> tuple[StoredOrder | None, bool]:
        """Return the order that a lookup may see, None if there is none, and whether a return of it may have been begun."""
        number: str | None = lookup.number
        if lookup.gift_code:
            number = self.returns.gift(lookup.merchant, lookup.gift_code)
        if not number:
            return None, False
        stored, made, draft = self.returns.order_with_draft(lookup.merchant, number, "", self.clock())
        if stored is None:
            return None, False
        if lookup.as_gift:
            # The index may still tell of a code that the shop has changed a moment ago.
            code = fold_gift_code(stored.gift_code or "")
            return stored if code and lookup.gift_code in ("", code) else None, True
        begun = draft is not None and bool(draft.lines) and all(each.draft_id != draft.id for each in made)
        return stored if hmac.compare_digest(stored.email.encode(), lookup.email.encode()) else None, begun

    def link_to_return(self, made: Return) -> MailedLink:
        """Return a new link to a return, for a mail about it."""
        now, gift = self.clock(), None
        if made.as_gift:
            stored, _ = self.returns.order_with_returns(made.merchant, made.order_number)
            gift = (stored.gift_code if stored else None) or ""
        return self._new_link(made.merchant, made.order_number, made.email, made.language, "return", now, made.slot, gift)

    def peek(self, merchant: str, secret: str) -> Link:
        """Return the link with this secret without using it; LinkUnusable if it opens nothing at this shop."""
        link = self.sessions.link(digest(secret))
        if link is None or link.merchant != merchant:
            raise LinkUnusable("unknown", None)
        trouble = link.trouble(self.clock())
        if trouble:
            raise LinkUnusable(trouble, link)
        return link

    def enter(self, merchant: str, secret: str) -> tuple[Session, str, Link]:
        """Use the link and open a session; return it with the secret for its cookie. LinkUnusable if it opens nothing."""
        now, used = self.clock(), digest(secret)
        # The cookie names the link's item, in which its session is kept: one write uses up and opens.
        cookie = f"{used}.{self.secret()}"
        link = self.sessions.open_link(used, merchant, digest(cookie), now)
        if link is None:
            link = self.peek(merchant, secret)
            if link.purpose == "access":
                raise LinkUnusable("used", link)
            return self._enter_again(link, now)
        if link.unreached:
            # It was known when this mail was sent, which has arrived: so will the next ones.
            self.sessions.clear_undeliverable(merchant, link.email, "customer", link.mailed_at)
        return _opened_by(link, cookie, now, link.unreached, used), cookie, link

    def _enter_again(self, link: Link, now: datetime) -> tuple[Session, str, Link]:
        """Open a session by a link that is for more than one use."""
        cookie = self.secret()
        known = self.sessions.undeliverable(link.merchant, link.email)
        session = _opened_by(link, cookie, now, known.why if known else None)
        self.sessions.add_session(session)
        if known and link.mailed_at > known.at:
            self.sessions.clear_undeliverable(link.merchant, link.email, "customer", now)
        return session, cookie, link

    def open_for(self, stored: StoredOrder, person: Staff, language: str) -> str:
        """Open a session in which one of the shop's people acts for an order's owner; return the secret for its cookie."""
        cookie = self.secret()
        known = self.sessions.undeliverable(stored.order.merchant, stored.email)
        session = Session(
            digest=digest(cookie),
            merchant=stored.order.merchant,
            number=fold_order_number(stored.order.number),
            email=stored.email,
            language=language,
            expires_at=self.clock() + SESSION_LIFE,
            opened_by=person.email,
            unreached=known.why if known else None,
        )
        self.sessions.add_session(session)
        return cookie

    def session(self, merchant: str, cookie: str) -> Session | None:
        """Return the open session of this shop that the cookie's secret belongs to."""
        session = self.session_or_lapsed(merchant, cookie)
        return None if session is None or self.lapsed(session) else session

    def session_or_lapsed(self, merchant: str, cookie: str) -> Session | None:
        """Return the cookie's session at this shop also when it is over, so that a page that was open can be saved."""
        link, dot, _ = cookie.partition(".")
        if dot and not _DIGEST.fullmatch(link):
            return None
        session = self.sessions.session(digest(cookie), link if dot else None)
        return session if session and session.merchant == merchant else None

    def lapsed(self, session: Session) -> bool:
        """Say whether a session is over."""
        return self.clock() >= session.expires_at

    def leave(self, session: Session) -> None:
        """End a session."""
        self.sessions.end_session(session)

    def _record(
        self,
        merchant: str,
        number: str,
        email: str,
        language: str,
        purpose: Literal["access", "resume"],
        source: str,
        *,
        as_gift: bool = False,
        gift_code: str = "",
    ) -> None:
        lookup = Lookup(
            id=self.secret(),
            merchant=merchant,
            number=number,
            email=email,
            language=language,
            purpose=purpose,
            source=digest(source),
            asked_at=self.clock(),
            as_gift=as_gift,
            gift_code=gift_code,
        )
        self.sessions.add_lookup(lookup)

    def _new_link(  # noqa: PLR0913 - so much is known of a link
        self,
        merchant: str,
        number: str,
        email: str,
        language: str,
        purpose: LinkPurpose,
        now: datetime,
        slot: int | None = None,
        gift_code: str | None = None,
        *,
        drafted: bool = True,
    ) -> MailedLink:
        """Return a new link; with a gift's code it opens the order to whoever got the gift, and is called by that code."""
        secret = self.secret()
        # A link for one use is opened without reading anything; the others live for days, and it is looked up then.
        unreached = self.sessions.undeliverable(merchant, email) if purpose == "access" else None
        link = Link(
            digest=digest(secret),
            merchant=merchant,
            number=fold_order_number(number),
            written=number if gift_code is None else gift_code,
            email=email,
            language=language,
            purpose=purpose,
            expires_at=now + LINK_LIFE[purpose],
            return_slot=slot,
            as_gift=gift_code is not None,
            drafted=drafted,
            unreached=unreached.why if unreached else None,
        )
        self.sessions.add_link(link)
        return MailedLink(link, secret)


def _opened_by(link: Link, cookie: str, at: datetime, unreached: WhyUndeliverable | None, kept_in: str | None = None) -> Session:
    return Session(
        digest=digest(cookie),
        merchant=link.merchant,
        number=link.number,
        email=link.email,
        language=link.language,
        expires_at=at + SESSION_LIFE,
        as_gift=link.as_gift,
        unreached=unreached,
        link=kept_in,
    )


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret in hexadecimal: all that is stored of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_token(cookie: str) -> str:
    """Return the token that a session's forms carry; it follows from the cookie's secret and gives nothing of it away."""
    return hmac.new(cookie.encode("utf-8", "surrogatepass"), b"csrf", hashlib.sha256).hexdigest()


def too_many(sessions: Sessions, kind: str, whom: str, lookup: Lookup) -> bool:
    """Count a lookup against one of the limits, once however often it is asked about; True if it is over the limit."""
    start = datetime.fromtimestamp(lookup.asked_at.timestamp() // HOUR * HOUR, UTC)
    return not sessions.admit(f"{kind}/{digest(whom)}", lookup.id, LIMITS_AN_HOUR[kind], start, HOUR)
