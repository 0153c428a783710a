"""The policy language says what published policies say: each test writes one down and asks it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.domain.shopmaking import ask, brief, policy

REFUND_30 = """
outcomes = ["refund"]
[[clauses]]
id = "thirty"
grants = ["refund"]
window = { days = 30, from = "delivery" }
"""
IN_TIME = "2026-03-10T12:00:00+01:00"
DAY_30 = "2026-04-04T23:59:59.999999+02:00"
DAY_31 = "2026-04-05T00:00:00+02:00"


def verdict(text: str, at: str = IN_TIME, **changes: Any) -> str:
    """Return in brief what a policy says of one line."""
    return brief(ask(policy(text), at, **changes))


def value(text: str, at: str = IN_TIME, kind: str = "refund", **changes: Any) -> str:
    """Return what one line is worth."""
    outcomes = ask(policy(text), at, **changes).lines[0].outcomes
    return str(next(outcome.value for outcome in outcomes if outcome.kind == kind))


def test_thirty_days_from_delivery() -> None:
    assert verdict(REFUND_30, DAY_30) == "approved refund"
    assert verdict(REFUND_30, DAY_31) == "refused late"
    assert verdict(REFUND_30, DAY_31, delivered_at=None) == "refused not_delivered"


def test_what_is_bought_for_the_holidays_may_come_back_until_a_date_in_january() -> None:
    holidays = (
        REFUND_30
        + """
[[clauses]]
id = "holidays"
when = { purchased = { from = 2025-11-01, to = 2025-12-24 } }
grants = ["refund"]
window = [{ until = 2026-01-31 }, { days = 30, from = "delivery" }]
overrides = ["thirty"]
"""
    )
    november = {"placed_at": "2025-11-01T00:00:00+01:00", "delivered_at": "2025-11-04T12:00:00+01:00"}
    assert verdict(holidays, "2026-01-31T23:59:59+01:00", **november) == "approved refund"
    assert verdict(holidays, "2026-02-01T00:00:00+01:00", **november) == "refused late"
    before = {**november, "placed_at": "2025-10-31T23:59:59+01:00"}
    assert verdict(holidays, "2026-01-31T12:00:00+01:00", **before) == "refused late"
    late_parcel = {"placed_at": "2025-12-24T23:59:59+01:00", "delivered_at": "2026-01-20T12:00:00+01:00"}
    assert verdict(holidays, "2026-02-19T12:00:00+01:00", **late_parcel) == "approved refund"


def test_members_have_sixty_days() -> None:
    members = (
        REFUND_30
        + """
[[clauses]]
id = "members"
when = { order_tag = "member_gold" }
grants = ["refund"]
window = { days = 60, from = "delivery" }
overrides = ["thirty"]
"""
    )
    assert verdict(members, DAY_31) == "refused late"
    assert verdict(members, DAY_31, tags=["member_gold"]) == "approved refund"


def test_two_clauses_that_do_not_say_which_counts_leave_it_to_a_person() -> None:
    silent = (
        REFUND_30
        + """
[[clauses]]
id = "sixty"
grants = ["refund"]
window = { days = 60, from = "delivery" }
"""
    )
    decision = ask(policy(silent), DAY_31)
    assert brief(decision) == "review refund?"
    assert {(say.id, say.effect) for say in decision.lines[0].clauses} == {("thirty", "refuses"), ("sixty", "grants")}
    assert decision.lines[0].request_by is not None
    assert decision.lines[0].request_by.isoformat() == "2026-05-04T23:59:59.999999+02:00"


def test_final_sale_refuses_whatever_the_day() -> None:
    final = (
        REFUND_30
        + """
[[clauses]]
id = "final"
when = { tag = "final_sale" }
refuses = "everything"
overrides = ["thirty"]
"""
    )
    assert verdict(final, line={"tags": ["final_sale"]}) == "refused excluded"
    assert verdict(final, DAY_31, line={"tags": ["final_sale"]}) == "refused excluded"
    assert verdict(final) == "approved refund"


def test_returns_over_a_price_are_free_and_others_cost_a_label_once() -> None:
    labels = (
        REFUND_30
        + """
[[clauses]]
id = "label"
when = { method = "mail", not = { order_total_at_least = 150 } }
fee = { kind = "return_label", amount = "6.95", per = "return", outcomes = ["refund"] }
"""
    )
    assert ask(policy(labels), IN_TIME).charges == ()
    charged = ask(policy(labels), IN_TIME, line={"quantity": 1}).charges
    assert [(charge.kind, charge.amount, charge.outcomes) for charge in charged] == [
        ("return_label", Decimal("6.95"), ("refund",))
    ]


def test_a_charge_for_the_whole_return_is_taken_once_and_never_more_than_the_refunds() -> None:
    labels = (
        REFUND_30
        + """
