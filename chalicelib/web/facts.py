"""What a customer wants to know of a policy before anything else, in the words of its own clauses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from chalicelib.domain.clauses import EVERYTHING, KINDS, Clause, Group, Rule
from chalicelib.domain.policy import Policy

MOST_PER_TOPIC = 2


@lru_cache(maxsize=64)
def facts(policy: Policy) -> list[tuple[Group, list[Clause]]]:
    """Choose by topic the clauses to show first: what grants, what never comes back, what is kept, who pays."""
    topics: tuple[tuple[Group, list[Clause]], ...] = (
        ("how_long", _windows(policy)),
        ("excluded", _telling(policy, "excluded", (_excludes, _reviews))),
        ("money", _telling(policy, "money", (_charges, _denies))[:1]),
        ("sending", _telling(policy, "sending", (_says_who_pays,))[:1]),
    )
    return [(group, clauses[:MOST_PER_TOPIC]) for group, clauses in topics if clauses]


def _windows(policy: Policy) -> list[Clause]:
    """The first clause that opens a window, and those that put another in its place or make it longer."""
    opening = [clause for clause in _group(policy, "how_long") if any(rule.window for rule in clause.rules)]
    first = opening[:1]
    return first + [clause for clause in opening[1:] if any(_replaces(rule, first[0]) for rule in clause.rules)]


def _replaces(rule: Rule, clause: Clause) -> bool:
    return not {clause.id, *EVERYTHING}.isdisjoint((*rule.overrides, *rule.extends))


def _telling(policy: Policy, group: Group, tests: Sequence[Callable[[Clause], bool]]) -> list[Clause]:
    """The clauses of a group that pass the first test that any of them passes, or else the group's first clause."""
    clauses = _group(policy, group)
    for test in tests:
        if found := [clause for clause in clauses if test(clause)]:
            return found
    return clauses[:1]


def _group(policy: Policy, group: Group) -> list[Clause]:
    return [clause for clause in policy.clauses if clause.group == group]


def _excludes(clause: Clause) -> bool:
    return any(set(rule.refuses) == set(KINDS) for rule in clause.rules)


def _reviews(clause: Clause) -> bool:
    return any(rule.review for rule in clause.rules)


def _charges(clause: Clause) -> bool:
    return any(rule.fee for rule in clause.rules)


def _denies(clause: Clause) -> bool:
    return any(rule.refuses for rule in clause.rules)


def _says_who_pays(clause: Clause) -> bool:
    return any(rule.shipping for rule in clause.rules)
