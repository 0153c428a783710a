"""A shop's policy as it is asked: the clauses of one file, with every rule made ready once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from chalicelib.domain.clauses import EVERYTHING, KINDS, REASONS, Clause, PolicyFile, Rule
from chalicelib.domain.matching import ORDER_KEYS, Facts, Test, compiled, keys, parts
from chalicelib.domain.merchant import Merchant, Texts
from chalicelib.domain.orders import SHOP_FAULT, Reason
from chalicelib.domain.verdicts import Approval, OutcomeKind
from chalicelib.domain.windows import Window

Topic = str
"""What a rule speaks of: an outcome's kind, or one of the keys in `_KEY_TOPICS`, or `review <kind>`."""

_KEY_TOPICS = ("requires", "fee", "shipping", "instead", "price", "expires_days", "send_within", "due", "photos")


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A rule that stands in a policy: its clause, the place of that clause in the file, and what it speaks of.

    `spoken` pairs its clause with each topic that it speaks of, `silences` holds the (clause, topic) pairs that it overrides;
    `by_order` says that the order alone decides whether it holds, so that neither waiting nor other answers change it.
    """

    clause: Clause
    place: int
    rule: Rule
    holds: Test | None
    spoken: tuple[tuple[str, Topic], ...]
    silences: frozenset[tuple[str, Topic]]
    by_order: bool
    grants: frozenset[OutcomeKind]
    refuses: frozenset[OutcomeKind]
    approval: Approval
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition of the goods: the question by language, and where it is asked."""

    text: Texts
    holds: Test | None

    def applies(self, facts: Facts) -> bool:
        """Say whether the question makes sense for a line."""
        return self.holds is None or self.holds(facts)


class Policy:
    """One dated policy of one shop; `sha256` is that of its file."""

    def __init__(self, merchant: Merchant, file: PolicyFile, sha256: str = "") -> None:
        self._file = file
        self.merchant = merchant
        self.sha256 = sha256
        self.effective: date = file.effective
        self.id = f"{merchant.slug}@{file.effective.isoformat()}"
        self.outcomes: tuple[OutcomeKind, ...] = file.outcomes
        self.clauses: tuple[Clause, ...] = file.clauses
        self.asked = {name: Asked(condition.text, compiled(condition.when)) for name, condition in file.conditions.items()}
        # Windows that say the same are one, so that its end is worked out once a decision.
        same: dict[Window, Window] = {}
        topics = {clause.id: frozenset().union(*(topics_of(rule) for rule in clause.rules)) for clause in file.clauses}
        self.statements = tuple(
            _statement(clause, place, rule, topics, same, self.asked, _overridden(clause, rule, file.clauses))
            for place, clause in enumerate(file.clauses)
            for rule in clause.rules
        )
        # A condition is also asked where not confirming it refuses nothing, but changes something.
        self.questions = tuple(
            (compiled(one.rule.when), name)
            for one in self.statements
            if one.rule.when is not None
            for name in one.rule.when.unconfirmed
        )
        # Where a rule holds only for a time, what is heard later may differ from what is heard now.
        self.time_windows = tuple(window for statement in self.statements for window in time_windows(statement.rule))

    def __reduce__(self) -> tuple[type[Policy], tuple[Merchant, PolicyFile, str]]:
        return Policy, (self.merchant, self._file, self.sha256)

    def clause(self, clause_id: str) -> Clause:
        """Return the clause with this id; KeyError if the policy has none."""
        for clause in self.clauses:
            if clause.id == clause_id:
                return clause
        raise KeyError(clause_id)

    @cached_property
    def conditions(self) -> Mapping[str, Texts]:
        """What the customer is asked to confirm, by the condition's name and then by language."""
        return {name: asked.text for name, asked in self.asked.items()}

    @cached_property
    def alike(self) -> Mapping[Reason, Reason]:
        """Of each reason the first one that decides the same, whatever else is asked: no clause tells the two apart."""
        whens = [*(one.rule.when for one in self.statements), *(condition.when for condition in self._file.conditions.values())]
        # Whether the shop is at fault decides by itself what is asked of the customer (R7).
        told_apart = {SHOP_FAULT, *(part.reasons for when in whens for part in parts(when))}
        first: dict[tuple[bool, ...], Reason] = {}
        return {reason: first.setdefault(tuple(reason in named for named in told_apart), reason) for reason in REASONS}

    @cached_property
    def arrives_within(self) -> tuple[int, int] | None:
        """Business days in which an order arrives, fewest and most; None where the policy promises none."""
        spans = [rule.arrives_within for clause in self.clauses for rule in clause.rules if rule.arrives_within]
        return spans[0].business_days if spans else None

    @cached_property
    def resolve_within(self) -> tuple[int, int] | None:
        """Business days after inspection in which the shop settles, fewest and most; None where it promises none."""
        spans = [rule.resolve_within for clause in self.clauses for rule in clause.rules if rule.resolve_within]
        return spans[0].business_days if spans else None


