"""The links that are mailed: which lookup gets one, what a return's mails lead by, and where each is kept."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.identifiers import fold_gift_code, fold_order_number
from chalicelib.domain.seats import beside, digest, link_seat
from chalicelib.domain.visits import LINK_LIFE, Link, LinkPurpose, Lookup
from chalicelib.limits import too_many

if TYPE_CHECKING:
    from chalicelib.domain.orders import StoredOrder
    from chalicelib.domain.returns import Return
    from chalicelib.ports import Returns, Sessions


@dataclass(frozen=True)
class MailedLink:
    """A link to be mailed: `secret` goes into its address and is stored nowhere."""

    link: Link
    secret: str


@dataclass(frozen=True)
class Links:
    """What makes links. `secret` gives 256 random bits as URL-safe text."""

    returns: Returns
    sessions: Sessions
    clock: Callable[[], datetime]
    secret: Callable[[], str]

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
        # One that opens once is kept beside its order, with the session that it becomes. A gift's must not name the order.
        seated = purpose == "access" and gift_code is None
        secret = beside(fold_order_number(number), now, self.secret()) if seated else self.secret()
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
        seat = link_seat(secret)
        assert seat is not None, "it was made here"
        self.sessions.add_link(link, seat)
        return MailedLink(link, secret)
