"""What clauses say beside each other: longer times, everything overridden, later credit, and answers that cost something."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.policy_check import policy_notes
from tests.domain.shopmaking import ask, policy, worded
from tests.domain.test_language import DAY_30, DAY_31, IN_TIME, REFUND_30, value, verdict

TWO_WAYS = (
    REFUND_30
    + """
[[clauses]]
id = "christmas"
when = { purchased = { from = 2026-02-01, to = 2026-03-15 } }
grants = ["refund"]
window = { until = 2026-04-20 }
extends = "everything"
[[clauses]]
id = "members"
when = { order_tag = "member" }
grants = ["refund"]
window = { days = 60, from = "delivery" }
extends = ["thirty", "christmas"]
"""
)


@pytest.mark.parametrize(
    ("at", "tags", "expected"),
    [
        ("2026-04-20T23:59:59+02:00", [], "approved refund"),
        ("2026-04-21T00:00:00+02:00", [], "refused late"),
        ("2026-04-20T23:59:59+02:00", ["member"], "approved refund"),
        ("2026-05-04T23:59:59+02:00", ["member"], "approved refund"),
        ("2026-05-05T00:00:00+02:00", ["member"], "refused late"),
    ],
)
def test_of_clauses_that_extend_each_other_the_longest_counts(at: str, tags: list[str], expected: str) -> None:
    assert verdict(TWO_WAYS, at, tags=tags) == expected


def test_the_deadline_is_that_of_the_longest_clause() -> None:
    line = ask(policy(TWO_WAYS), IN_TIME, tags=["member"]).lines[0]
    assert str(line.request_by) == "2026-05-04 23:59:59.999999+02:00"


def test_windows_of_which_none_is_said_to_count_leave_it_to_a_person_and_are_noted() -> None:
    text = TWO_WAYS.replace('extends = ["thirty", "christmas"]', 'extends = ["thirty"]').replace('extends = "everything"\n', "")
    assert verdict(text, "2026-05-01T12:00:00+02:00", tags=["member"]) == "review refund?"
    assert [note.split(" grant ")[0] for note in policy_notes(f"effective = 2026-01-01\n{worded(text)}")] == [
        "clauses christmas and members",
        "clauses thirty and christmas",
    ]


@pytest.mark.parametrize(
    ("one", "other", "noted"),
    [
        ('tag = "a"', 'tag = "b"', 1),
        ('country = "DE"', 'country = ["FR", "ES"]', 0),
        ('reason = "size"', 'reason = "shop_fault"', 0),
        ('not = { category = ["a", "b"] }', 'category = "a"', 0),
        ('not = { category = "a", tag = "b" }', 'category = "a"', 1),
        ('channel = "online"', "price_at_least = 5", 1),
    ],
)
def test_only_what_may_hold_together_is_noted(one: str, other: str, noted: int) -> None:
    clauses = "".join(
        f'[[clauses]]\nid = "{name}"\ngroup = "money"\ntext.en = "x"\nwhen = {{ {when} }}\n'
        f'grants = "refund"\nwindow = {{ days = {len(name)}, from = "delivery" }}\n'
        for name, when in (("one", one), ("other", other))
    )
    assert len(policy_notes(f'effective = 2026-01-01\noutcomes = "refund"\n{clauses}')) == noted


def test_a_clause_overrides_everything_but_what_overrides_it() -> None:
    text = (
        TWO_WAYS
        + """
