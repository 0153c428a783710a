"""What staff may do with a return."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.counter import Counter, NotFound, NotWaiting
from chalicelib.domain.returns import Return
from chalicelib.shops import load_shops
from tests.conftest import Tables
from tests.made import NOON, made

LATER = NOON + timedelta(hours=5)


@pytest.fixture
def returns(tables: Tables) -> ReturnsTable:
    return ReturnsTable(Table(tables.client, tables.returns))


@pytest.fixture
def counter(returns: ReturnsTable) -> Counter:
    return Counter(load_shops(), returns, lambda: LATER)


def kept(returns: ReturnsTable, new: Return) -> Return:
    assert returns.add(new)
    return new


def test_a_return_is_found_by_its_number_in_any_spelling_or_by_its_id(counter: Counter, returns: ReturnsTable) -> None:
    new = kept(returns, made())
    assert new.rma is not None
    for typed in (new.rma, new.rma.lower(), f"rma {new.rma.replace('-', ' ')}", "AZ-1001/1", "#az1001/۱"):
        assert counter.find("azulu", typed) == new


@pytest.mark.parametrize(
    "typed", ["AZ-1001/2", "AZ-1001/0", "AZ-1001/x", "", "7K3M", "0000-0000-0000-0001", "/1", "AZ-1001/99999999999"]
)
def test_what_names_no_return_says_so(counter: Counter, returns: ReturnsTable, typed: str) -> None:
    kept(returns, made())
    with pytest.raises(NotFound):
        counter.find("azulu", typed)


def test_a_mistyped_number_is_told_from_an_unknown_one(counter: Counter, returns: ReturnsTable) -> None:
    new = kept(returns, made())
    assert new.rma is not None
    wrong = ("1" if new.rma[0] != "1" else "2") + new.rma[1:]
    with pytest.raises(NotFound, match="a character is wrong"):
        counter.find("azulu", wrong)


def test_another_shops_return_is_not_there(counter: Counter, returns: ReturnsTable) -> None:
    new = kept(returns, made())
    for typed in ("AZ-1001/1", str(new.rma)):
        with pytest.raises(NotFound):
            counter.find("nurana", typed)


def test_all_waiting_lines_are_decided_unless_some_are_named(counter: Counter, returns: ReturnsTable) -> None:
    kept(returns, made("under_review", "under_review", "authorised"))
    first = counter.decide("azulu", "AZ-1001/1", ("2",), approve=False, by="Neda", note="Worn.")
    assert [line.status for line in first.lines] == ["under_review", "rejected", "authorised"]
    rest = counter.decide("azulu", "AZ-1001/1", (), approve=True, by="Neda", note="")
    assert [line.status for line in rest.lines] == ["authorised", "rejected", "authorised"]
    assert rest.timeline[-1].by == "Neda"


def test_deciding_twice_says_that_nothing_waits(counter: Counter, returns: ReturnsTable) -> None:
    kept(returns, made("under_review"))
    counter.decide("azulu", "AZ-1001/1", (), approve=True, by="Neda", note="")
    for lines in ((), ("1",), ("7",)):
        with pytest.raises(NotWaiting):
            counter.decide("azulu", "AZ-1001/1", lines, approve=True, by="Neda", note="")


def test_a_decision_whose_answer_was_lost_is_not_taken_for_a_failure(counter: Counter, returns: ReturnsTable) -> None:
    kept(returns, made("under_review"))

    class Forgetful(ReturnsTable):
        """Writes, and says that it did not: the SDK asked twice, and the second time the version had moved on."""

        def change(self, changed: Return) -> bool:
            returns.change(changed)
            return False

        def by_slot(self, merchant: str, number: str, slot: int) -> Return | None:
            return returns.by_slot(merchant, number, slot)

    forgetful = Counter(load_shops(), Forgetful.__new__(Forgetful), lambda: LATER)
    made_now = forgetful.decide("azulu", "AZ-1001/1", (), approve=True, by="Neda", note="")
    assert made_now.status == "authorised"
    assert len(made_now.timeline) == 2
