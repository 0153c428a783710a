"""Who asked to see which order, the link that was mailed to them, and the session that it opened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import AwareDatetime

from chalicelib.domain.claims import Claim
from chalicelib.domain.orders import Shape
from chalicelib.domain.undeliverable import WhyUndeliverable

if TYPE_CHECKING:
    from chalicelib.domain.drafts import Draft
    from chalicelib.domain.orders import StoredOrder
    from chalicelib.domain.returns import Return

LinkPurpose = Literal["access", "resume", "return"]
"""Why a link was mailed: to get in once, to go on with a draft later, or to come back to a return that was made."""

LINK_LIFE: dict[LinkPurpose, timedelta] = {
    "access": timedelta(minutes=10),
    "resume": timedelta(days=7),
    "return": timedelta(days=30),
}
SESSION_LIFE = timedelta(hours=2)
SESSION_MEMORY = timedelta(days=1)
"""How long a session that is over can still save what was typed on a page that was open, without showing anything."""
LOOKUP_LIFE = timedelta(hours=1)
DRAFT_LIFE = timedelta(days=30)


class Lookup(Shape):
    """A wish for a link to an order, recorded before anybody knows whether order and address belong together.

    `source` is a digest of where it came from, never the address itself. `resume` wishes come from an open session and
    are known to be right; `staff` ones are about no order, their `number` is empty. Of a gift (`as_gift`) the first wish
    knows only the folded `gift_code`, and its `email` is whoever has that. `claim` is the last try to send the answer.
    """

    id: str
    merchant: str
    number: str
    email: str
    language: str
    purpose: Literal["access", "resume", "staff"]
    source: str
    asked_at: AwareDatetime
    as_gift: bool = False
    gift_code: str = ""
    claim: Claim | None = None

    @property
    def left_since(self) -> datetime:
        """When somebody last did something about it."""
        return self.claim.at if self.claim else self.asked_at

    @property
    def message(self) -> str:
        """The name of the mail that answers it."""
        return "gift" if self.as_gift and self.purpose == "access" else self.purpose


class Link(Shape):
    """A mailed link: `digest` is the SHA-256 of its secret, which is stored nowhere.

    `number` is the order's number folded, `written` as the shop writes it; of a gift that is the code on its receipt, and
    `email` is the recipient's. `drafted` says whether the order may have had a draft when the link was made, `unreached` why
    mails had not reached the address until then.
    """

    digest: str
    merchant: str
    number: str
    written: str
    email: str
    language: str
    purpose: LinkPurpose
    expires_at: AwareDatetime
    used_at: AwareDatetime | None = None
    return_slot: int | None = None
    as_gift: bool = False
    drafted: bool = True
    unreached: WhyUndeliverable | None = None

    @property
    def mailed_at(self) -> datetime:
        """When it was made, to be mailed at once."""
        return self.expires_at - LINK_LIFE[self.purpose]

    def trouble(self, at: datetime) -> Literal["used", "expired"] | None:
        """Say why the link opens nothing at this moment, or None if it does; only an access link is for one use."""
        if self.purpose == "access" and self.used_at is not None:
            return "used"
        return "expired" if at >= self.expires_at else None


class Session(Shape):
    """One browser that has proved that one order is its owner's; `digest` is the SHA-256 of the cookie's secret.

    `as_gift`: that somebody has the order's gift receipt, which makes nobody its owner. `opened_by` is who of the shop's people
    opened it for the owner, who is on the phone: `language` is the owner's then, and so is the address that mails go to.
    `unreached` says why mails had not reached that address when the session was opened.
    """

    digest: str
    merchant: str
    number: str
    email: str
    language: str
    expires_at: AwareDatetime
    as_gift: bool = False
    opened_by: str | None = None
    unreached: WhyUndeliverable | None = None

    @property
    def recipient(self) -> str:
        """Who got the order as a gift: they have a draft of their own, which the giver does not see. Empty for the owner."""
        return recipient_name(self.email) if self.as_gift else ""


class Standing(NamedTuple):
    """An order as it was read, None if there is none; its returns; and the draft of whoever it was read for."""

    stored: StoredOrder | None
    returns: tuple[Return, ...]
    draft: Draft | None

    def as_seen_by(self, session: Session) -> Standing:
        """Return what a session may know of it: of another's order nothing, and of who gave a gift nothing either."""
        stored = self.stored
        if stored and session.as_gift and stored.gift_code:
            return self._replace(stored=stored.model_copy(update={"email": session.email, "ship_to": None}))
        if stored and not session.as_gift and stored.email == session.email:
            return self
        return Standing(None, (), None)


class Seen(NamedTuple):
    """What a customer has seen of an order in one browser: the version of the draft, and the slot of the newest return."""

    version: int = 0
    slot: int = 0

    def missing(self, made: Iterable[Return], draft: Draft | None) -> bool:
        """Say whether what was read is from before that."""
        return (draft.version if draft else 0) < self.version or max((each.slot for each in made), default=0) < self.slot


def recipient_name(email: str) -> str:
    """Return under what the draft is kept of somebody who returns a gift."""
    return sha256(email.encode()).hexdigest()[:16]