[[clauses]]
id = "final"
when = { tag = "sale" }
refuses = "everything"
overrides = "everything"
[[clauses]]
id = "marketplace"
when = { tag = "partner" }
refuses = "everything"
overrides = "everything"
[[clauses]]
id = "broken"
when = { reason = "shop_fault" }
grants = ["refund"]
window = { days = 60, from = "delivery" }
overrides = ["final", "thirty", "christmas", "members"]
"""
    )
    assert verdict(text, tags=["member"], line={"tags": ["sale"]}) == "refused excluded"
    assert verdict(text, line={"tags": ["sale", "partner"]}) == "refused excluded"
    assert [say.id for say in ask(policy(text), IN_TIME, line={"tags": ["sale", "partner"]}).lines[0].clauses] == [
        "final",
        "marketplace",
    ]
    assert verdict(text, line={"tags": ["sale"]}, wish={"reason": "damaged"}) == "approved refund"
    assert verdict(text, line={"tags": ["sale", "partner"]}, wish={"reason": "damaged"}) == "refused excluded"


LATER_CREDIT = """
outcomes = ["store_credit", "refund"]
[[clauses]]
id = "thirty"
grants = ["refund"]
window = { days = 30, from = "delivery" }
[[clauses]]
id = "late"
when = { after = { days = 30, from = "delivery" } }
grants = ["store_credit"]
window = { days = 90, from = "delivery" }
"""


def test_store_credit_only_once_the_time_for_refunds_is_over() -> None:
    assert verdict(LATER_CREDIT, DAY_30) == "approved refund"
    assert verdict(LATER_CREDIT, DAY_31) == "approved store_credit"
    assert verdict(LATER_CREDIT, "2026-06-03T23:59:59+02:00") == "approved store_credit"
    assert verdict(LATER_CREDIT, "2026-06-04T00:00:00+02:00") == "refused late"
    assert verdict(LATER_CREDIT, DAY_31, delivered_at=None) == "refused not_delivered"
    assert str(ask(policy(LATER_CREDIT), IN_TIME).lines[0].request_by) == DAY_30.replace("T", " ")


def test_what_is_given_in_place_of_another_is_not_barred_by_the_end_of_that() -> None:
    text = (
        LATER_CREDIT
        + """[[clauses]]
id = "gift"
when = { proof = "gift_receipt" }
instead = { refund = "store_credit" }
"""
    )
    gift = {"proof": "gift_receipt"}
    assert verdict(text, DAY_30, request=gift) == "approved store_credit"
    assert verdict(text, DAY_31, request=gift) == "approved store_credit"
    assert verdict(text, "2026-06-04T00:00:00+02:00", request=gift) == "refused late"


OPENED = (
    """
[conditions.unused]
en = "It is unused."
[conditions.sealed]
en = "It was never opened."
when = { category = "electronics" }
"""
    + REFUND_30.replace('outcomes = ["refund"]', "")
    + """requires = ["unused"]
[[clauses]]
id = "opened"
when = { unconfirmed = "sealed" }
"""
)
ELECTRONICS = {"categories": ["electronics"]}


@pytest.mark.parametrize(
    ("attested", "reason", "line", "left"),
    [
        (None, "size", ELECTRONICS, "100.00"),
        (["unused", "sealed"], "size", ELECTRONICS, "100.00"),
        (["unused"], "size", ELECTRONICS, "85.00"),
        (["unused"], "size", {}, "100.00"),
        ([], "defective", ELECTRONICS, "100.00"),
    ],
)
def test_what_was_opened_costs_a_fee(attested: list[str] | None, reason: str, line: dict[str, Any], left: str) -> None:
    text = 'outcomes = ["refund"]' + OPENED + 'fee = { kind = "opened", percent = 15, minimum = 5, maximum = 50 }'
    assert value(text, line=line, wish={"attested": attested, "reason": reason}) == left


def test_a_condition_that_only_costs_something_is_asked_where_it_may() -> None:
    rules = policy('outcomes = ["refund"]' + OPENED + 'fee = { kind = "opened", amount = 5 }')
    assert ask(rules, IN_TIME, line=ELECTRONICS).lines[0].required == ("unused", "sealed")
    assert ask(rules, IN_TIME, line=ELECTRONICS, wish={"attested": ["unused"]}).lines[0].required == ("unused", "sealed")
    assert ask(rules, IN_TIME).lines[0].required == ("unused",)
    assert ask(rules, IN_TIME, line=ELECTRONICS, wish={"reason": "damaged"}).lines[0].required == ()


def test_what_was_opened_may_need_a_person_or_have_no_refund() -> None:
    opened = {"attested": ["unused"]}
    watched = 'outcomes = ["refund"]' + OPENED + 'review = "everything"'
    assert verdict(watched, line=ELECTRONICS, wish=opened) == "review refund?"
    barred = 'outcomes = ["refund"]' + OPENED + 'refuses = ["refund"]\noverrides = "everything"'
    assert verdict(barred, line=ELECTRONICS, wish=opened) == "refused answers"
    assert verdict(barred, line=ELECTRONICS) == "approved refund"
