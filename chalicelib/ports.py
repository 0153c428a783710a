"""What the desk, the door and the counter need from the world outside: tables, as Protocols that adapters fulfil."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from chalicelib.domain.claims import Claim
from chalicelib.domain.drafts import Draft
from chalicelib.domain.orders import StoredOrder, Variant
from chalicelib.domain.returns import Return, ReturnStatus
from chalicelib.domain.visits import Link, Lookup, Session

ATTEMPTS = 50
"""How often a write that somebody else got ahead of is tried anew, each time from what then stands."""


class Returns(Protocol):
    """Orders, the returns made from them, and the catalogue."""

    def order_with_returns(self, merchant: str, number: str) -> tuple[StoredOrder | None, tuple[Return, ...]]:
        """Return an order by its folded number and every return made from it, as they stand now."""

    def add(self, new: Return) -> bool:
        """Write a new return into its slot; False if the slot is taken."""

    def change(self, changed: Return) -> bool:
        """Write the next version of a return; False if somebody else wrote it first."""

    def by_rma(self, merchant: str, rma: str) -> Return | None:
        """Return the return with this RMA number, if this shop gave it."""

    def by_slot(self, merchant: str, number: str, slot: int) -> Return | None:
        """Return one return of an order."""

    def queue(self, merchant: str, status: ReturnStatus) -> Iterator[Return]:
        """Yield a shop's returns in this status, oldest first."""

    def unsent(self, until: datetime) -> Iterator[Return]:
        """Yield the returns of all shops with a mail that waits and was left alone since before `until`, longest first."""

    def variants(self, merchant: str, product: str) -> tuple[Variant, ...]:
        """Return what the catalogue knows of a product, by SKU."""


class Sessions(Protocol):
    """What expires: lookups, links, sessions, drafts and counters."""

    def add_lookup(self, lookup: Lookup) -> None:
        """Record a lookup, to be answered by mail."""

    def lookup(self, lookup_id: str) -> Lookup | None:
        """Return a lookup that still waits for its answer."""

    def finish_lookup(self, lookup_id: str) -> None:
        """Note that a lookup was answered, or needs no answer."""

    def claim_lookup(self, lookup: Lookup, claim: Claim) -> bool:
        """Note a try to answer a lookup; False if somebody else tried since it was read, or it needs no answer any more."""

    def unanswered(self, until: datetime) -> Iterator[Lookup]:
        """Yield the lookups that wait and were left alone since before `until`, longest first."""

    def add_link(self, link: Link) -> None:
        """Record a link that is about to be mailed."""

    def link(self, digest: str) -> Link | None:
        """Return a link by the digest of its secret, used and expired ones too."""

    def use_link(self, link: Link, at: datetime) -> bool:
        """Note the first use of a link; False if it was used before."""

    def add_session(self, session: Session) -> None:
        """Record a session that was opened."""

    def session(self, digest: str) -> Session | None:
        """Return a session by the digest of its secret, one that is over too as long as it is remembered."""

    def end_session(self, digest: str) -> None:
        """Forget a session."""

    def draft(self, merchant: str, number: str) -> Draft | None:
        """Return the order's draft, if there is one."""

    def save_draft(self, merchant: str, number: str, draft: Draft, at: datetime) -> bool:
        """Write the next version of the order's draft; False if somebody else wrote it first."""

    def drop_draft(self, merchant: str, number: str, draft_id: str) -> None:
        """Forget the order's draft, if it still is this one."""

    def admit(self, what: str, who: str, limit: int, window_start: datetime, window_seconds: int) -> bool:
        """Count somebody in this window, once however often it is asked; False if as many others as may were there before."""
