"""What cannot be meant in a policy whose every clause has its right shape: names that lead nowhere, rules that never apply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chalicelib.domain.advice import Loc
from chalicelib.domain.clauses import KINDS, Clause, Rule
from chalicelib.domain.matching import keys
from chalicelib.domain.merchant import Merchant
from chalicelib.domain.mistakes import Mistake
from chalicelib.domain.policy import time_windows, topics_of
from chalicelib.domain.verdicts import OutcomeKind

Numbered = Sequence[tuple[int, Clause]]
"""Clauses with their places in the file; those without the right shape are left out."""

_DECIDED_BY_FIRST = ("shipping", "send_within", "price", "due")


def senseless(clauses: Numbered, merchant: Merchant | None) -> Iterator[Mistake]:
    """Yield what is wrong inside single clauses, and between them."""
    for place, clause in clauses:
        for number, rule in enumerate(clause.rules):
            loc: Loc = ("clauses", place, "rules", number)
            yield from _empty(rule, loc)
            yield from _timed(rule, loc)
            if merchant is not None:
                yield from _impossible(rule, merchant, loc)
    yield from _overrides(clauses)
    yield from _unreachable(clauses)


def _empty(rule: Rule, loc: Loc) -> Iterator[Mistake]:
    effects = rule.model_fields_set - {"when"}
    if not effects:
        yield Mistake(
            (*loc, "when"), "it says when, and then nothing; add what happens, such as grants or shipping, or leave when out"
        )


def _timed(rule: Rule, loc: Loc) -> Iterator[Mistake]:
    windows = time_windows(rule)
    # What is granted only later has its last day all the same, if it has a window.
    later = rule.when is not None and windows == [rule.when.after] and rule.window and not rule.refuses
    if (rule.grants or rule.refuses) and windows and not later:
        words = "what is granted or refused for a time must say so as its window, or no deadline can be shown"
        yield Mistake((*loc, "when"), f"{words}; write the window beside grants, not inside when")


def _impossible(rule: Rule, merchant: Merchant, loc: Loc) -> Iterator[Mistake]:
    when = rule.when
    if when is None:
        return
    if when.method == ("store",) and "store" not in merchant.methods:
        yield Mistake((*loc, "when", "method"), "the shop has no store, so this never applies; add [[stores]] to merchant.toml")
    for low, high in (("price_at_least", "price_at_most"), ("order_total_at_least", "order_total_at_most")):
        least, most = getattr(when, low), getattr(when, high)
        if least is not None and most is not None and least > most:
            yield Mistake((*loc, "when", low), f"{low} {least} is above {high} {most}, so this never applies; exchange them")


def _overrides(clauses: Numbered) -> Iterator[Mistake]:
    by_id = {clause.id: clause for _, clause in clauses}
    for place, clause in clauses:
        for number, rule in enumerate(clause.rules):
            loc: Loc = ("clauses", place, "rules", number)
            for name in rule.overrides:
                if name in by_id and (words := _wrongly_overridden(clause, rule, by_id[name])):
                    yield Mistake((*loc, "overrides"), words)
            for key, names in (("with", rule.with_), ("extends", rule.extends)):
                for name in names:
                    if name in by_id and not any(other.grants for other in by_id[name].rules):
                        yield Mistake((*loc, key), f"{name} grants nothing; name a clause that grants")
            if clause.id in rule.extends:
                yield Mistake((*loc, "extends"), "a clause cannot extend itself; leave its own id out")


def _wrongly_overridden(clause: Clause, rule: Rule, other: Clause) -> str | None:
    """Return what is wrong with overriding a clause, with how to mend it; None where it makes sense."""
    if other.id == clause.id:
        return "a clause cannot override itself; leave its own id out"
    topics = topics_of(rule)
    if topics and topics.isdisjoint(topic for one in other.rules for topic in topics_of(one)):
        return f"this and {other.id} speak of different things, so there is nothing to override; leave {other.id} out"
    if any(clause.id in one.overrides and not topics.isdisjoint(topics_of(one)) for one in other.rules):
        return f"this and {other.id} override each other, so neither is heard; keep one of the two"
    return None


def _unreachable(clauses: Numbered) -> Iterator[Mistake]:
    settled: dict[str, str] = {}
    for place, clause in clauses:
        for number, rule in enumerate(clause.rules):
            for topic in _DECIDED_BY_FIRST:
                if getattr(rule, topic) is None:
                    continue
                if topic in settled and not rule.overrides:
                    words = f"clause {settled[topic]} above already says it for everything, so this is never heard"
                    yield Mistake(
                        ("clauses", place, "rules", number, topic), f"{words}; put this before it, or give that one a when"
                    )
                elif not keys(rule.when):
                    settled.setdefault(topic, clause.id)


def unfounded(outcomes: Sequence[OutcomeKind], conditions: Iterable[str], clauses: Numbered) -> Iterator[Mistake]:
    """Yield outcomes that nothing grants or that are granted unannounced, and conditions that no clause requires."""
    yield from _unannounced(outcomes, clauses)
    rules = [rule for _, clause in clauses for rule in clause.rules]
    required = {name for rule in rules for name in (*rule.requires, *(rule.when.unconfirmed if rule.when else ()))}
    for name in conditions:
        if name not in required:
            yield Mistake(("conditions", name), f'no clause requires "{name}"; let one require it, or take it out')


def _unannounced(outcomes: Sequence[OutcomeKind], clauses: Numbered) -> Iterator[Mistake]:
    granted: set[str] = set()
    for place, clause in clauses:
        for number, rule in enumerate(clause.rules):
            granted |= {*rule.grants, *rule.instead.values()}
            for key, kinds in _offered(rule):
                for kind in kinds:
                    if kind not in outcomes:
                        words = f'"{kind}" is not among the outcomes at the top of the file; add it there'
                        yield Mistake(("clauses", place, "rules", number, key), words)
    for position, kind in enumerate(outcomes):
        if kind in outcomes[:position]:
            yield Mistake(("outcomes",), f'"{kind}" is there twice; take one away')
        elif kind not in granted:
            yield Mistake(("outcomes",), f'no clause grants "{kind}"; take it out, or let a clause grant it')


def _offered(rule: Rule) -> Iterator[tuple[str, Iterable[OutcomeKind]]]:
    """Yield the outcomes that a rule takes for offered, with the key that names them."""
    yield "grants", rule.grants
    yield "instead", rule.instead.values()
    yield "expires_days", rule.expires_days
    if rule.fee is not None and set(rule.fee.outcomes) != set(KINDS):
        yield "fee", rule.fee.outcomes
