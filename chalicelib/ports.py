"""What the desk, the door and the counter need from the world outside: tables, as Protocols that adapters fulfil."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Protocol

from chalicelib.domain.claims import Claim
from chalicelib.domain.digests import Digest
from chalicelib.domain.drafts import Draft
from chalicelib.domain.labels import BoughtLabel, LabelWish, Quote
from chalicelib.domain.orders import StoredOrder, Variant
from chalicelib.domain.returns import QueueState, Return, ReturnStatus
from chalicelib.domain.seats import Seat, Ticket
from chalicelib.domain.staff import StaffLink, StaffSession
from chalicelib.domain.undeliverable import Undeliverable
from chalicelib.domain.visits import Link, Lookup, Session, Standing
from chalicelib.files import StoredFile, UploadForm

ATTEMPTS = 50
"""How often a write that somebody else got ahead of is tried anew, each time from what then stands."""


class Returns(Protocol):
    """Orders, their drafts, the returns made from them, and the catalogue."""

    def order_with_returns(self, merchant: str, number: str) -> tuple[StoredOrder | None, tuple[Return, ...]]:
        """Return an order by its folded number and every return made from it, as they stand now."""

    def order_with_draft(self, merchant: str, number: str, recipient: str, at: datetime, *, consistent: bool = True) -> Standing:
        """Return an order, its returns, and its owner's draft or that of a gift's `recipient`.

        As they stand now; not `consistent`, for half of what that costs, as they stood a moment ago.
        """

    def order_with_session(
        self, merchant: str, ticket: Ticket, at: datetime, *, consistent: bool = True
    ) -> tuple[Session, Standing] | None:
        """Return the session of a ticket that is kept beside its order, one that is over too, and order and owner's draft.

        One read, `consistent` as in `order_with_draft`. None if it did not bring that session, and then nothing else either;
        `Sessions.session` may know it all the same.
        """

    def draft(self, merchant: str, number: str, recipient: str, at: datetime) -> Draft | None:
        """Return the order's draft, or that of whoever got it as a gift, if there is one."""

    def save_draft(self, merchant: str, number: str, recipient: str, draft: Draft, at: datetime) -> bool:
        """Write the next version of a draft; False if somebody else wrote it first."""

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

    def queue_page(self, merchant: str, state: QueueState, after: str, before: str, limit: int) -> tuple[Return, ...]:
        """Return at most so many of a shop's returns in this state between two places of the queue, oldest first.

        A place is a moment in UTC as text (`2026-03-10T17:00:00.000000Z`), or the `queue_place` of a return, which is left out.
        """

    def by_contact(self, merchant: str, email: str) -> tuple[Return, ...]:
        """Return every return whose customer has this folded e-mail address at this shop."""

    def gift(self, merchant: str, code: str) -> str | None:
        """Return the folded number of the order whose gift receipt has this code; None if none has, or more than one."""

    def orders_of(self, merchant: str, email: str, limit: int) -> tuple[StoredOrder, ...]:
        """Return at most so many orders of the customer with this folded e-mail address at this shop, in no order."""

    def waking(self, until: datetime) -> Iterator[Return]:
        """Yield the returns of all shops to which time does something until this moment, the earliest first."""

    def unsent(self, until: datetime) -> Iterator[Return]:
        """Yield the returns of all shops with a mail that waits and was left alone since before `until`, longest first."""

    def variants(self, merchant: str, product: str, *, consistent: bool = True) -> tuple[Variant, ...]:
        """Return what the catalogue knows of a product, by SKU; `consistent` as in `order_with_draft`."""


