"""The life of a return: which steps may follow which, and what each leaves behind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.claims import CLAIM_LIFE, Claim, free
from chalicelib.domain.errors import LifecycleError
from chalicelib.domain.lifecycle import cancelled, decided, mail_failed, mail_sent, mails_claimed, sent
from chalicelib.domain.returns import Parcel
from tests.made import NOON, made

LATER = NOON + timedelta(hours=20)
PARCEL = Parcel(carrier="Servientrega", tracking="123456789", added_at=LATER)


def test_a_return_with_an_authorised_line_gets_its_rma_number_and_one_mail() -> None:
    new = made("authorised")
    assert new.rma == new.reserved_rma
    assert new.status == "authorised"
    assert [mail.message for mail in new.outbox] == ["approved"]


def test_a_return_that_only_waits_gets_no_rma_number_before_a_person_approves() -> None:
    new = made("under_review")
    assert new.rma is None
    assert [mail.message for mail in new.outbox] == ["under_review"]
    approved = decided(new, ("1",), approve=True, by="Neda", note="", at=LATER)
    assert approved.rma == new.reserved_rma
    assert [mail.message for mail in approved.outbox] == ["under_review", "decided"]


def test_lines_decide_one_by_one() -> None:
    new = made("authorised", "under_review", "under_review")
    assert new.status == "under_review"
    half = decided(new, ("2",), approve=False, by="Neda", note="It was worn.", at=LATER)
    assert [line.status for line in half.lines] == ["authorised", "rejected", "under_review"]
    assert half.lines[1].reply == "It was worn."
    assert decided(half, ("3",), approve=True, by="Neda", note="", at=LATER).status == "authorised"


def test_a_line_that_does_not_wait_cannot_be_decided() -> None:
    for line_id in ("1", "9"):
        with pytest.raises(LifecycleError):
            decided(made("authorised"), (line_id,), approve=True, by="Neda", note="", at=LATER)


def test_the_time_that_a_customer_waited_is_added_to_their_deadline() -> None:
    new = made("under_review")
    approved = decided(new, ("1",), approve=True, by="Neda", note="", at=LATER)
    before, after = new.lines[0].ship_by, approved.lines[0].ship_by
    assert before is not None
    assert after == before + timedelta(hours=20)


def test_cancelling_frees_the_units_and_rejecting_does_not() -> None:
    assert cancelled(made("authorised"), LATER).reserved("1") == 0
    assert decided(made("under_review"), ("1",), approve=False, by="N", note="no", at=LATER).reserved("1") == 1


def test_a_return_cannot_be_cancelled_once_its_parcel_is_on_its_way() -> None:
    on_its_way = sent(made("authorised"), PARCEL)
    assert on_its_way.status == "sent"
    with pytest.raises(LifecycleError):
        cancelled(on_its_way, LATER)


def test_what_a_person_rejected_is_not_taken_back_with_the_rest() -> None:
    half = decided(made("authorised", "under_review"), ("2",), approve=False, by="N", note="no", at=LATER)
    assert [line.status for line in cancelled(half, LATER).lines] == ["cancelled", "rejected"]


def test_the_same_parcel_told_twice_changes_nothing_and_another_corrects_it() -> None:
    once = sent(made("authorised"), PARCEL)
    assert sent(once, PARCEL.model_copy(update={"added_at": LATER + timedelta(hours=1)})) is once
    assert sent(once, PARCEL.model_copy(update={"tracking": "9"})).parcel != once.parcel


def test_nothing_can_be_sent_before_a_line_is_authorised() -> None:
    with pytest.raises(LifecycleError):
        sent(made("under_review"), PARCEL)


def test_every_step_counts_the_version_by_one() -> None:
    new = made("authorised", "under_review")
    steps = [
        decided(new, ("2",), approve=True, by="N", note="", at=LATER),
        cancelled(new, LATER),
        sent(new, PARCEL),
        mail_sent(new, new.outbox[0].id, LATER),
        mail_failed(new, new.outbox[0].id, "rejected"),
        mails_claimed(new, Claim(by="stream", at=LATER)),
    ]
    assert {step.version for step in steps} == {new.version + 1}


def test_a_mail_waits_until_it_is_sent_or_given_up() -> None:
    new = made("authorised", "under_review")
    first, second = new.outbox
    assert mail_sent(new, first.id, LATER).waiting_mails == (second,)
    assert mail_failed(new, first.id, "refused").waiting_mails == (second,)


def test_a_claim_is_on_every_mail_that_waits_and_on_no_later_one() -> None:
    new = made("authorised", "under_review")
    claim = Claim(by="sweep", at=LATER)
    claimed = cancelled(mails_claimed(mail_sent(new, new.outbox[0].id, LATER), claim), LATER)
    assert [mail.claim for mail in claimed.outbox] == [None, claim, None]


def test_a_claim_keeps_all_but_the_streams_next_try_away_until_it_has_ended() -> None:
    stream, sweep = Claim(by="stream", at=NOON), Claim(by="sweep", at=NOON)
    soon, ended = NOON + timedelta(seconds=119), NOON + CLAIM_LIFE
    assert free(None, "stream", soon)
    assert free(stream, "stream", soon)
    assert not free(stream, "sweep", soon)
    assert not free(sweep, "stream", soon)
    assert not free(sweep, "sweep", soon)
    assert free(stream, "sweep", ended)
    assert free(sweep, "stream", ended)
