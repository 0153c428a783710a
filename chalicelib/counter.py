"""What the shop's staff may do with a return: find it, approve or reject what waits for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import Busy, InvalidRma, LifecycleError, VueltaError
from chalicelib.domain.identifiers import fold_digits
from chalicelib.domain.lifecycle import decided
from chalicelib.domain.returns import Return, ReturnStatus
from chalicelib.domain.rma import parse_rma
from chalicelib.ports import ATTEMPTS, Returns


class NotFound(VueltaError):
    """No return of this shop goes by what was typed."""


class NotWaiting(VueltaError):
    """There is nothing to decide: the lines do not wait for a person, or do not exist."""


@dataclass(frozen=True)
class Counter:
    """The staff's side."""

    returns: Returns
    clock: Callable[[], datetime]

    def queue(self, merchant: str, status: ReturnStatus) -> Iterator[Return]:
        """Yield a shop's returns in this status, oldest first."""
        return self.returns.queue(merchant, status)

    def find(self, merchant: str, typed: str) -> Return:
        """Return what an RMA number in any spelling or an id such as `NR-1001/1` names.

        Raises NotFound, which says so when the RMA number was mistyped.
        """
        number, slash, slot = fold_digits(typed.strip()).rpartition("/")
        if slash and slot.isdecimal() and 0 < int(slot) <= 999:
            found = self.returns.by_slot(merchant, number, int(slot))
        else:
            found = self._by_rma(merchant, typed)
        if found is None:
            raise NotFound(f"{merchant} has no return {typed!r}: give its RMA number, or order number and slot such as NR-1001/1")
        return found

    def decide(self, merchant: str, typed: str, line_ids: tuple[str, ...], *, approve: bool, by: str, note: str) -> Return:
        """Approve or reject the named lines, or all that wait if none is named; `note` is told to the customer.

        Raises NotFound, NotWaiting, or Busy if others keep writing the same return.
        """
        at = self.clock()
        following: Return | None = None
        for _ in range(ATTEMPTS):
            current = self.find(merchant, typed)
            if following and following.timeline[-1] in current.timeline:
                return current  # It was written, but the answer was lost and the SDK asked again.
            chosen = line_ids or tuple(line.line.id for line in current.standing("under_review"))
            if not chosen:
                raise NotWaiting(f"no line of {current.id} waits for a decision: it is {current.status}")
            try:
                following = decided(current, chosen, approve=approve, by=by, note=note, at=at)
            except LifecycleError as error:
                raise NotWaiting(f"not every line {', '.join(chosen)} of {current.id} waits: one is {error.status}") from None
            if self.returns.change(following):
                return following
        raise Busy("the return is being written by others")

    def _by_rma(self, merchant: str, typed: str) -> Return | None:
        try:
            return self.returns.by_rma(merchant, parse_rma(typed))
        except InvalidRma as error:
            hints = {
                "length": "an RMA number has sixteen letters and digits",
                "alphabet": "an RMA number has no such letter",
                "check": "a character is wrong or two have changed places",
            }
            raise NotFound(f"{typed!r} is not an RMA number: {hints[error.why]}") from None
