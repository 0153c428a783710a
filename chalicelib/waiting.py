"""What waits at a shop, oldest first: its queue read in pages, each of which reads a bounded number of returns.

Statuses are partitions of the index, each sorted by place; several are merged as they are read. A page goes on behind the place
up to which all of them have been looked through, whether or not something was found there.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chalicelib.domain.merchant import Merchant
from chalicelib.domain.orders import Reason
from chalicelib.domain.places import queue_place, sortable
from chalicelib.domain.returns import QueueState, Return
from chalicelib.ports import Returns

WAITING: tuple[QueueState, ...] = ("under_review", "unlabelled", "received", "accepted")
"""Where a return stands that waits for one of the shop's people."""
PAGE = 25
"""How many returns a page shows."""
MOST_READ = 250
"""How many returns one page looks through at most until it asks whether to go on searching."""
FILTERED_BATCH = 50
"""How many are read at a time where only some of them may fit."""

_FIRST, _LAST = "0", "9"
"""Before and behind every place, which begins with a year."""


@dataclass(frozen=True)
class Wanted:
    """Which returns are looked for: where they stand, on which days of the shop they were asked for, and what they are about.

    `sku` and `assignee` are compared as they are, `sku` without regard to case; empty means any.
    """

    statuses: tuple[QueueState, ...] = WAITING
    since: date | None = None
    until: date | None = None
    sku: str = ""
    reason: Reason | None = None
    assignee: str = ""

    @property
    def narrows(self) -> bool:
        """Whether returns have to be looked at to know whether they are among them."""
        return bool(self.sku or self.reason or self.assignee)

    def fits(self, made: Return) -> bool:
        """Say whether a return is one of them, as far as its place in the queue does not tell."""
        if self.assignee and made.assignee != self.assignee:
            return False
        sku = self.sku.casefold()
        return any((not sku or line.line.sku.casefold() == sku) and self.reason in (None, line.reason) for line in made.lines)


@dataclass(frozen=True)
class QueuePage:
    """The returns of one page, and behind which place the next one begins: None where nothing is left.

    `reached` is the moment up to which everything was looked through, where the search was given up for now.
    """

    returns: tuple[Return, ...]
    after: str | None
    reached: datetime | None


def queue_page(returns: Returns, merchant: Merchant, wanted: Wanted, after: str = "") -> QueuePage:
    """Return the page of a shop's queue that begins behind a place; from the beginning if that is empty."""
    start = _begins(wanted.since, merchant) if wanted.since else _FIRST
    end = _begins(wanted.until + timedelta(days=1), merchant) if wanted.until else _LAST
    start = max(start, after)
    if start > end:
        return QueuePage((), None, None)
    # Where one status holds nearly all, a share of the page for each would take query after query.
    batch = FILTERED_BATCH if wanted.narrows else PAGE + 1 if len(wanted.statuses) == 1 else PAGE // 2 + 1
    ahead = heapq.merge(
        *(_in_status(returns, merchant.slug, status, start, end, batch) for status in wanted.statuses), key=queue_place
    )
    found: list[Return] = []
    last: Return | None = None
    for number, made in enumerate(ahead):
        if last is not None and (len(found) == PAGE or number == MOST_READ):
            return QueuePage(tuple(found), queue_place(last), None if len(found) == PAGE else last.created_at)
        last = made
        if wanted.fits(made):
            found.append(made)
    return QueuePage(tuple(found), None, None)


def _in_status(returns: Returns, merchant: str, status: QueueState, start: str, end: str, batch: int) -> Iterator[Return]:
    """Yield a shop's returns in one status between two places, read in batches as they are taken."""
    while True:
        found = returns.queue_page(merchant, status, start, end, batch)
        yield from found
        if len(found) < batch:
            return
        start = queue_place(found[-1])


def _begins(day: date, merchant: Merchant) -> str:
    return sortable(datetime.combine(day, time(), merchant.timezone))