[[clauses]]
id = "label"
fee = { kind = "return_label", amount = "6.95", per = "return" }
[[clauses]]
id = "handling"
fee = { kind = "handling", amount = 3, per = "return" }
"""
    )
    two = [{"id": name, "sku": "S", "name": "Pin", "quantity": 1, "unit_price": "4.00"} for name in ("1", "2")]
    wishes = [{"id": name, "quantity": 1, "reason": "other"} for name in ("1", "2")]
    decision = ask(policy(labels), IN_TIME, lines=two, request={"lines": wishes})
    assert [(charge.kind, charge.amount) for charge in decision.charges] == [
        ("return_label", Decimal("6.95")),
        ("handling", Decimal("1.05")),
    ]
    assert ask(policy(labels), DAY_31).charges == ()


@pytest.mark.parametrize(
    ("fee", "left"),
    [
        ('{ kind = "restocking", percent = 15 }', "170.00"),
        ('{ kind = "restocking", percent = "12.5" }', "175.00"),
        ('{ kind = "restocking", percent = 15, minimum = 40 }', "160.00"),
        ('{ kind = "restocking", percent = 15, maximum = "9.99" }', "190.01"),
        ('{ kind = "restocking", amount = 20 }', "180.00"),
        ('{ kind = "restocking", amount = 20, per = "unit" }', "160.00"),
        ('{ kind = "restocking", percent = 10, per = "unit", maximum = 7 }', "186.00"),
        ('{ kind = "restocking", amount = 500 }', "0.00"),
        ('{ kind = "restocking", percent = 0 }', "200.00"),
    ],
)
def test_restocking_fees_by_share_or_flat_with_a_least_and_a_most(fee: str, left: str) -> None:
    text = f'{REFUND_30}[[clauses]]\nid = "fee"\nfee = {fee}\n'
    assert value(text, wish={"quantity": 2}) == left


def test_a_fee_can_fall_on_refunds_only() -> None:
    text = """
outcomes = ["store_credit", "refund"]
[[clauses]]
id = "thirty"
grants = ["store_credit", "refund"]
window = { days = 30, from = "delivery" }
[[clauses]]
id = "fee"
fee = { kind = "restocking", percent = 10, outcomes = ["refund"] }
"""
    assert (value(text), value(text, kind="store_credit")) == ("90.00", "100.00")


def test_two_fees_together_never_take_more_than_the_price() -> None:
    text = (
        REFUND_30
        + """
[[clauses]]
id = "one"
fee = { kind = "restocking", percent = 60 }
[[clauses]]
id = "two"
fee = { kind = "cleaning", percent = 60 }
"""
    )
    outcome = ask(policy(text), IN_TIME).lines[0].outcomes[0]
    assert [deduction.amount for deduction in outcome.deductions] == [Decimal("60.00"), Decimal("40.00")]
    assert outcome.value == 0


def test_withdrawal_in_fourteen_days_with_fourteen_more_to_send() -> None:
    text = """
outcomes = ["refund"]
[[clauses]]
id = "withdrawal"
when = { channel = "online" }
grants = ["refund"]
window = { days = 14, from = "delivery" }
[[clauses]]
id = "send"
send_within = { days = 14, from = "request" }
[[clauses]]
id = "who-pays"
shipping = "customer"
"""
    line = ask(policy(text), IN_TIME).lines[0]
    assert str(line.request_by) == "2026-03-19 23:59:59.999999+01:00"
    assert str(line.ship_by) == "2026-03-24 23:59:59.999999+01:00"
    assert verdict(text, channel="store") == "refused not_offered"


def test_ten_business_days_to_ask() -> None:
    text = REFUND_30.replace("days = 30", "business_days = 10")
    line = ask(policy(text), IN_TIME).lines[0]
    assert str(line.request_by) == "2026-03-19 23:59:59.999999+01:00"


def test_after_thirty_days_store_credit_alone_until_ninety() -> None:
    text = """
outcomes = ["refund", "store_credit"]
[[clauses]]
id = "money"
grants = ["refund"]
window = { days = 30, from = "delivery" }
[[clauses]]
id = "credit"
grants = ["store_credit"]
window = { days = 90, from = "delivery" }
expires_days = { store_credit = 365 }
"""
    early, later = ask(policy(text), DAY_30).lines[0], ask(policy(text), DAY_31).lines[0]
    assert [outcome.kind for outcome in early.outcomes] == ["refund", "store_credit"]
    assert [(outcome.kind, outcome.expires_days) for outcome in later.outcomes] == [("store_credit", 365)]
    assert str(later.request_by) == "2026-06-03 23:59:59.999999+02:00"


def test_expensive_things_are_looked_at() -> None:
    text = (
        REFUND_30
        + """
