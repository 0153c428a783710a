"""Deciding line by line, changing outcomes, receiving and settling: each written once, never over what somebody else did."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.answers import Answer
from chalicelib.counter import Counter, Found, NotFound
from chalicelib.domain.errors import LifecycleError, Overtaken
from chalicelib.domain.label_steps import label_given_up, label_retried
from chalicelib.domain.lifecycle import mail_sent, most_granted
from chalicelib.domain.returns import Return
from chalicelib.domain.stepping import with_lines
from chalicelib.domain.verdicts import Outcome
from chalicelib.shops import load_shops
from tests.conftest import Tables
from tests.labels import made_prepaid
from tests.made import NOON, made

LATER = NOON + timedelta(hours=5)
NEDA, LUIS = "neda@azulu.example", "luis@azulu.example"
ID = "AZ-1001/1"
WORTH = Decimal(179100)


@pytest.fixture
def returns(tables: Tables) -> ReturnsTable:
    return ReturnsTable(Table(tables.client, tables.returns))


@pytest.fixture
def counter(returns: ReturnsTable) -> Counter:
    return Counter(load_shops(), returns, lambda: LATER)


def kept(returns: ReturnsTable, *statuses: str, **changes: object) -> Return:
    new = made(*statuses, **changes)  # type: ignore[arg-type]
    assert returns.add(new)
    return new


def mails(current: Return) -> list[tuple[str, tuple[str, ...]]]:
    return [(mail.message, mail.lines) for mail in current.outbox]


def arrive(counter: Counter, seen: int, **found: Found) -> Return:
    by_line = {name.removeprefix("l"): each for name, each in found.items()}
    return counter.receive("azulu", ID, {"1": 1}, by_line, by=LUIS, note="", seen=seen)


def test_lines_are_decided_each_its_own_way_in_one_write_with_one_mail(counter: Counter, returns: ReturnsTable) -> None:
    new = kept(returns, "under_review", "under_review", "under_review")
    answers = {"1": Answer(approve=True), "2": Answer(approve=False, note="Worn."), "3": Answer(approve=True)}
    after = counter.answer("azulu", ID, answers, by=NEDA, seen=1, internal="Called her.")
    assert [line.status for line in after.lines] == ["authorised", "rejected", "authorised"]
    assert after.version == new.version + 1
    assert [(event.act, event.lines, event.internal) for event in after.timeline[1:]] == [
        ("approved", ("1", "3"), ""), ("rejected", ("2",), ""), ("noted", (), "Called her."),
    ]  # fmt: skip
    assert mails(after)[-1] == ("decided", ("1", "3", "2"))
    assert after == returns.by_slot("azulu", "AZ-1001", 1)


def test_a_remark_alone_is_kept_and_mails_nobody(counter: Counter, returns: ReturnsTable) -> None:
    new = kept(returns, "under_review")
    after = counter.answer("azulu", ID, {}, by=NEDA, seen=1, internal="Ask Luis.")
    assert (after.timeline[-1].act, after.timeline[-1].note, after.timeline[-1].internal) == ("noted", "", "Ask Luis.")
    assert after.outbox == new.outbox


def test_an_outcome_is_changed_within_the_policy_only(counter: Counter, returns: ReturnsTable) -> None:
    kept(returns, "authorised")
    with pytest.raises(LifecycleError) as error:
        counter.answer("azulu", ID, {"1": Answer(outcome="refund")}, by=NEDA, seen=2)
    assert error.value.status == "not_offered"
    assert len(counter.find("azulu", ID).timeline) == 2


def test_who_was_told_one_outcome_is_told_of_another(counter: Counter, returns: ReturnsTable) -> None:
    new = kept(returns, "authorised", "under_review")
    given = {each: counter.granted(new, each, "refund", Decimal(1)) for each in ("1", "2")}
    changes = {each: Answer(granted=outcome, why="Kind.") for each, outcome in given.items()}
    after = counter.answer("azulu", ID, changes, by=NEDA, seen=2)
    assert mails(after)[len(new.outbox) :] == [("decided", ("1",))], "the other one hears of it with the answer"


def test_beyond_the_policy_a_reason_is_kept_and_the_customer_is_not_told_it(counter: Counter, returns: ReturnsTable) -> None:
    new = kept(returns, "under_review")
    granted = counter.granted(new, "1", "store_credit", Decimal(199000))
    assert granted.expires_days == 30, "as long as the policy says of store credit"
    answer = Answer(approve=True, note="Welcome.", granted=granted, why="A loyal customer.")
    after = counter.answer("azulu", ID, {"1": answer}, by=NEDA, seen=1)
    (line,) = after.lines
    assert (line.chosen.kind, line.value, line.granted_why) == ("store_credit", Decimal(199000), "A loyal customer.")
    assert [(event.act, event.note, event.internal) for event in after.timeline[1:]] == [
        ("changed", "", "A loyal customer."), ("approved", "Welcome.", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(("value", "why", "status"), [(398001, "x", "too_much"), (1, " ", "unexplained")])
def test_what_is_given_is_no_more_than_was_paid_and_has_a_reason(
    counter: Counter, returns: ReturnsTable, value: int, why: str, status: str
) -> None:
    new = kept(returns, "under_review")
    two = new.model_copy(update={"lines": with_lines(new, {"1": {"quantity": 2}}), "version": 2})
    assert returns.change(two)
    assert most_granted(two.lines[0]) == 398000
    granted = Outcome("refund", "review", Decimal(value), (), Decimal(0), None)
    with pytest.raises(LifecycleError) as error:
        counter.answer("azulu", ID, {"1": Answer(approve=True, granted=granted, why=why)}, by=NEDA, seen=1)
    assert error.value.status == status
    assert counter.find("azulu", ID).status == "under_review"


def test_a_return_is_somebodys_or_nobodys_and_the_same_twice_is_one_entry(counter: Counter, returns: ReturnsTable) -> None:
    kept(returns)
    assert counter.assign("azulu", ID, NEDA, by=NEDA, seen=2).assignee == NEDA
    assert len(counter.assign("azulu", ID, NEDA, by=NEDA).timeline) == 3
    assert counter.assign("azulu", ID, None, by=LUIS, seen=3).assignee is None


def test_a_parcel_is_received_and_inspected_in_one_write(counter: Counter, returns: ReturnsTable) -> None:
    new = kept(returns)
    after = arrive(counter, 2, l1=Found("used", "reduced", Decimal(9100), "Worn once."))
    (line,) = after.lines
    assert (line.status, line.arrived, line.value) == ("accepted", 1, WORTH - 9100)
    assert (after.version, [event.act for event in after.timeline[2:]]) == (new.version + 1, ["received", "inspected"])
    assert after.resolve_by is not None, "azulu settles within seven business days of the inspection"
    assert after.resolve_by > LATER + timedelta(days=7)


def test_what_is_inspected_later_waits_for_it(counter: Counter, returns: ReturnsTable) -> None:
    kept(returns, "authorised", "authorised")
    after = counter.receive("azulu", ID, {"1": 1, "2": 1}, {"2": Found("as_new", "accepted")}, by=LUIS, note="", seen=2)
    assert [line.status for line in after.lines] == ["received", "accepted"]
    assert after.status == "received"
    done = counter.receive("azulu", ID, {}, {"1": Found("wrong_item", "refused", reason="A towel.")}, by=LUIS, note="", seen=4)
    assert [line.status for line in done.lines] == ["refused", "accepted"]
    assert [mail for mail in mails(done) if mail[0] == "received"] == [("received", ("1", "2"))], "told once"


def test_a_reduction_above_the_value_writes_nothing(counter: Counter, returns: ReturnsTable) -> None:
    kept(returns)
    with pytest.raises(LifecycleError) as error:
        arrive(counter, 2, l1=Found("used", "reduced", WORTH + 1, "Worn."))
    assert error.value.status == "too_much"
    assert counter.find("azulu", ID).status == "authorised"


def test_a_late_parcel_is_received_unless_its_units_come_under_another_return(counter: Counter, returns: ReturnsTable) -> None:
    new = made()
    late = new.model_copy(update={"lines": with_lines(new, {"1": {"status": "expired"}})})
    assert returns.add(late)
    again = made(slot=2, draft_id="again")
    assert returns.add(again.model_copy(update={"lines": with_lines(again, {"1": {"quantity": 2}})}))
    with pytest.raises(LifecycleError) as error:
        arrive(counter, 2)
    assert error.value.status == "elsewhere"
    assert counter.find("azulu", "AZ-1001/1").status == "expired"


def test_what_was_given_is_noted_once_with_the_end_of_its_code(counter: Counter, returns: ReturnsTable) -> None:
    new = kept(returns, "under_review")
    credit = counter.granted(new, "1", "store_credit", Decimal(100000))
    counter.answer("azulu", ID, {"1": Answer(approve=True, granted=credit, why="Late.")}, by=NEDA, seen=1)
    arrive(counter, 3, l1=Found("as_new", "accepted"))
    after = counter.settle("azulu", ID, "store_credit", amount=Decimal(100000), reference="CRED-1", by=LUIS, seen=5)
    (settlement,) = after.settlements
    assert settlement.expires_at is not None
    azulu = load_shops()["azulu"].merchant
    assert azulu.local(settlement.expires_at).date() == azulu.local(LATER + timedelta(days=30)).date()
    for seen in (5, 6):
        with pytest.raises((Overtaken, LifecycleError)):
            counter.settle("azulu", ID, "store_credit", amount=Decimal(100000), reference="CRED-2", by=NEDA, seen=seen)
    assert counter.find("azulu", ID).settlements == after.settlements


def test_an_amount_that_changed_meanwhile_is_not_settled(counter: Counter, returns: ReturnsTable) -> None:
    kept(returns)
    arrive(counter, 2, l1=Found("used", "reduced", Decimal(100), "Worn."))
    with pytest.raises(LifecycleError) as error:
        counter.settle("azulu", ID, "exchange", amount=WORTH, reference="AZ-2001", by=LUIS, seen=4)
    assert error.value.status == "another_amount"


STEPS: dict[str, tuple[tuple[str, ...], Callable[[Counter, str, int], Return]]] = {
    "answer": (("under_review",), lambda at, by, seen: at.answer("azulu", ID, {"1": Answer(approve=True)}, by=by, seen=seen)),
    "assign": (("under_review",), lambda at, by, seen: at.assign("azulu", ID, by, by=by, seen=seen)),
    "receive": (("authorised",), lambda at, by, seen: at.receive("azulu", ID, {"1": 1}, {}, by=by, note="", seen=seen)),
    "inspect": (
        ("authorised",),
        lambda at, by, seen: at.receive("azulu", ID, {"1": 1}, {"1": Found("as_new", "accepted")}, by=by, note="", seen=seen),
    ),
}


@pytest.mark.parametrize("step", STEPS)
def test_whoever_comes_second_is_told_and_overwrites_nothing(counter: Counter, returns: ReturnsTable, step: str) -> None:
    statuses, act = STEPS[step]
    seen = len(kept(returns, *statuses).timeline)
    first = act(counter, NEDA, seen)
    with pytest.raises(Overtaken):
        act(counter, LUIS, seen)
    assert counter.find("azulu", ID) == first


def test_a_mail_that_left_meanwhile_overtakes_nobody(counter: Counter, returns: ReturnsTable) -> None:
    new = kept(returns, "under_review")
    assert returns.change(mail_sent(new, new.outbox[0].id, LATER))
    after = counter.answer("azulu", ID, {"1": Answer(approve=True)}, by=NEDA, seen=1)
    assert after.status == "authorised"
    assert after.outbox[0].sent_at == LATER, "and its mark is kept"


@pytest.mark.parametrize("step", STEPS)
def test_of_many_at_once_one_wins_and_the_others_are_told(any_tables: Tables, step: str) -> None:
    statuses, act = STEPS[step]
    returns = ReturnsTable(Table(any_tables.client, any_tables.returns))
    counter = Counter(load_shops(), returns, lambda: LATER)
    seen = len(kept(returns, *statuses).timeline)

    def someone(number: int) -> Return | None:
        try:
            return act(counter, f"{number}@azulu.example", seen)
        except Overtaken:
            return None

    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(someone, range(24)))
    (won,) = [each for each in outcomes if each]
    assert counter.find("azulu", ID) == won


def test_a_step_without_an_entry_is_not_lost_when_somebody_else_writes_first(returns: ReturnsTable) -> None:
    """Asking once more for a label leaves none; a mail's mark, meanwhile, is nobody's business."""
    new = label_given_up(made_prepaid("authorised"), "refused")
    assert returns.add(new)

    def step(current: Return) -> Return:
        if current.waiting_mails:
            assert returns.change(mail_sent(current, current.outbox[0].id, LATER))
        return label_retried(current, LATER)

    Counter(load_shops(), returns, lambda: LATER).change("azulu", ID, step, seen=len(new.timeline))
    after = returns.by_slot("azulu", "AZ-1001", 1)
    assert after is not None
    assert (after.label_missing, after.label_wanted_at, after.waiting_mails) == (False, LATER, ())


@pytest.mark.parametrize("typed", ["AZ-1001/" + "1" * 5000, "A" * 3000 + "/1", "#/1", "AZ-1001/0", "AZ-1001/0001"])
def test_what_can_be_no_return_s_id_is_not_looked_for(counter: Counter, returns: ReturnsTable, typed: str) -> None:
    kept(returns, "authorised")
    with pytest.raises(NotFound):
        counter.find("azulu", typed)
