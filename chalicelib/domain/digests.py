"""What is overdue at a shop, and who of its people was told of it today: one mail each on a business day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain.claims import Claim
from chalicelib.domain.merchant import Merchant, Staff
from chalicelib.domain.orders import Shape
from chalicelib.domain.returns import Return
from chalicelib.domain.timing import CLOSES, OPENS

MOST_LISTED = 12
"""How many returns a mail names; of the others it says how many there are."""


class Digest(Shape):
    """How far telling a shop's people on one day has come: `told` are the addresses that were written to, sorted.

    `claim` is the last try; `version` counts the changes, 0 before the first.
    """

    merchant: str
    day: date
    claim: Claim | None = None
    told: tuple[str, ...] = ()
    done: bool = False
    version: int = 0

    def changed(self, **changes: object) -> Digest:
        """Return the next version with these changes."""
        return self.model_copy(update={**changes, "version": self.version + 1})


@dataclass(frozen=True)
class Overdue:
    """The returns that a shop's people let wait past a promised time, those that wait longest first."""

    returns: tuple[Return, ...]

    @property
    def to_decide(self) -> tuple[Return, ...]:
        """Those listed that wait for an answer."""
        return tuple(made for made in self.returns[:MOST_LISTED] if made.status == "under_review")

    @property
    def to_settle(self) -> tuple[Return, ...]:
        """Those listed that were accepted and wait for what was promised."""
        return tuple(made for made in self.returns[:MOST_LISTED] if made.status == "accepted")

    @property
    def more(self) -> int:
        """How many are not listed."""
        return max(0, len(self.returns) - MOST_LISTED)


def overdue_among(waiting: Iterable[Return], at: datetime) -> Overdue:
    """Return those of these returns whose promised time has passed."""
    late = [(made.due, made) for made in waiting if made.due and made.overdue(at)]
    return Overdue(tuple(made for _, made in sorted(late, key=lambda each: (each[0], each[1].id))))


def digest_day(merchant: Merchant, at: datetime) -> date | None:
    """Return the shop's business day whose digest may leave at this moment; None outside of its hours."""
    local = merchant.local(at)
    open_now = merchant.is_business_day(local.date()) and OPENS <= local.time() < CLOSES
    return local.date() if open_now else None


def told_of_overdue(merchant: Merchant) -> tuple[Staff, ...]:
    """Return who of a shop's people is told: those who may decide."""
    return tuple(person for person in merchant.staff if person.may("decide"))