class Sessions(Protocol):
    """What expires: lookups, links, sessions, counters, and what is known of undeliverable addresses."""

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

    def add_link(self, link: Link, seat: Seat) -> None:
        """Record a link that is about to be mailed."""

    def link(self, merchant: str, seat: Seat) -> Link | None:
        """Return the link in a seat, used and expired ones too; where it is kept apart, perhaps another shop's."""

    def open_link(self, merchant: str, seat: Seat, opened: str, at: datetime) -> Link | None:
        """Use a link for one use up and keep in it the session that it opens, by the digest `opened` of that one's cookie.

        One write, the same however often. None if it opens nothing, at this shop and moment, or is for more than one use.
        """

    def add_session(self, session: Session, seat: Seat) -> None:
        """Record a session that was opened otherwise."""

    def session(self, merchant: str, ticket: Ticket) -> Session | None:
        """Return a ticket's session, one that is over too as long as it is remembered; perhaps another shop's, as a link."""

    def end_session(self, merchant: str, ticket: Ticket) -> None:
        """Forget a session; the link that opened it stays used."""

    def admit(self, what: str, who: str, limit: int, window_start: datetime, window_seconds: int) -> bool:
        """Count somebody in this window, once however often it is asked; False if as many others as may were there before."""

    def undeliverable(self, merchant: str, email: str) -> Undeliverable | None:
        """Return why this shop's mails do not reach an address at present; None as far as is known that they do."""

    def undeliverables(self, merchant: str, emails: Collection[str]) -> frozenset[str]:
        """Return those of some addresses, a hundred at most, which this shop's mails do not reach."""

    def note_undeliverable(self, email: str, news: Undeliverable) -> bool:
        """Keep bad news of an address; False if it is older than what is known, or than the moment when it was cleared."""

    def clear_undeliverable(self, merchant: str, email: str, by: str, at: datetime) -> None:
        """Let mails go to an address again; news of mails that were sent before this moment counts no more."""


class StaffSessions(Protocol):
    """The links and sessions of the shops' people, kept apart from the customers'."""

    def add_link(self, link: StaffLink) -> None:
        """Record a link that is about to be mailed."""

    def link(self, digest: str) -> StaffLink | None:
        """Return a link by the digest of its secret, used and expired ones too."""

    def use_link(self, link: StaffLink, at: datetime) -> bool:
        """Note the use of a link; False if it was used before."""

    def add_session(self, session: StaffSession) -> None:
        """Record a session that was opened."""

    def session(self, digest: str) -> StaffSession | None:
        """Return a session by the digest of its secret."""

    def renew(self, session: StaffSession) -> None:
        """Write down until when a session stays open unused; one that was ended meanwhile stays ended."""

    def end_session(self, digest: str) -> None:
        """Forget a session."""


class Digests(Protocol):
    """Who of a shop's people was told on which day what is overdue."""

    def digest(self, merchant: str, day: date) -> Digest:
        """Return how far telling a shop's people on this day has come."""

    def save(self, digest: Digest) -> bool:
        """Write the next version of a digest; False if somebody else wrote it first."""


class Files(Protocol):
    """Labels and photos, in one private place that browsers reach by signed addresses only.

    Keys: `labels/<shop>/<folded order>/<slot>/<name>`, `photos/<shop>/<folded order>/<draft id>/<line>/<name>`; what a browser
    posts arrives under `incoming/` before the same path (`files.INCOMING`).
    """

    def upload_form(self, prefix: str, *, content_types: tuple[str, ...], most_bytes: int, redirect: str) -> UploadForm:
        """Return a form by which a browser may post one file to a new name behind `prefix`, and is then sent to `redirect`.

        Size and type are a first hurdle only: whoever reads the file judges it again.
        """

    def put(self, key: str, body: bytes, content_type: str) -> None:
        """Write a file whole, over whatever lay there."""

    def get(self, key: str, most_bytes: int) -> bytes | None:
        """Return a file's bytes, None if it is not there; TooLarge if it has more than `most_bytes`."""

    def move(self, key: str, to: str) -> None:
        """Give a file another name without reading it; nothing happens if it is not there."""

    def list(self, prefix: str) -> tuple[StoredFile, ...]:
        """Return every file behind `prefix`, which ends with a slash, by key."""

    def link(self, key: str, filename: str, *, inline: bool = False) -> str:
        """Return an address that gives the file, under this name, to whoever opens it within a few minutes."""

    def delete(self, prefix: str) -> int:
        """Remove every file behind `prefix` if it ends with a slash, or else the one file of that name; return how many."""


class LabelPort(Protocol):
    """Who sells labels for parcels that go from the customer to the shop: every adapter keeps to this one direction.

    Each call raises LabelRefused where asking again can never help, and Unavailable where it may.
    """

    def quote(self, wish: LabelWish) -> Quote:
        """Ask what a parcel would cost. Free; a second time opens a second shipment, and neither is bought."""

    def buy(self, shipment: str, rate: str) -> BoughtLabel:
        """Return the label of a shipment, bought at this rate unless it was bought before: however often, it is paid once."""

    def void(self, shipment: str) -> str | None:
        """Take the label of a shipment back. None if that is under way, or it was never bought; else why it is not possible."""