[[clauses]]
id = "watched"
when = { price_at_least = 100 }
review = "everything"
"""
    )
    assert verdict(text) == "review refund?"
    assert verdict(text, line={"unit_price": "99.99"}) == "approved refund"


def test_a_fee_that_begins_after_two_weeks() -> None:
    text = (
        REFUND_30
        + """
[[clauses]]
id = "slow"
when = { after = { days = 14, from = "delivery" } }
fee = { kind = "restocking", percent = 20 }
"""
    )
    assert value(text, "2026-03-19T23:59:59+01:00") == "100.00"
    assert value(text, "2026-03-20T00:00:00+01:00") == "80.00"


def test_a_person_decides_after_two_weeks_and_the_deadline_says_so() -> None:
    text = (
        REFUND_30
        + """
[[clauses]]
id = "slow"
when = { after = { days = 14, from = "delivery" } }
review = "everything"
"""
    )
    assert str(ask(policy(text), IN_TIME).lines[0].request_by) == "2026-03-19 23:59:59.999999+01:00"
    assert str(ask(policy(text), "2026-03-20T00:00:00+01:00").lines[0].request_by) == "2026-04-04 23:59:59.999999+02:00"


def test_the_shop_pays_the_parcel_inside_the_country_only() -> None:
    text = (
        REFUND_30
        + """
[[clauses]]
id = "parcel"
[[clauses.rules]]
when = { from_country = ["DE", "AT"] }
shipping = "merchant"
[[clauses.rules]]
shipping = "customer"
"""
    )
    assert ask(policy(text), IN_TIME).lines[0].shipping == "merchant"
    assert ask(policy(text), IN_TIME, request={"country": "FR"}).lines[0].shipping == "customer"


def test_where_no_clause_says_it_whoever_sends_the_parcel_pays_it() -> None:
    assert ask(policy(REFUND_30), IN_TIME).lines[0].shipping == "customer"
    assert ask(policy(REFUND_30), IN_TIME, request={"method": "store"}).lines[0].shipping == "none"


@pytest.mark.parametrize(
    ("when", "case_that_holds", "case_that_does_not"),
    [
        ('channel = "store"', {"channel": "store"}, {}),
        ('country = ["CH", "AT"]', {"country": "CH"}, {}),
        ('currency = "CHF"', {"currency": "CHF"}, {}),
        ('from_country = "AT"', {"request": {"country": "AT"}}, {}),
        ("other_country = true", {"request": {"country": "AT"}}, {}),
        ("other_country = false", {}, {"request": {"country": "AT"}}),
        ('category = ["lamp"]', {"line": {"categories": ["home", "lamp"]}}, {"line": {"categories": ["home"]}}),
        ('tag = "new"', {"line": {"tags": ["new"]}}, {}),
        ('order_tag = "wholesale"', {"tags": ["wholesale"]}, {}),
        ('reason = "shop_fault"', {"wish": {"reason": "defective"}}, {}),
        ('reason = "own_choice"', {}, {"wish": {"reason": "defective"}}),
        ('reason = ["size", "shop_fault"]', {"wish": {"reason": "size"}}, {}),
        ('method = "store"', {"request": {"method": "store"}}, {}),
        ('proof = ["none"]', {"request": {"proof": "none"}}, {}),
        ("price_at_least = 100", {}, {"line": {"unit_price": "99.99"}}),
        ('price_at_most = "99.99"', {"line": {"unit_price": "99.99"}}, {}),
        ("order_total_at_least = 200", {}, {"line": {"quantity": 1}}),
        ("order_total_at_most = 100", {"line": {"quantity": 1}}, {}),
        ('replacement = "none"', {}, {"wish": {"replacement": {"price": "1", "in_stock": True}}}),
        ('replacement = "in_stock"', {"wish": {"replacement": {"price": "1", "in_stock": True}}}, {}),
        ('replacement = "same_price"', {"wish": {"replacement": {"price": "100", "in_stock": False}}}, {}),
        ('not = { replacement = ["none", "cheaper"] }', {"wish": {"replacement": {"price": "101", "in_stock": True}}}, {}),
        ("purchased = { to = 2026-03-01 }", {}, {"placed_at": "2026-03-02T00:00:00+01:00"}),
        ("purchased = { from = 2026-03-02 }", {"placed_at": "2026-03-02T00:00:00+01:00"}, {}),
        ('within = { days = 5, from = "delivery" }', {}, {"delivered_at": "2026-03-04T12:00:00+01:00"}),
        ('after = { days = 5, from = "delivery" }', {"delivered_at": "2026-03-04T12:00:00+01:00"}, {}),
        ('any = [{ tag = "a" }, { tag = "b", channel = "online" }]', {"line": {"tags": ["b"]}}, {"line": {"tags": ["c"]}}),
        ('tag = "a", channel = "store"', {"line": {"tags": ["a"]}, "channel": "store"}, {"line": {"tags": ["a"]}}),
    ],
)
def test_what_a_rule_can_depend_on(when: str, case_that_holds: dict[str, Any], case_that_does_not: dict[str, Any]) -> None:
    text = f'{REFUND_30}[[clauses]]\nid = "if"\nwhen = {{ {when} }}\nreview = "everything"\n'
    assert verdict(text, **{"delivered_at": "2026-03-05T12:00:00+01:00", **case_that_holds}) == "review refund?"
    assert verdict(text, **case_that_does_not) == "approved refund"


def test_an_overriding_clause_speaks_only_of_its_own_topics() -> None:
    text = """
