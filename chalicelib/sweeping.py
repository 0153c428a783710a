"""What is done every few minutes: the mails that were left behind, and what time asks for.

All of it takes turns, a bounded number of items within a bounded time, so that nothing keeps anything else waiting. Lookups,
links, sessions, drafts and counters need no tidying: their expiry is checked when they are read, and DynamoDB removes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.backlog import Backlog
from chalicelib.digests import Telling
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.timing import wakes_at, woken
from chalicelib.ports import ATTEMPTS, Returns
from chalicelib.shops import Shop
from chalicelib.worker import Task, Worker

Chore = Callable[[], Iterator[Task]]
"""Other work of a sweep: yields one task after another, each bounded, whose arguments are ids and nothing else."""


@dataclass(frozen=True)
class Sweep:
    """Does what time asks for. Each item is one conditional write, so that a crash anywhere leaves it to the next sweep."""

    worker: Worker
    returns: Returns
    shops: Mapping[str, Shop]
    clock: Callable[[], datetime]
    telling: Telling
    chores: tuple[Chore, ...] = ()

    def run(self) -> None:
        """Send mails, wake returns, tell the staff, and do the chores, by turns; say in the log how late that was."""
        backlog = Backlog(self.clock())
        finished = self.worker.sweep_counting(
            backlog, self._waking(backlog), self.telling.due(), *(chore() for chore in self.chores)
        )
        backlog.log(finished=finished)

    def _waking(self, backlog: Backlog) -> Iterator[Task]:
        for made in self.returns.waking(self.clock()):
            if made.merchant in self.shops:  # Returns of a shop that is gone rest, and keep no others waiting.
                backlog.met_overdue(wakes_at(made) or backlog.started)
                yield partial(self._wake, made.merchant, made.order_number, made.slot)

    def _wake(self, merchant: str, number: str, slot: int) -> None:
        """Do what time asks for with one return; where somebody else wrote it first, it is read again."""
        for _ in range(ATTEMPTS):
            current = self.returns.by_slot(merchant, number, slot)
            following = woken(current, self.clock(), self.shops[merchant].merchant) if current else None
            if following is None or following is current or self.returns.change(following):
                return
        raise Unavailable("the return", "others keep writing it")
