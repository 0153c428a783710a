"""Who is heard on one line: the clauses that apply, less those overridden, and what they say of each outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.domain.clauses import EVERYTHING
from chalicelib.domain.matching import Facts
from chalicelib.domain.policy import Policy, Statement, Topic
from chalicelib.domain.verdicts import Approval, OutcomeKind

Opening = Literal["open", "closed", "waiting"]
"""A window is open, closed for good, or waiting for its anchor (R3)."""

_INSTANT = timedelta(microseconds=1)


@dataclass(slots=True)
class Standing:
    """How one outcome stands at a moment: the statements that grant it, deny it, and leave it to a person."""

    grants: list[Statement]
    denials: list[Statement]
    limits: list[Statement]

    @property
    def approval(self) -> Approval | None:
        """None where nothing grants; `review` where clauses disagree (R2), a clause says so, or every grant does."""
        if not self.grants:
            return None
        if self.denials or self.limits or all(grant.approval == "review" for grant in self.grants):
            return "review"
        return "automatic"

    @property
    def basis(self) -> Statement:
        """The first grant in the file by which the outcome has its present approval."""
        if self.approval == "automatic":
            return next(grant for grant in self.grants if grant.approval == "automatic")
        return self.grants[0]


class Hearing:
    """The statements that apply to one line at `facts.at`, in the file's order."""

    __slots__ = ("facts", "heard", "instead", "policy", "price_doubt", "silenced", "speaking")

    def __init__(self, facts: Facts, policy: Policy) -> None:
        self.facts = facts
        self.policy = policy
        self.speaking = [one for one in policy.statements if one.holds is None or one.holds(facts)]
        self.silenced: set[tuple[str, Topic]] = set()
        for statement in self.speaking:
            self.silenced |= statement.silences
        self.heard: dict[Topic, list[Statement]] = {}
        for statement in self.speaking:
            for spoken in statement.spoken:
                if spoken not in self.silenced:
                    self.heard.setdefault(spoken[1], []).append(statement)
        self.instead: dict[OutcomeKind, OutcomeKind] = {}
        for statement in self.says("instead"):
            self.instead |= statement.rule.instead
        self.price_doubt = self._price_doubt()

    def says(self, topic: Topic) -> Sequence[Statement]:
        """Return the statements on a topic that no other clause overrides, in the file's order."""
        return self.heard.get(topic, ())

    def first(self, topic: Topic) -> Statement | None:
        """Return the statement that decides a topic on which only one can: the first in the file."""
        heard = self.heard.get(topic)
        return heard[0] if heard else None

    def sources(self, kind: OutcomeKind) -> tuple[OutcomeKind, ...]:
        """Return the outcomes in the clauses' words that this customer gets as `kind` (a gift card for store credit)."""
        if not self.instead:
            return (kind,)
        own: tuple[OutcomeKind, ...] = () if kind in self.instead else (kind,)
        return own + tuple(source for source, given in self.instead.items() if given == kind)

    def opening(self, statement: Statement, at: datetime) -> Opening:
        """Say whether a grant is open at a moment; of several windows the one that closes last counts."""
        waiting = False
        for window in statement.windows:
            end = self.facts.end(window)
            if end is None:
                waiting = True
            elif at <= end:
                return "open"
        if not statement.windows:
            return "open"
        return "waiting" if waiting else "closed"

    def standing(self, kind: OutcomeKind, at: datetime) -> Standing:
        """Return what the clauses heard now say of an outcome at a moment.

        Where it is given both for itself and in place of another, what speaks against one way does not bar the other.
        """
        ways = [self._standing(source, at) for source in self.sources(kind)]
        if len(ways) == 1:
            return ways[0]
        best = [way for way in ways if way.approval == "automatic"] or [way for way in ways if way.grants] or ways
        return Standing(
            [grant for way in best for grant in way.grants],
            [denial for way in best for denial in way.denials],
            [limit for way in best for limit in way.limits],
        )

    def _standing(self, source: OutcomeKind, at: datetime) -> Standing:
        grants: list[Statement] = []
        denials: list[Statement] = []
        closed: list[Statement] = []
        for statement in self.says(source):
            if source in statement.refuses:
                denials.append(statement)
            if source in statement.grants:
                opening = self.opening(statement, at)
                if opening == "open":
                    grants.append(statement)
                elif opening == "closed":
                    closed.append(statement)
        if closed:
            # A clause with a second window that is still open does not contradict itself, nor one that another extends.
            open_places = {grant.place for grant in grants}
            extended = {name for grant in grants for name in grant.rule.extends}
            if extended.isdisjoint(EVERYTHING):
                denials += [one for one in closed if one.place not in open_places and one.clause.id not in extended]
        limits = [*self.says(f"review {source}"), *([] if self.price_doubt is None else [self.price_doubt])]
        return Standing(grants, denials, limits)

    def _price_doubt(self) -> Statement | None:
        """Return the clause that puts a price in place of the one paid, where that is unknown and a person must decide."""
        statement = self.first("price")
        if statement is None or statement.rule.price is None or self.facts.line.lowest_price_14d is not None:
            return None
        return statement if statement.rule.price.if_unknown == "review" else None

    def lasts_until(self, kind: OutcomeKind, approval: Approval) -> datetime | None:
        """Return the last instant at which an outcome still has the approval that it has now; None if nothing ends it."""
        windows = [window for source in self.sources(kind) for grant in self.says(source) for window in grant.windows]
        ends = {self.facts.end(window) for window in (*windows, *self.policy.time_windows)}
        for end in sorted(end for end in ends if end is not None and end >= self.facts.at):
            later = self._at(end + _INSTANT).standing(kind, end + _INSTANT).approval
            if later is None or (approval == "automatic" and later == "review"):
                return end
        return None

    def _at(self, moment: datetime) -> Hearing:
        if not self.policy.time_windows:
            return self
        return Hearing(replace(self.facts, at=moment), self.policy)
