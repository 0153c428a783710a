"""What fewer units are worth than were promised is what the policy itself says of them."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain.orders import Line
from chalicelib.domain.policy import Policy
from chalicelib.domain.returns import ReturnLine
from chalicelib.domain.verdicts import Decision, Outcome
from chalicelib.domain.worth import worth
from tests.domain.shopmaking import ask, policy

FEES = st.lists(
    st.sampled_from([
        '{ kind = "handling", percent = 10 }', '{ kind = "handling", percent = "7.5", minimum = "3.00", maximum = "9.00" }',
        '{ kind = "flat", amount = "4.99" }', '{ kind = "each", amount = "2.50", per = "unit" }',
        '{ kind = "share", percent = "33.3", per = "unit", maximum = "5.00" }', '{ kind = "most", percent = 95 }',
    ]),
    max_size=3,
)  # fmt: skip
PRICES = st.decimals("0.01", "500", places=2)


def shop_with(fees: list[str]) -> Policy:
    """Return a policy that gives refunds and takes these fees, each by a clause of its own."""
    clauses = "\n".join(f'[[clauses]]\nid = "fee-{place}"\nfee = {fee}' for place, fee in enumerate(fees))
    window = 'window = { days = 30, from = "delivery" }'
    return policy(f'outcomes = ["refund"]\n[[clauses]]\nid = "open"\ngrants = ["refund"]\n{window}\n{clauses}')


def promised(rules: Policy, price: Decimal, quantity: int) -> Decision:
    line = {"quantity": 9, "unit_price": str(price)}
    return ask(rules, "2026-03-06T12:00:00+01:00", line=line, wish={"quantity": quantity})


def returned(decision: Decision, price: Decimal, granted: Outcome | None = None) -> ReturnLine:
    (decided,) = decision.lines
    line = Line(id="1", sku="S", name="Lamp", quantity=9, unit_price=price)
    return ReturnLine(
        line=line, quantity=decided.quantity, reason="other", decision=decided, outcome="refund", granted=granted,
        status="received", ship_by=None,
    )  # fmt: skip


@given(FEES, PRICES, st.integers(1, 9), st.data())
def test_fewer_units_are_worth_what_the_policy_gives_for_them(
    fees: list[str], price: Decimal, quantity: int, data: st.DataObject
) -> None:
    rules = shop_with(fees)
    line = returned(promised(rules, price, quantity), price)
    units = data.draw(st.integers(1, quantity))
    (expected,) = promised(rules, price, units).lines
    assert worth(line, units, rules, 2) == expected.outcomes[0].value


@example(['{ kind = "handling", percent = 10 }'] * 2, Decimal("0.01"), 5)
@given(FEES, PRICES, st.integers(2, 9))
def test_without_its_policy_a_line_is_worth_its_share(fees: list[str], price: Decimal, quantity: int) -> None:
    line = returned(promised(shop_with(fees), price, quantity), price)
    each = [worth(line, units, None, 2) for units in range(1, quantity + 1)]
    assert each == sorted(each)
    assert 0 <= each[0] <= each[-1] == line.chosen.value


def test_what_a_person_granted_counts_by_its_share() -> None:
    granted = Outcome("refund", "review", Decimal("50.00"), (), Decimal(0), None)
    line = returned(promised(shop_with([]), Decimal("30.00"), 3), Decimal("30.00"), granted)
    assert [worth(line, units, None, 2) for units in (1, 2, 3)] == [Decimal("16.67"), Decimal("33.33"), Decimal("50.00")]
