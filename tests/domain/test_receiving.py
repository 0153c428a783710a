"""From the parcel on: what arrives is inspected and settled, each once, and never for more than was promised."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.errors import LifecycleError
from chalicelib.domain.findings import Inspection
from chalicelib.domain.receiving import inspected, received, reopened, settled
from chalicelib.domain.returns import Return
from chalicelib.domain.stepping import together
from chalicelib.domain.verdicts import Charge
from chalicelib.domain.worth import sums
from tests.made import NOON, made

LATER = NOON + timedelta(days=3)
WORTH = Decimal(179100)
ANA = "ana@azulu.example"


def arrived(*lines: str, **changes: Any) -> Return:
    current = made(*("authorised" for _ in lines or ("1",)), **changes)
    return received(current, dict.fromkeys(lines or ("1",), 1), by=ANA, note="", at=LATER)


def found(verdict: str = "accepted", **changes: Any) -> Inspection:
    plain: dict[str, Any] = {"condition": "as_new", "verdict": verdict, "value": WORTH, "at": LATER, "by": ANA}
    return Inspection(**plain | ({"reason": "A stain."} if verdict != "accepted" else {}) | changes)


def inspect(current: Return, **found_at: Inspection) -> Return:
    by_line = {name.removeprefix("l"): each for name, each in found_at.items()}
    return inspected(current, by_line, resolve_by=LATER + timedelta(days=7), by=ANA, note="", at=LATER)


def settle(current: Return, **changes: Any) -> Return:
    plain: dict[str, Any] = {"amount": WORTH, "reference": "AZ-2001", "expires_at": None, "by": ANA, "at": LATER}
    return settled(current, "exchange", **plain | changes)


def test_a_parcel_is_received_inspected_and_settled_with_a_mail_at_each_step() -> None:
    current = settle(inspect(arrived(), l1=found()))
    assert current.status == "settled"
    assert [event.act for event in current.timeline][-3:] == ["received", "inspected", "settled"]
    assert [mail.message for mail in current.outbox][-3:] == ["received", "inspected", "settled"]
    (settlement,) = current.settlements
    assert (settlement.amount, settlement.reference, settlement.lines) == (WORTH, "AZ-2001", ("1",))
    assert current.resolve_by is None


def test_lines_travel_one_by_one() -> None:
    current = received(made("authorised", "authorised", "under_review"), {"1": 1, "2": 0}, by=ANA, note="", at=LATER)
    assert [line.status for line in current.lines] == ["received", "authorised", "under_review"]
    assert current.status == "under_review"


@pytest.mark.parametrize(
    ("counts", "why"), [({"1": 2}, "too_many"), ({"1": 0}, "nothing"), ({}, "nothing"), ({"9": 1}, "unknown")]
)
def test_what_cannot_have_arrived_is_not_received(counts: dict[str, int], why: str) -> None:
    with pytest.raises(LifecycleError) as error:
        received(made(), counts, by=ANA, note="", at=LATER)
    assert error.value.status == why


def test_what_waits_for_a_person_is_not_received_before_the_answer() -> None:
    with pytest.raises(LifecycleError):
        received(made("under_review"), {"1": 1}, by=ANA, note="", at=LATER)


def test_what_expired_is_received_when_it_comes_too_late() -> None:
    current = made()
    late = current.model_copy(update={"lines": tuple(line.model_copy(update={"status": "expired"}) for line in current.lines)})
    assert received(late, {"1": 1}, by=ANA, note="", at=LATER).status == "received"


@pytest.mark.parametrize(("inspection", "why"), [
    (found("reduced", reason=" "), "unexplained"), (found("refused", reason=""), "unexplained"),
    (found(value=WORTH + 1), "too_much"),
])  # fmt: skip
def test_an_inspection_is_explained_and_never_gives_more_than_was_promised(inspection: Inspection, why: str) -> None:
    with pytest.raises(LifecycleError) as error:
        inspect(arrived(), l1=inspection)
    assert error.value.status == why


def test_a_line_is_inspected_once() -> None:
    with pytest.raises(LifecycleError):
        inspect(inspect(arrived(), l1=found()), l1=found())


def test_a_mistaken_inspection_is_made_again_with_a_reason_until_it_is_settled() -> None:
    again = reopened(inspect(arrived(), l1=found()), ("1",), by=ANA, why="The wrong box.", at=LATER)
    assert (again.lines[0].status, again.lines[0].inspection, again.lines[0].arrived) == ("received", None, 1)
    assert (again.timeline[-1].act, again.timeline[-1].note) == ("noted", ""), "the customer hears of the result only"
    current = inspect(again, l1=found("reduced", value=WORTH - 1, reduction=Decimal(1)))
    assert current.lines[0].value == WORTH - 1
    for line, why in ((settle(current, amount=WORTH - 1), "x"), (current, " "), (made(), "x")):
        with pytest.raises(LifecycleError):
            reopened(line, ("1",), by=ANA, why=why, at=LATER)


def test_what_is_refused_is_not_settled() -> None:
    current = inspect(arrived(), l1=found("refused", value=Decimal(0)))
    assert current.status == "refused"
    assert sums(current) == {}


@pytest.mark.parametrize(("changes", "why"), [
    ({"amount": WORTH + 1}, "another_amount"), ({"amount": WORTH - 1}, "another_amount"), ({"reference": " "}, "unreferenced"),
])  # fmt: skip
def test_a_settlement_is_exactly_what_the_lines_come_to_and_has_a_reference(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(LifecycleError) as error:
        settle(inspect(arrived(), l1=found()), **changes)
    assert error.value.status == why


def test_nothing_is_settled_twice() -> None:
    current = settle(inspect(arrived(), l1=found()))
    with pytest.raises(LifecycleError) as error:
        settle(current)
    assert error.value.status == "settled"


def test_a_charge_on_the_whole_return_is_taken_by_the_first_settlement_only() -> None:
    charge = Charge("shipping", Decimal(9000), "Z8", ("exchange",))
    current = inspect(arrived("1", "2", charges=(charge,)), l1=found())
    current = settle(current, amount=WORTH - 9000)
    current = settle(inspect(current, l2=found()), amount=WORTH)
    assert [(each.amount, each.charged) for each in current.settlements] == [(WORTH - 9000, 9000), (WORTH, 0)]


def test_a_charge_never_takes_more_than_there_is() -> None:
    charge = Charge("shipping", Decimal(9000), "Z8", ("exchange",))
    current = inspect(arrived(charges=(charge,)), l1=found("reduced", value=Decimal(4000), reduction=WORTH - 4000))
    assert sums(current)["exchange"].amount == 0


def test_units_that_never_arrived_are_the_customers_again_once_the_parcel_is_seen_to() -> None:
    current = made()
    (line,) = current.lines
    two = current.model_copy(update={"lines": (line.model_copy(update={"quantity": 2}),)})
    current = received(two, {"1": 1}, by=ANA, note="", at=LATER)
    assert current.reserved("1") == 2
    assert inspect(current, l1=found("refused", value=Decimal(0))).reserved("1") == 1


def test_several_steps_are_one_version() -> None:
    current = made("authorised", "authorised")
    steps = [
        lambda each: received(each, {"1": 1}, by=ANA, note="", at=LATER),
        lambda each: inspect(each, l1=found()),
    ]
    following = together(current, steps)
    assert following.version == current.version + 1
    assert len(following.timeline) == len(current.timeline) + 2
