"""What is no mistake in a policy but may surprise its shop."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from chalicelib.domain.clauses import EVERYTHING, Clause, PolicyFile, Rule, When
from chalicelib.domain.windows import Window

# Of these a line, an order or a request has only one, so that two lists without a common word never hold together.
_ONE_OF = ("channel", "country", "currency", "from_country", "reasons", "method", "proof")
_NAMED = (*_ONE_OF, "category", "tag", "order_tag")


def notes(file: PolicyFile) -> list[str]:
    """Return what is no mistake but may surprise, a line for each."""
    return [*_closing_too_soon(file), *_undecided(file)]


def _closing_too_soon(file: PolicyFile) -> list[str]:
    """Windows from the purchase that close before an order can arrive."""
    rules = [(clause.id, rule) for clause in file.clauses for rule in clause.rules]
    promises = [(name, rule.arrives_within.business_days[0]) for name, rule in rules if rule.arrives_within]
    if not promises:
        return []
    promise, soonest = promises[0]
    return [
        f"clause {name}: its window from the purchase can close before an online order arrives "
        f"(clause {promise}: {soonest} business days at the soonest)"
        for name, rule in rules
        for window in rule.window
        if window.from_ == "purchase" and _days(window) <= soonest and _for_online(rule)
    ]


def _for_online(rule: Rule) -> bool:
    return rule.when is None or not rule.when.channel or "online" in rule.when.channel


def _days(window: Window) -> float:
    return window.days or window.business_days or (window.months or 0) * 30 or (window.hours or 0) / 24


def _undecided(file: PolicyFile) -> Iterator[str]:
    """Grants of one outcome with different windows, where nothing says which of them counts."""
    told = set()
    for one, other in combinations(file.clauses, 2):
        for first in one.rules:
            for second in other.rules:
                kinds = [kind for kind in first.grants if kind in second.grants]
                settled = _settles(first, other) or _settles(second, one)
                if kinds and first.window != second.window and not settled and not _apart(first.when, second.when):
                    told.add((one.id, other.id))
    for one_id, other_id in sorted(told):
        yield (
            f"clauses {one_id} and {other_id} grant the same for different times; between their ends a person decides, "
            "unless one of them overrides or extends the other"
        )


def _settles(rule: Rule, other: Clause) -> bool:
    """Say whether a rule says how it stands to another clause."""
    return not {other.id, *EVERYTHING}.isdisjoint((*rule.overrides, *rule.extends))


def _apart(one: When | None, other: When | None) -> bool:
    """Say whether two conditions clearly never hold together; where that is hard to tell, that they may."""
    if one is None or other is None:
        return False
    for key in _ONE_OF:
        these, those = set(getattr(one, key)), set(getattr(other, key))
        if these and those and these.isdisjoint(those):
            return True
    return _denied(one, other) or _denied(other, one)


def _denied(one: When, other: When) -> bool:
    """Say whether `other` asks for just what the `not` of `one` excludes."""
    if one.not_ is None or len(one.not_.model_fields_set) != 1:
        return False
    return any(set(getattr(other, key)) and set(getattr(other, key)) <= set(getattr(one.not_, key)) for key in _NAMED)
