"""Who gets to see an order: a lookup is recorded, `links` answer it, and the link that was mailed opens a session.

Whether an order exists is never shown: asking only records; the mail goes to the address that the order has, or nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from chalicelib.domain.errors import VueltaError
from chalicelib.domain.identifiers import fold_email, fold_gift_code, fold_order_number
from chalicelib.domain.seats import cookie_beside, cookie_in_link, digest, link_seat, ticket
from chalicelib.domain.undeliverable import WhyUndeliverable
from chalicelib.domain.visits import SESSION_LIFE, Link, Lookup, Session, Standing
from chalicelib.known_sessions import KnownSessions

if TYPE_CHECKING:
    from chalicelib.domain.merchant import Staff
    from chalicelib.domain.orders import StoredOrder
    from chalicelib.ports import Returns, Sessions

LinkTrouble = Literal["unknown", "used", "expired"]


class LinkUnusable(VueltaError):
    """A link opens nothing; `trouble` says why, `link` is what is known of it."""

    def __init__(self, trouble: LinkTrouble, link: Link | None) -> None:
        super().__init__(f"the link is {trouble}")
        self.trouble = trouble
        self.link = link


@dataclass(frozen=True)
class Access:
    """The way in, from the lookup to the session.

    `secret` gives 256 random bits as URL-safe text; `known` are the sessions that this program has found open.
    """

    returns: Returns
    sessions: Sessions
    clock: Callable[[], datetime]
    secret: Callable[[], str]
    known: KnownSessions = field(default_factory=KnownSessions)

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

    def peek(self, merchant: str, secret: str) -> Link:
        """Return the link with this secret without using it; LinkUnusable if it opens nothing at this shop."""
        seat = link_seat(secret)
        link = self.sessions.link(merchant, seat) if seat else None
        if link is None or link.merchant != merchant:
            raise LinkUnusable("unknown", None)
        trouble = link.trouble(self.clock())
        if trouble:
            raise LinkUnusable(trouble, link)
        return link

    def enter(self, merchant: str, secret: str) -> tuple[Session, str, Link]:
        """Use the link and open a session; return it with its cookie. LinkUnusable if it opens nothing."""
        now, seat = self.clock(), link_seat(secret)
        if seat is None:
            raise LinkUnusable("unknown", None)
        # The cookie names the link's item, in which its session is kept: one write uses up and opens.
        cookie = cookie_in_link(seat, self.secret())
        link = self.sessions.open_link(merchant, seat, digest(cookie), now)
        if link is None:
            link = self.peek(merchant, secret)
            if link.purpose == "access":
                raise LinkUnusable("used", link)
            return self._enter_again(link, now)
        if link.unreached:
            # It was known when this mail was sent, which has arrived: so will the next ones.
            self.sessions.clear_undeliverable(merchant, link.email, "customer", link.mailed_at)
        self.known.add(merchant, digest(cookie))
        return _opened_by(link, cookie, now, link.unreached), cookie, link

    def _enter_again(self, link: Link, now: datetime) -> tuple[Session, str, Link]:
        """Open a session by a link that is for more than one use."""
        known = self.sessions.undeliverable(link.merchant, link.email)
        cookie = self.secret() if link.as_gift else cookie_beside(link.number, now, self.secret())
        session = _opened_by(link, cookie, now, known.why if known else None)
        self._add(session, cookie)
        if known and link.mailed_at > known.at:
            self.sessions.clear_undeliverable(link.merchant, link.email, "customer", now)
        return session, cookie, link

    def open_for(self, stored: StoredOrder, person: Staff, language: str) -> str:
        """Open a session in which one of the shop's people acts for an order's owner; return its cookie."""
        now, number = self.clock(), fold_order_number(stored.order.number)
        cookie = cookie_beside(number, now, self.secret())
        known = self.sessions.undeliverable(stored.order.merchant, stored.email)
        session = Session(
            digest=digest(cookie),
            merchant=stored.order.merchant,
            number=number,
            email=stored.email,
            language=language,
            expires_at=now + SESSION_LIFE,
            opened_by=person.email,
            unreached=known.why if known else None,
        )
        self._add(session, cookie)
        return cookie

    def _add(self, session: Session, cookie: str) -> None:
        held = ticket(cookie)
        assert held is not None, "it was made here"
        self.sessions.add_session(session, held.seat)
        self.known.add(session.merchant, held.digest)

    def session(self, merchant: str, cookie: str) -> Session | None:
        """Return the open session of this shop that the cookie belongs to."""
        session = self.session_or_lapsed(merchant, cookie)
        return None if session is None or self.lapsed(session) else session

    def session_or_lapsed(self, merchant: str, cookie: str) -> Session | None:
        """Return the cookie's session at this shop also when it is over, so that a page that was open can be saved."""
        held = ticket(cookie)
        session = self.sessions.session(merchant, held) if held else None
        if held is None or session is None or session.merchant != merchant:
            return None
        self.known.add(merchant, held.digest)
        return session

    def session_and_order(self, merchant: str, cookie: str, *, consistent: bool) -> tuple[Session | None, Standing | None]:
        """Return the session as `session_or_lapsed`, and its order where one read brings both, `consistent` or of a moment ago.

        Only a cookie that was found right before, at this very shop, is trusted with the order's number, however it is answered
        then: whoever makes one up must not even learn from the time of the answer whether there is such an order.
        """
        held = ticket(cookie)
        if held and held.seat.number and self.known.has(merchant, held.digest):
            found = self.returns.order_with_session(merchant, held, self.clock(), consistent=consistent)
            if found:
                return found
        return self.session_or_lapsed(merchant, cookie), None

    def lapsed(self, session: Session) -> bool:
        """Say whether a session is over."""
        return self.clock() >= session.expires_at

    def leave(self, merchant: str, cookie: str) -> None:
        """End the session of a cookie."""
        if held := ticket(cookie):
            self.sessions.end_session(merchant, held)

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


def _opened_by(link: Link, cookie: str, at: datetime, unreached: WhyUndeliverable | None) -> Session:
    return Session(
        digest=digest(cookie),
        merchant=link.merchant,
        number=link.number,
        email=link.email,
        language=link.language,
        expires_at=at + SESSION_LIFE,
        as_gift=link.as_gift,
        unreached=unreached,
    )


def csrf_token(cookie: str) -> str:
    """Return the token that a session's forms carry; it follows from the cookie's secret and gives nothing of it away."""
    return hmac.new(cookie.encode("utf-8", "surrogatepass"), b"csrf", hashlib.sha256).hexdigest()