def topics_of(rule: Rule) -> frozenset[Topic]:
    """Return what a rule speaks of."""
    topics: set[Topic] = {*rule.grants, *rule.refuses, *(f"review {kind}" for kind in rule.review)}
    topics |= {key for key in _KEY_TOPICS if getattr(rule, key)}
    return frozenset(topics)


def _statement(
    clause: Clause,
    place: int,
    rule: Rule,
    topics: Mapping[str, frozenset[Topic]],
    same: dict[Window, Window],
    asked: Mapping[str, Asked],
    overrides: tuple[str, ...],
) -> Statement:
    own = topics_of(rule)
    silences = set()
    for overridden in overrides:
        # Who decides over an outcome decides over its review too; a clause that only overrides takes back everything.
        spoken = own | {f"review {kind}" for kind in own & set(KINDS)} if own else topics.get(overridden, frozenset())
        silences |= {(overridden, topic) for topic in spoken}
    return Statement(
        clause=clause,
        place=place,
        rule=rule,
        holds=_holds(rule, asked),
        spoken=tuple((clause.id, topic) for topic in own),
        silences=frozenset(silences),
        by_order=keys(rule.when) <= ORDER_KEYS,
        grants=frozenset(rule.grants),
        refuses=frozenset(rule.refuses),
        approval=rule.approval or "automatic",
        windows=tuple(same.setdefault(window, window) for window in rule.window),
    )


def _overridden(clause: Clause, rule: Rule, clauses: Sequence[Clause]) -> tuple[str, ...]:
    """Return the clauses that a rule overrides; `"everything"` leaves out those that override this clause in their turn.

    Two clauses that refuse do not contradict each other, so everything is then only what grants.
    """
    if rule.overrides != EVERYTHING:
        return rule.overrides
    refuses = rule.refuses and not rule.grants
    return tuple(
        other.id
        for other in clauses
        if other.id != clause.id
        and not any(clause.id in one.overrides or one.overrides == EVERYTHING for one in other.rules)
        and (not refuses or any(one.grants for one in other.rules))
    )


def _holds(rule: Rule, asked: Mapping[str, Asked]) -> Test | None:
    """Return the function that says whether a rule holds, what the customer did not confirm included."""
    holds = compiled(rule.when)
    if rule.when is None or not rule.when.unconfirmed:
        return holds
    missing = rule.when.unconfirmed

    def test(facts: Facts) -> bool:
        confirmed = facts.asked.attested
        # Before anything was asked every condition counts as confirmed, and where the shop is at fault none is asked.
        if confirmed is None or facts.asked.shop_fault or not (holds is None or holds(facts)):
            return False
        return any(name not in confirmed and asked[name].applies(facts) for name in missing)

    return test


def time_windows(rule: Rule) -> list[Window]:
    """Return the windows inside a rule's `when`, which make it hold only for a time."""
    return [window for part in parts(rule.when) for window in (part.within, part.after) if window]
