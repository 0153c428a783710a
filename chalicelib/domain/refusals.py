"""Why a line is refused: which clauses refuse it, in which order they are shown (R6), and when it became too late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.hearing import Hearing
from chalicelib.domain.policy import Statement
from chalicelib.domain.verdicts import Cause, OutcomeKind


@dataclass(slots=True)
class Refusal:
    """A refusal: its cause, the statements that refuse with the first to be shown first, and the grants that came to nothing.

    `closed_at` is the end of the last window, in UTC; None unless the line is late.
    """

    cause: Cause
    statements: list[Statement]
    grants: list[Statement]
    closed_at: datetime | None = None


def refusal(hearing: Hearing) -> Refusal:
    """Return why nothing is open for a line of which `hearing` offers no outcome."""
    grants = _grants(hearing, barred=False)
    kinds = frozenset[OutcomeKind]().union(*(grant.grants for grant in grants))
    refusing = [one for one in hearing.speaking if refused_by(hearing, one) & (kinds or one.refuses)]
    excluding = [one for one in refusing if one.by_order]
    if kinds and kinds <= frozenset[OutcomeKind]().union(*(refused_by(hearing, one) for one in excluding)):
        # A clause that excludes the goods altogether says more than one that takes away a single outcome.
        whole = [one for one in excluding if kinds <= one.refuses] or excluding
        waiting, closed = _shut(hearing, grants)
        return Refusal("excluded", [*whole, *waiting, *closed, *(one for one in refusing if one not in whole)], grants)
    grants = _grants(hearing, barred=True) or grants
    waiting, closed = _shut(hearing, grants)
    if grants and len(waiting) + len(closed) == len(grants):
        if waiting:
            return Refusal("not_delivered", [*waiting, *closed, *refusing], grants)
        ends = [end for grant in closed for window in grant.windows if (end := hearing.facts.end(window)) is not None]
        return Refusal("late", [*closed, *refusing], grants, max(ends))
    return Refusal("answers" if grants and refusing else "not_offered", [*refusing, *waiting, *closed], grants)


def _shut(hearing: Hearing, grants: list[Statement]) -> tuple[list[Statement], list[Statement]]:
    """Return the grants whose windows wait for delivery, and those whose windows have closed."""
    openings = [(grant, hearing.opening(grant, hearing.facts.at)) for grant in grants]
    return [grant for grant, how in openings if how == "waiting"], [grant for grant, how in openings if how == "closed"]


def _grants(hearing: Hearing, *, barred: bool) -> list[Statement]:
    """Return the grants that speak to this line, those among them that only an answer overrides.

    A grant that another one replaces is gone. One that a refusal overrides still tells until when it was open; with `barred`
    only where the refusal came from an answer, which the customer could give differently.
    """
    gone: set[tuple[str, str]] = set()
    for statement in hearing.speaking:
        if statement.silences:
            topics = statement.grants | (statement.refuses if barred and statement.by_order else frozenset())
            gone |= {(clause, topic) for clause, topic in statement.silences if topic in topics}
    return [
        one for one in hearing.speaking if any((one.clause.id, kind) not in gone and _kept(hearing, kind) for kind in one.grants)
    ]


def _kept(hearing: Hearing, kind: OutcomeKind) -> bool:
    return hearing.instead.get(kind, kind) in hearing.policy.outcomes


def refused_by(hearing: Hearing, statement: Statement) -> frozenset[OutcomeKind]:
    """Return the outcomes that a statement refuses and no other clause lets it."""
    if not statement.refuses:
        return statement.refuses
    return frozenset(kind for kind in statement.refuses if (statement.clause.id, kind) not in hearing.silenced)