outcomes = ["exchange", "refund"]
[[clauses]]
id = "general"
[[clauses.rules]]
grants = ["exchange", "refund"]
window = { days = 30, from = "delivery" }
[[clauses.rules]]
shipping = "merchant"
[[clauses]]
id = "sale"
when = { tag = "sale" }
refuses = ["refund"]
overrides = ["general"]
"""
    line = ask(policy(text), IN_TIME, line={"tags": ["sale"]}).lines[0]
    assert [outcome.kind for outcome in line.outcomes] == ["exchange"]
    assert line.shipping == "merchant"


def test_a_clause_that_only_overrides_takes_back_all_that_the_other_says() -> None:
    text = (
        REFUND_30
        + """
[[clauses]]
id = "fee"
fee = { kind = "restocking", percent = 10 }
[[clauses]]
id = "members-pay-nothing"
when = { order_tag = "member" }
overrides = ["fee"]
"""
    )
    assert value(text) == "90.00"
    assert value(text, tags=["member"]) == "100.00"


def test_conditions_are_asked_beside_the_clause_that_grants() -> None:
    text = """
outcomes = ["refund", "store_credit"]
[conditions.unworn]
en = "Unworn?"
[conditions.boxed]
en = "In its box?"
when = { category = "shoes" }
[[clauses]]
id = "money"
grants = ["refund"]
window = { days = 14, from = "delivery" }
[[clauses]]
id = "credit"
grants = ["store_credit"]
window = { days = 30, from = "delivery" }
[[clauses]]
id = "unworn"
requires = ["unworn", "boxed"]
with = ["money"]
"""
    assert ask(policy(text), IN_TIME).lines[0].required == ("unworn",)
    assert ask(policy(text), IN_TIME, line={"categories": ["shoes"]}).lines[0].required == ("unworn", "boxed")
    assert ask(policy(text), "2026-03-25T12:00:00+01:00", line={"categories": ["shoes"]}).lines[0].required == ()
    assert verdict(text, wish={"attested": []}) == "refused conditions"
    assert ask(policy(text), IN_TIME, wish={"attested": []}).lines[0].unmet == ("unworn",)
    assert verdict(text, wish={"attested": [], "reason": "damaged"}) == "approved refund store_credit"


def test_a_grant_that_needs_a_person_gives_way_to_one_that_does_not() -> None:
    text = """
outcomes = ["refund"]
[[clauses]]
id = "any-time"
grants = ["refund"]
approval = "review"
[[clauses]]
id = "thirty"
grants = ["refund"]
window = { days = 30, from = "delivery" }
overrides = ["any-time"]
"""
    assert verdict(text) == "approved refund"
    forever = text.replace('overrides = ["any-time"]\n', "")
    assert verdict(forever) == "approved refund"
    assert verdict(forever, "2036-01-01T00:00:00Z") == "review refund?"
    assert ask(policy(forever), "2036-01-01T00:00:00Z").lines[0].request_by is None


def test_the_currency_of_the_order_decides_how_amounts_are_rounded() -> None:
    text = REFUND_30 + '[[clauses]]\nid = "fee"\nfee = { kind = "restocking", percent = 10 }\n'
    assert value(text, currency="JPY", line={"unit_price": "105"}) == "94"
    assert value(text, currency="KWD", line={"unit_price": "1.005"}) == "0.904"
    assert value(text, currency="COP", line={"unit_price": "99"}) == "89"


def test_every_line_of_a_request_is_decided_by_itself() -> None:
    text = REFUND_30 + '[[clauses]]\nid = "final"\nwhen = { tag = "sale" }\nrefuses = "everything"\noverrides = ["thirty"]\n'
    lines = [
        {"id": "a", "sku": "S", "name": "Lamp", "quantity": 1, "unit_price": "1.00", "tags": ["sale"]},
        {"id": "b", "sku": "T", "name": "Rug", "quantity": 1, "unit_price": "2.00"},
    ]
    wishes = [{"id": name, "quantity": 1, "reason": "other"} for name in ("b", "a")]
    decision = ask(policy(text), IN_TIME, lines=lines, request={"lines": wishes})
    assert [(line.id, line.verdict) for line in decision.lines] == [("b", "approved"), ("a", "refused")]
