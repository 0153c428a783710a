"""What the mails say from the arrival of a parcel to the end of a return, before and after a deadline; and which are news."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.findings import Inspection
from chalicelib.domain.lifecycle import cancelled, decided, overridden, sent
from chalicelib.domain.receiving import inspected, received
from chalicelib.domain.returns import Message, Parcel, Return
from chalicelib.domain.verdicts import Outcome
from tests.letters import BLOUSE, DRESS, MANTO, NOON, SHIRT, asked, composed, letter
from tests.mails import part, read, visible
from tests.sequels import ARRIVES, came, expired, given, looked_at, reminded, sequels

EN = sequels("en")


def text_of(made: Return, message: Message) -> str:
    """Return the text of a return's last mail of this kind on one line."""
    mail = next(mail for mail in reversed(made.outbox) if mail.message == message)
    return " ".join(visible(part(read(composed(letter(made, mail.id))), "plain")).split())


def test_a_parcel_that_came_in_part_says_what_came_what_is_missing_and_what_happens_next() -> None:
    text = text_of(EN["azulu-received-in-part"], "received")
    assert "- 1 × Linen dress “Alba”, M, sand 1 more has not arrived" in text
    assert "Still to come: - 1 × Camisa de algodón" in text
    assert "complete your return 5 to 7 business days after that" in text


def test_an_inspection_says_by_line_what_counts_how_much_is_left_and_why() -> None:
    text = text_of(EN["azulu-inspected-each-its-way"], "inspected")
    for words in (
        "Accepted at a lower value: Store credit of COP 134,325 Condition: Damaged COP 44,775 was taken off. Why: There",
        "1 × Camisa de algodón, L, azul We cannot accept it. Condition: Another item than ordered Why:",
        "You get what is accepted by Monday 23 March",
        "These items are still yours, and we keep them for you: - 1 × Camisa",
    ):
        assert words in text
    assert "Luis" not in text


def test_an_inspection_with_nothing_to_say_against_it_says_so() -> None:
    text = text_of(EN["azulu-inspected"], "inspected")
    assert "everything is in order" in text
    assert "taken off" not in text
    assert "What we could not accept" not in text


@pytest.mark.parametrize(("name", "words"), [
    ("azulu-settled-in-part", ["Your store credit of COP 268,650", "AZ-GIFT-77Q2", "It is valid until", "Why: There is",
                               "Still to come", "Exchange, worth COP 129,900"]),
    ("azulu-settled-refund", ["We have refunded COP 129,900", "re_3PX81", "It goes back the way you paid."]),
    ("azulu-settled-gift-card", ["Your gift card of COP 129,900", "GC-4411-0937", "It does not expire."]),
    ("alustoora-settled", ["The number of the new order: AL-20991", "worth $72.95", "$6.95 was taken off for the whole return."]),
])  # fmt: skip
def test_a_settlement_says_how_much_was_given_where_and_what_was_taken_off(name: str, words: list[str]) -> None:
    text = text_of(EN[name], "settled")
    for said in words:
        assert said in text


def test_a_reminder_says_until_when_where_to_and_how_to_take_it_back() -> None:
    text = text_of(EN["azulu-reminder"], "reminder")
    for words in ("Please send it by Monday 23 March", "Carrera 69P # 74B-21", "cancel the return there", "tracking number"):
        assert words in text
    in_store = text_of(EN["azulu-reminder-in-store"], "reminder")
    assert "Please bring it by Monday 23 March" in in_store
    assert "tracking number" not in in_store


def test_what_expired_says_that_a_late_parcel_is_not_lost() -> None:
    text = text_of(EN["alustoora-expired"], "expired")
    assert "ended on Sunday, March 22" in text
    assert "When your parcel arrives, we will take it in" in text
    assert "ask for a new return" in text
    assert "tracking number" not in text_of(EN["azulu-expired"], "expired"), "nothing was to be posted"


def test_an_answer_with_several_notes_says_to_what_each_belongs() -> None:
    two = asked("nurana", (MANTO, "size", "exchange"), (BLOUSE, "damaged", "store_credit"), language="en")
    at = NOON + timedelta(hours=1)
    first = decided(two, ("1",), approve=True, by="Neda", note="With pleasure.", at=at)
    text = text_of(decided(first, ("2",), approve=True, by="Neda", note="Only this once.", at=at), "decided")
    assert f"A word from our team about {MANTO.name}: > With pleasure." in text
    assert f"A word from our team about {BLOUSE.name}: > Only this once." in text
    mixed = text_of(EN["nurana-decided-each-its-way"], "decided")
    assert "Part of it can come back, part of it cannot." in mixed
    assert "Our team has changed what you get for this." in mixed
    assert mixed.index("The size is gone") < mixed.index("What we cannot take back") < mixed.index("It has been worn.")


def test_what_a_person_granted_is_not_reckoned_out_by_the_policy() -> None:
    waits = asked("nurana", (MANTO, "size", "exchange"), language="en")
    outcome = Outcome("refund", "review", MANTO.unit_price / 2, (), MANTO.unit_price * 0, None)
    given_more = overridden(waits, "1", outcome, by="Neda", why="A regular customer.", note="", at=NOON)
    text = text_of(decided(given_more, ("1",), approve=True, by="Neda", note="", at=NOON), "decided")
    assert "Refund of 1,445,000" in text
    assert "2,890,000" not in text
    assert "regular" not in text


def superseded(made: Return, message: Message) -> bool:
    """Say whether a return's first mail of this kind is no news any more."""
    return letter(made, next(mail.id for mail in made.outbox if mail.message == message)).superseded


def test_news_that_a_later_step_has_overtaken_is_none() -> None:
    dress = asked("azulu", (DRESS, "size", "exchange"), language="en")
    arrived, told = came(dress), reminded(dress)
    assert not superseded(arrived, "received")
    assert superseded(looked_at(arrived), "received")
    assert superseded(looked_at(arrived), "approved")
    assert not superseded(looked_at(arrived), "inspected")
    done = given(looked_at(arrived), "exchange", "AZ-9")
    assert superseded(done, "inspected")
    assert not superseded(done, "settled")
    assert not superseded(told, "reminder")
    assert superseded(cancelled(told, ARRIVES), "reminder")
    assert superseded(sent(told, Parcel(carrier="", tracking="1", added_at=ARRIVES)), "reminder")
    late = expired(dress)
    assert not superseded(late, "expired")
    assert superseded(came(late), "expired")


def test_what_was_refused_stays_news_when_the_rest_is_settled() -> None:
    both = asked("azulu", (DRESS, "size", "exchange"), (SHIRT, "damaged", "exchange"), language="en")
    done = given(looked_at(came(both), l2=("refused", "used")), "exchange", "AZ-9")
    assert done.status == "settled"
    assert not superseded(done, "inspected")


def test_what_arrived_in_two_parcels_is_told_of_twice() -> None:
    both = asked("azulu", (DRESS, "size", "exchange"), (SHIRT, "size", "exchange"), language="en")
    first = came(both, l2=0)
    found = Inspection(condition="as_new", verdict="accepted", value=first.line("1").chosen.value, at=ARRIVES, by="Luis")
    seen_to = inspected(first, {"1": found}, resolve_by=None, by="Luis", note="", at=ARRIVES + timedelta(hours=1))
    second = received(seen_to, {"2": 1}, by="Luis", note="", at=ARRIVES + timedelta(days=1))
    messages = [mail for mail in second.outbox if mail.message == "received"]
    assert [mail.lines for mail in messages] == [("1",), ("2",)]
    assert [letter(second, mail.id).superseded for mail in messages] == [True, False]
