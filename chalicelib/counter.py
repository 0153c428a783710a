"""What the shop's staff may do with a return: find it, decide on it, receive, inspect and settle it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chalicelib.answers import Answer, steps_of
from chalicelib.domain.errors import Busy, InvalidRma, LifecycleError, Overtaken, VueltaError
from chalicelib.domain.findings import Inspection
from chalicelib.domain.identifiers import fold_digits, order_number_fault
from chalicelib.domain.lifecycle import assigned, decided, noted
from chalicelib.domain.policy import Policy
from chalicelib.domain.receiving import inspected, received, reopened, settled
from chalicelib.domain.returns import Event, Return, ReturnStatus
from chalicelib.domain.rma import parse_rma
from chalicelib.domain.stepping import Step, together
from chalicelib.domain.verdicts import Outcome, OutcomeKind
from chalicelib.domain.windows import Window
from chalicelib.domain.worth import worth
from chalicelib.ports import ATTEMPTS, Returns
from chalicelib.shops import Shop

SLOT_DIGITS = 3
"""How many digits the number of a return within its order may have."""


class NotFound(VueltaError):
    """No return of this shop goes by what was typed; `why` says what is wrong with an RMA number: length, alphabet, check."""

    def __init__(self, message: str, why: str | None = None) -> None:
        super().__init__(message)
        self.why = why


class NotWaiting(VueltaError):
    """There is nothing to decide: the lines do not wait for a person, or do not exist."""


@dataclass(frozen=True)
class Found:
    """What a person found at one line: as `Inspection`, with `reduction` in the order's currency."""

    condition: str
    verdict: str
    reduction: Decimal = Decimal(0)
    reason: str = ""


