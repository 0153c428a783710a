"""Forgetting a customer of a shop: what goes, and in which order, so that a crash leaves nothing behind that is not found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from chalicelib.domain.errors import Busy
from chalicelib.domain.forgetting import Holding, forgotten
from chalicelib.domain.returns import Return
from chalicelib.domain.seats import digest
from chalicelib.files import INCOMING, QUARANTINE
from chalicelib.labelling import label_folder, order_labels
from chalicelib.limits import HOUR
from chalicelib.photos import Drawer, order_folder
from chalicelib.ports import ATTEMPTS, Files

COUNTED_FOR = 3
"""For how many hours the table may remember that somebody asked for links: the present one, and two that expire."""


class Personal(Protocol):
    """What is held of a customer in the tables, found by their folded e-mail address."""

    def numbers(self, merchant: str, email: str) -> tuple[str, ...]:
        """Return the folded numbers of the orders that are the customer's, or of which they return something."""

    def holding(self, merchant: str, number: str, email: str) -> Holding:
        """Return what is held of the customer under an order's number, as it stands now."""

    def forget_return(self, changed: Return) -> bool:
        """Write a forgotten return whole; False if somebody else wrote it first."""

    def forget_order(self, merchant: str, number: str, email: str, at: datetime) -> bool:
        """Take the customer out of an order; False if an import replaced it meanwhile."""

    def drop_draft(self, merchant: str, number: str, recipient: str) -> None:
        """Forget an order's draft, or that of whoever got it as a gift."""

    def keys(self, merchant: str, email: str) -> Iterator[dict[str, Any]]:
        """Yield the customer's lookups, links and sessions at this shop, and what is known of mails to their address."""

    def drop_key(self, item: dict[str, Any]) -> None:
        """Forget a lookup, a link, a session, or what is known of an address."""

    def drop_count(self, what: str, window_start: datetime) -> None:
        """Forget whom was counted for something in a window."""


@dataclass(slots=True)
class Forgotten:
    """How much was forgotten of a customer; `keys` are lookups, links and sessions, `damaged` names what cannot be read."""

    orders: int = 0
    returns: int = 0
    drafts: int = 0
    keys: int = 0
    files: int = 0
    mails: int = 0
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forgetting:
    """Forgets customers. Every step may be repeated; what is still to be done is found again as long as anything is left."""

    personal: Personal
    files: Files
    clock: Callable[[], datetime]

    def would_forget(self, merchant: str, email: str) -> Forgotten:
        """Count what would be forgotten of the customer with this folded address; nothing is written."""
        keys = list(self.personal.keys(merchant, email))
        found = Forgotten(keys=len(keys))
        for number in self._numbers(merchant, email, keys):
            holding = self.personal.holding(merchant, number, email)
            found.orders += holding.owner
            found.returns += len(holding.returns)
            found.drafts += len(holding.drafts)
            found.mails += sum(len(made.waiting_mails) for made in holding.returns)
            found.files += sum(len(self.files.list(folder)) for folder in _folders(merchant, holding))
            found.damaged += holding.damaged
        return found

    def forget(self, merchant: str, email: str) -> Forgotten:
        """Forget the customer with this folded address at this shop, and return how much was done this time.

        Busy if others keep writing the same return.
        """
        done = Forgotten()
        keys = list(self.personal.keys(merchant, email))
        for number in self._numbers(merchant, email, keys):
            self._forget_number(merchant, number, email, done)
        # The keys go last: of a gift that somebody only began to return nothing else tells. Those to an order open nothing now.
        for item in {(item["pk"], item["sk"]): item for item in [*keys, *self.personal.keys(merchant, email)]}.values():
            self.personal.drop_key(item)
            done.keys += 1
        hour = int(self.clock().timestamp()) // HOUR * HOUR
        for back in range(COUNTED_FOR):
            start = datetime.fromtimestamp(hour, UTC) - timedelta(hours=back)
            self.personal.drop_count(f"address/{digest(email)}", start)
        return done

    def _numbers(self, merchant: str, email: str, keys: Iterable[Mapping[str, Any]]) -> list[str]:
        """Return the folded numbers under which something is held of the customer, or may be, if it is a gift's draft."""
        gifts = (item["number"] for item in keys if item.get("as_gift"))
        return sorted({*self.personal.numbers(merchant, email), *filter(None, gifts)})

    def _forget_number(self, merchant: str, number: str, email: str, done: Forgotten) -> None:
        before: Holding | None = None
        for _ in range(ATTEMPTS):
            holding = self.personal.holding(merchant, number, email)
            if before:
                # A form that was on its way may have left a file after we looked.
                done.files += self._delete(merchant, before)
            if holding.empty:
                done.damaged += holding.damaged
                return
            # Files go before the return that names them: a crash in between leaves the return to be found.
            done.files += self._delete(merchant, holding)
            for made in holding.returns:
                if self.personal.forget_return(forgotten(made, self.clock())):
                    done.returns += 1
                    done.mails += len(made.waiting_mails)
            for recipient in holding.drafts:
                self.personal.drop_draft(merchant, number, recipient)
                done.drafts += 1
            # The order closes the door to this number; it goes last, since what lies beside it is found through it.
            if holding.owner and self.personal.forget_order(merchant, number, email, self.clock()):
                done.orders += 1
            before = holding
        raise Busy("the customer's returns")

    def _delete(self, merchant: str, holding: Holding) -> int:
        return sum(self.files.delete(folder) for folder in _folders(merchant, holding))


def _folders(merchant: str, holding: Holding) -> tuple[str, ...]:
    """Return where the customer's files lie under an order: all that there are, unless somebody else returns of it, too."""
    drafts = [*(made.draft_id for made in holding.returns), *holding.drafts.values()]
    folders = [Drawer.of(merchant, holding.number, draft_id).folder for draft_id in drafts]
    folders += map(label_folder, holding.returns)
    if holding.owner and not holding.others:
        folders = [order_folder(merchant, holding.number), order_labels(merchant, holding.number)]
    return tuple(f"{place}{folder}" for folder in folders for place in (INCOMING, QUARANTINE, ""))
