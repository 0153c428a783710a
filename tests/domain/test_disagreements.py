"""Both sides of what a policy says twice (R2), outcome by outcome."""

from __future__ import annotations

from chalicelib.domain.disagreements import sides
from tests.domain.shopmaking import ask, policy

RULES = """
outcomes = ["exchange", "refund"]
[[clauses]]
id = "short"
grants = "exchange"
window = { days = 14, from = "delivery" }
[[clauses]]
id = "long"
grants = "exchange"
window = { days = 30, from = "delivery" }
[[clauses]]
id = "money"
grants = "refund"
window = { days = 30, from = "delivery" }
[[clauses]]
id = "asked"
grants = "refund"
approval = "review"
[[clauses]]
id = "parcels"
shipping = "merchant"
"""


def named(says: tuple[object, ...]) -> list[str]:
    return [say.id for say in says]  # type: ignore[attr-defined]


def test_the_clauses_for_an_outcome_stand_against_those_whose_time_is_over() -> None:
    rules = policy(RULES)
    (decision,) = ask(rules, "2026-03-22T12:00:00+01:00").lines
    both = sides(decision, "exchange", rules)
    assert both is not None
    assert (named(both.grants), named(both.refuses)) == (["long"], ["short"])


def test_an_outcome_of_which_nobody_says_no_has_no_sides() -> None:
    rules = policy(RULES)
    (decision,) = ask(rules, "2026-03-22T12:00:00+01:00").lines
    assert sides(decision, "refund", rules) is None
    (early,) = ask(rules, "2026-03-03T12:00:00+01:00").lines
    assert sides(early, "exchange", rules) is None
    assert sides(early, "gift_card", rules) is None


def test_without_the_policy_every_clause_is_shown() -> None:
    (decision,) = ask(policy(RULES), "2026-03-22T12:00:00+01:00").lines
    both = sides(decision, "exchange", None)
    assert both is not None
    assert {"long", "money", "parcels"} <= set(named(both.grants))