@dataclass(frozen=True)
class Counter:
    """The staff's side.

    A change says with `seen` how many entries the timeline had on the page that it was made from. Where it has grown since,
    Overtaken is raised and nothing is written. All of them raise NotFound, LifecycleError where a step may not follow, and
    Busy if others keep writing the same return.
    """

    shops: Mapping[str, Shop]
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
        slot = slot.strip()
        if slash and slot.isdecimal() and len(slot) <= SLOT_DIGITS and int(slot) and not order_number_fault(number):
            found = self.returns.by_slot(merchant, number, int(slot))
        else:
            found = self._by_rma(merchant, typed)
        if found is None:
            raise NotFound(f"{merchant} has no return {typed!r}: give its RMA number, or order number and slot such as NR-1001/1")
        return found

    def decide(self, merchant: str, typed: str, line_ids: tuple[str, ...], *, approve: bool, by: str, note: str) -> Return:
        """Approve or reject the named lines, or all that wait if none is named; `note` is told to the customer.

        Raises NotWaiting if there is nothing to decide.
        """
        at = self.clock()

        def step(current: Return) -> Return:
            chosen = line_ids or tuple(line.line.id for line in current.standing("under_review"))
            if not chosen:
                raise NotWaiting(f"no line of {current.id} waits for a decision: it is {current.status}")
            try:
                return decided(current, chosen, approve=approve, by=by, note=note, at=at)
            except LifecycleError as error:
                raise NotWaiting(f"not every line {', '.join(chosen)} of {current.id} waits: one is {error.status}") from None

        return self.change(merchant, typed, step)

    def answer(
        self, merchant: str, typed: str, answers: Mapping[str, Answer], *, by: str, seen: int, internal: str = ""
    ) -> Return:
        """Decide on several lines, each its own way, change what they bring, keep a remark: one write and one mail."""
        at = self.clock()
        steps = steps_of(answers, by, at)
        if internal:
            steps.append(lambda current: noted(current, by=by, internal=internal, at=at))
        return self.change(merchant, typed, lambda current: together(current, steps), seen)

    def note(self, merchant: str, typed: str, internal: str, *, by: str) -> Return:
        """Keep a remark for the shop's people."""
        at = self.clock()
        return self.change(merchant, typed, lambda current: noted(current, by=by, internal=internal, at=at))

    def assign(self, merchant: str, typed: str, assignee: str | None, *, by: str, seen: int | None = None) -> Return:
        """Give a return to one of the shop's people, or to nobody."""
        at = self.clock()
        return self.change(merchant, typed, lambda current: assigned(current, assignee, by=by, at=at), seen)

    def receive(
        self, merchant: str, typed: str, counts: Mapping[str, int], found: Mapping[str, Found], *, by: str, note: str, seen: int
    ) -> Return:
        """Note what arrived, and what was found at the lines that are inspected at once.

        Raises LifecycleError (`elsewhere`) where units of an expired line were asked back again in another return.
        """
        at = self.clock()

        def step(current: Return) -> Return:
            self._check_not_elsewhere(current, counts)
            arrived = received(current, counts, by=by, note=note, at=at) if any(counts.values()) else current
            return self._inspected(arrived, found, by, "" if arrived is not current else note, at) if found else arrived

        return self.change(merchant, typed, lambda current: together(current, (step,)), seen)

    def reopen(self, merchant: str, typed: str, line_id: str, *, by: str, why: str, seen: int) -> Return:
        """Let a line be inspected again that is not settled yet."""
        at = self.clock()
        return self.change(merchant, typed, lambda current: reopened(current, (line_id,), by=by, why=why, at=at), seen)

    def settle(
        self, merchant: str, typed: str, kind: OutcomeKind, *, amount: Decimal, reference: str, by: str, seen: int
    ) -> Return:
        """Note what was given for the accepted lines with this outcome; `amount` is what the page showed."""
        at = self.clock()

        def step(current: Return) -> Return:
            ends = self.expires_at(current, kind, at)
            return settled(current, kind, amount=amount, reference=reference, expires_at=ends, by=by, at=at)

        return self.change(merchant, typed, step, seen)

    def expires_at(self, made: Return, kind: OutcomeKind, at: datetime) -> datetime | None:
        """Return until when what is given now for the accepted lines may be used, by the longest of their promises."""
        days = [line.chosen.expires_days for line in made.standing("accepted") if line.chosen.kind == kind]
        longest = None if None in days or not days else max(day for day in days if day is not None)
        window = Window.model_validate({"days": longest, "from": "request"}) if longest else None
        return window.end(at, self.shops[made.merchant].merchant) if window else None

    def granted(self, made: Return, line_id: str, kind: OutcomeKind, value: Decimal) -> Outcome:
        """Return an outcome beyond the policy: this much, to be used for as long as the policy says of its kind."""
        opened = {each.kind: each.expires_days for each in made.line(line_id).decision.outcomes}
        policy = self.policy(made)
        rules = [rule for clause in policy.clauses for rule in clause.rules] if policy else []
        usual = next((rule.expires_days[kind] for rule in rules if kind in rule.expires_days), None)
        return Outcome(kind, "review", value, (), Decimal(0), opened.get(kind, usual))

    def worth(self, made: Return, line_id: str, units: int) -> Decimal:
        """Return what so many units of a line are worth, before any reduction."""
        decimals = self.shops[made.merchant].merchant.decimals(made.currency)
        return worth(made.line(line_id), units, self.policy(made), decimals)

    def policy(self, made: Return) -> Policy | None:
        """Return the policy that decided a return, unless the shop has withdrawn its file since."""
        return next((policy for policy in self.shops[made.merchant].policies if policy.id == made.policy_id), None)

    def change(self, merchant: str, typed: str, step: Step, seen: int | None = None) -> Return:
        """Take a step with a return and write it; one that changes nothing writes nothing."""
        entry: Event | None = None
        for _ in range(ATTEMPTS):
            current = self.find(merchant, typed)
            if entry and entry in current.timeline:
                return current  # It was written, but the answer was lost and the SDK asked again.
            if seen is not None and len(current.timeline) != seen:
                raise Overtaken(f"{current.id} was changed meanwhile")
            following = step(current)
            if following is current or self.returns.change(following):
                return following
            entry = following.timeline[-1] if len(following.timeline) > len(current.timeline) else None
        raise Busy("the return is being written by others")

    def _inspected(self, current: Return, found: Mapping[str, Found], by: str, note: str, at: datetime) -> Return:
        inspections = {line_id: self._inspection(current, line_id, each, by, at) for line_id, each in found.items()}
        return inspected(current, inspections, resolve_by=self._resolve_by(current, at), by=by, note=note, at=at)

    def _inspection(self, current: Return, line_id: str, found: Found, by: str, at: datetime) -> Inspection:
        full = self.worth(current, line_id, current.line(line_id).arrived)
        if found.verdict == "reduced" and not 0 < found.reduction <= full:
            raise LifecycleError("inspect", "too_much")
        reduction = {"accepted": Decimal(0), "refused": full}.get(found.verdict, found.reduction)
        return Inspection.model_validate(
            {
                "condition": found.condition, "verdict": found.verdict, "value": full - reduction, "reduction": reduction,
                "reason": found.reason, "at": at, "by": by,
            }
        )  # fmt: skip

    def _resolve_by(self, current: Return, at: datetime) -> datetime | None:
        """Return until when the policy promises to settle what was inspected at this moment, the longest of its promises."""
        policy = self.policy(current)
        rules = [rule for clause in policy.clauses for rule in clause.rules] if policy else []
        days = [rule.resolve_within.business_days[1] for rule in rules if rule.resolve_within]
        window = Window.model_validate({"business_days": max(days), "from": "request"}) if days else None
        return window.end(at, self.shops[current.merchant].merchant) if window else None

    def _check_not_elsewhere(self, current: Return, counts: Mapping[str, int]) -> None:
        """Raise LifecycleError if an expired line's units are on their way, or back, under another return."""
        late = [line for line in current.standing("expired") if counts.get(line.line.id)]
        if not late:
            return
        _, made = self.returns.order_with_returns(current.merchant, current.order_number)
        for line in late:
            held = sum(each.reserved(line.line.id) for each in made if each.slot != current.slot)
            if held + counts[line.line.id] > line.line.quantity:
                raise LifecycleError("receive", "elsewhere")

    def _by_rma(self, merchant: str, typed: str) -> Return | None:
        try:
            return self.returns.by_rma(merchant, parse_rma(typed))
        except InvalidRma as error:
            hints = {
                "length": "an RMA number has sixteen letters and digits",
                "alphabet": "an RMA number has no such letter",
                "check": "a character is wrong or two have changed places",
            }
            raise NotFound(f"{typed!r} is not an RMA number: {hints[error.why]}", error.why) from None
