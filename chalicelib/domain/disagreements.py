"""Where a policy says two things of one outcome (R2): which of a decided line's clauses grant it, and which speak against it."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.clauses import Rule
from chalicelib.domain.policy import Policy
from chalicelib.domain.verdicts import ClauseSay, LineDecision, OutcomeKind


@dataclass(frozen=True, slots=True)
class Sides:
    """The clauses for and those against one outcome, in the policy's order."""

    grants: tuple[ClauseSay, ...]
    refuses: tuple[ClauseSay, ...]


def sides(decision: LineDecision, kind: OutcomeKind, policy: Policy | None) -> Sides | None:
    """Return both sides of a disagreement about an outcome, None if there is none.

    A decision keeps its clauses, but not of which outcome they spoke: that is read from the policy. A clause that grants an
    outcome speaks against it once its time is over. Where the policy is not at hand, every clause counts for every outcome.
    """
    if not any(outcome.kind == kind and outcome.approval == "review" for outcome in decision.outcomes):
        return None
    rules = {clause.id: clause.rules for clause in policy.clauses} if policy else {}
    meant = {
        kind,
        *(source for each in rules.values() for rule in each for source, given in rule.instead.items() if given == kind),
    }

    def about(say: ClauseSay) -> bool:
        return say.id not in rules or any(_speaks_of(rule, meant) for rule in rules[say.id])

    grants = tuple(say for say in decision.clauses if say.effect == "grants" and about(say))
    refuses = tuple(say for say in decision.clauses if say.effect == "refuses" and about(say))
    return Sides(grants, refuses) if grants and refuses else None


def _speaks_of(rule: Rule, kinds: set[OutcomeKind]) -> bool:
    return not kinds.isdisjoint((*rule.grants, *rule.refuses))
