"""What a customer may do with their order, and what becomes of two who do it at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.desk import MOST_RETURNS, ChangedMeanwhile, NothingChosen, StaleDraft, Unknown
from chalicelib.domain.comparisons import fingerprint
from chalicelib.domain.drafts import DraftLine
from chalicelib.domain.errors import LifecycleError
from chalicelib.domain.lifecycle import cancelled, decided
from chalicelib.domain.orders import Variant
from tests.conftest import Tables
from tests.desks import YES, AtTheDesk
from tests.made import NOON, line, made, order, stored


@pytest.fixture
def at(tables: Tables) -> AtTheDesk:
    return AtTheDesk(tables)


def test_the_whole_way_makes_one_return_with_what_was_decided(at: AtTheDesk) -> None:
    visit, seen = at.ready({"1": 2})
    made = at.desk.submit(visit, visit.draft.id, seen)
    assert (made.id, made.status, made.policy_id) == ("AZ-1001/1", "authorised", "azulu@2024-12-18")
    assert made.lines[0].chosen.value == Decimal(358200)
    assert made.rma is not None
    assert at.visit().returns == (made,)
    assert at.visit().available("1") == 0


def test_a_replay_answers_with_the_return_that_exists(at: AtTheDesk) -> None:
    visit, seen = at.ready()
    first = at.desk.submit(visit, visit.draft.id, seen)
    assert at.desk.submit(visit, visit.draft.id, seen) == first
    assert at.desk.submit(at.visit(), visit.draft.id, seen) == first
    assert at.slots() == ["RETURN#001"]


def test_after_a_return_a_new_draft_begins(at: AtTheDesk) -> None:
    visit, seen = at.ready()
    at.desk.submit(visit, visit.draft.id, seen)
    assert at.visit().draft.lines == ()
    again, seen_again = at.ready()
    second = at.desk.submit(again, again.draft.id, seen_again)
    assert second.slot == 2
    assert at.visit().available("1") == 0


def test_a_draft_whose_return_was_made_stays_where_it_was_and_is_replaced(at: AtTheDesk) -> None:
    visit, seen = at.ready()
    at.desk.submit(visit, visit.draft.id, seen)
    kept = at.returns.draft("azulu", "AZ-1001", "", NOON)
    assert kept is not None
    assert kept.id == visit.draft.id
    fresh = at.visit()
    assert fresh.draft.id != visit.draft.id
    assert at.desk.choose_items(fresh, {"1": 1}, "receipt", None).draft.lines


def test_the_draft_is_the_same_on_every_device(at: AtTheDesk) -> None:
    at.desk.choose_items(at.visit(), {"1": 2}, "receipt", None)
    assert at.visit().draft.lines == (DraftLine(id="1", quantity=2),)


def test_what_was_said_of_a_line_is_kept_while_it_stays_chosen(tables: Tables) -> None:
    at = AtTheDesk(tables, stored(order(line("1"), line("2"))))
    visit, _ = at.ready({"1": 1, "2": 1})
    fewer = at.desk.choose_items(visit, {"2": 2}, "receipt", None)
    kept = fewer.draft.line("2")
    assert kept is not None
    assert (kept.quantity, kept.reason, kept.outcome) == (2, "size", "exchange")
    assert fewer.draft.line("1") is None


def test_a_page_about_a_draft_that_was_sent_is_told_so(at: AtTheDesk) -> None:
    visit, seen = at.ready()
    at.desk.submit(visit, visit.draft.id, seen)
    with pytest.raises(StaleDraft):
        at.desk.describe(at.visit(), visit.draft.id, [DraftLine(id="1", quantity=1, reason="size")])
    with pytest.raises(StaleDraft):
        at.desk.submit(at.visit(), "never-was", seen)


def test_two_tabs_that_write_one_after_the_other_both_count(at: AtTheDesk) -> None:
    one = at.desk.choose_items(at.visit(), {"1": 1}, "receipt", None)
    other = at.visit()
    at.desk.describe(one, one.draft.id, [DraftLine(id="1", quantity=1, reason="size", answers=YES)])
    at.desk.choose_outcomes(other, other.draft.id, {"1": "exchange"}, "mail", None)
    kept = at.visit().draft.line("1")
    assert kept is not None
    assert (kept.reason, kept.outcome) == ("size", "exchange")


@pytest.mark.parametrize("step", ["items", "details", "outcomes"])
def test_a_step_that_is_missing_is_named(at: AtTheDesk, step: str) -> None:
    visit = at.visit()
    if step != "items":
        visit = at.desk.choose_items(visit, {"1": 1}, "receipt", None)
    if step == "outcomes":
        visit = at.desk.describe(visit, visit.draft.id, [DraftLine(id="1", quantity=1, reason="size", answers=YES)])
    with pytest.raises(NothingChosen) as caught:
        at.desk.submit(visit, visit.draft.id, "")
    assert caught.value.step == step


def test_a_window_that_closed_meanwhile_is_shown_before_anything_is_made(at: AtTheDesk) -> None:
    visit, seen = at.ready()
    at.at = NOON + timedelta(days=9)
    with pytest.raises(ChangedMeanwhile) as caught:
        at.desk.submit(at.visit(), visit.draft.id, seen)
    changed = {difference.aspect: (difference.before, difference.now) for difference in caught.value.differences}
    assert changed["approval"] == ("automatic", "review")
    assert at.slots() == []


def test_a_condition_that_counts_only_by_now_is_asked_before_anything_is_made(at: AtTheDesk) -> None:
    visit, _ = at.ready()
    at.at = NOON + timedelta(days=9)
    _, now, _ = at.desk.check(at.visit())
    with pytest.raises(NothingChosen) as caught:
        at.desk.submit(at.visit(), visit.draft.id, fingerprint(now))
    assert caught.value.step == "details"
    answered = DraftLine(id="1", quantity=1, reason="size", answers=YES | {"original_packaging": True})
    visit = at.desk.describe(at.visit(), visit.draft.id, [answered])
    _, now, _ = at.desk.check(visit)
    assert at.desk.submit(visit, visit.draft.id, fingerprint(now)).status == "under_review"


def test_a_price_that_a_newer_order_changed_is_shown_before_anything_is_made(at: AtTheDesk) -> None:
    visit, seen = at.ready()
    at.import_order(stored(order(line(unit_price=Decimal(100000)))))
    with pytest.raises(ChangedMeanwhile) as caught:
        at.desk.submit(at.visit(), visit.draft.id, seen)
    assert [(each.aspect, each.before, each.now) for each in caught.value.differences] == [("value", "179100", "90000")]


def test_what_another_tab_chose_meanwhile_is_shown_before_it_is_asked_for(at: AtTheDesk) -> None:
    visit, seen = at.ready()
    other = DraftLine(id="1", quantity=1, reason="colour", answers=YES, remark="changed on the telephone")
    at.desk.describe(at.visit(), visit.draft.id, [other])
    with pytest.raises(ChangedMeanwhile) as caught:
        at.desk.submit(at.visit(), visit.draft.id, seen)
    assert caught.value.differences == ()
    assert at.slots() == []


def test_units_that_another_return_took_meanwhile_are_shown(at: AtTheDesk) -> None:
    visit, seen = at.ready({"1": 2})
    taken = at.visit()
    other, seen_other = at.ready({"1": 1})
    at.desk.submit(other, other.draft.id, seen_other)
    at.returns.save_draft("azulu", "AZ-1001", "", visit.draft.changed(id="mine", version=other.draft.version + 1), NOON)
    with pytest.raises(ChangedMeanwhile) as caught:
        at.desk.submit(at.visit(), "mine", seen)
    assert ("quantity", 2, 1) in [(each.aspect, each.before, each.now) for each in caught.value.differences]
    assert taken.available("1") == 2


def test_a_line_that_is_refused_by_now_is_left_out_and_the_rest_goes_on(tables: Tables) -> None:
    at = AtTheDesk(tables, stored(order(line("1"), line("2"))))
    visit, seen = at.ready({"1": 1, "2": 1})
    at.import_order(stored(order(line("1"), line("2", tags=("sale",)))))
    with pytest.raises(ChangedMeanwhile) as caught:
        at.desk.submit(at.visit(), visit.draft.id, seen)
    assert [(each.line_id, each.now) for each in caught.value.differences] == [("2", "refused")]
    _, now, _ = at.desk.check(at.visit())
    made = at.desk.submit(at.visit(), visit.draft.id, fingerprint(now))
    assert [each.line.id for each in made.lines] == ["1"]


def test_a_line_that_a_newer_import_took_away_is_shown_as_gone(tables: Tables) -> None:
    at = AtTheDesk(tables, stored(order(line("1"), line("2"))))
    visit, seen = at.ready({"1": 1, "2": 1})
    at.import_order(stored(order(line("1"))))
    with pytest.raises(ChangedMeanwhile) as caught:
        at.desk.submit(at.visit(), visit.draft.id, seen)
    assert [(each.line_id, each.aspect, each.now) for each in caught.value.differences] == [("2", "quantity", 0)]


def test_an_order_whose_address_changed_is_closed_to_the_old_one(at: AtTheDesk) -> None:
    at.import_order(stored(email="new@example.com"))
    with pytest.raises(Unknown):
        at.visit()


def test_the_first_page_says_what_is_left_and_which_reasons_help(tables: Tables) -> None:
    at = AtTheDesk(tables, stored(order(line("1"), line("2", tags=("sale",)), line("3", categories=("gift_card",)))))
    dress, sale, card = at.visit().offers()
    assert dress.decision is not None
    assert dress.decision.verdict == "approved"
    assert (sale.decision and sale.decision.verdict, sale.fault and sale.fault.verdict) == ("refused", "review")
    assert set(sale.reasons) == {"damaged", "defective", "wrong_item", "not_as_described"}
    assert not card.selectable


def test_a_page_decides_once_what_it_asks_twice_and_anew_what_differs(at: AtTheDesk) -> None:
    visit, _ = at.ready({"1": 2})
    first, again = at.desk.decisions(visit), at.desk.decisions(visit)
    assert first["mail"].lines[0] is again["mail"].lines[0]
    assert first["mail"].lines[0] is at.desk.check(visit)[0].lines[0]
    assert visit.offers()[0].decision is visit.offers(["1"])[0].decision
    assert first["mail"] != first["store"]
    fewer = visit.draft.changed(lines=(visit.draft.lines[0].model_copy(update={"quantity": 1}),))
    unlike = visit.draft.changed(lines=(visit.draft.lines[0].model_copy(update={"answers": dict.fromkeys(YES, False)}),))
    gift = visit.draft.changed(proof="gift_receipt")
    decided = [visit.decided(draft, {}, "mail") for draft in (visit.draft, fewer, unlike, gift)]
    assert decided[0] == first["mail"]
    assert all(other != decided[0] for other in decided[1:])


def test_what_the_catalogue_knows_of_a_wish_counts(tables: Tables) -> None:
    bag = line("1", product="WATCH", unit_price=Decimal("79.90"))
    placed = stored(order(bag, merchant="alustoora", number="AL-1", country="US", currency="USD"))
    at = AtTheDesk(tables, placed)
    sold_out = Variant(
        merchant="alustoora", product="WATCH", sku="W-2", name="Watch", price=Decimal("79.90"), currency="USD", stock=0
    )
    at.stock(sold_out)
    visit = at.desk.choose_items(at.visit(placed), {"1": 1}, "receipt", None)
    assert at.desk.variants(visit, bag) == (sold_out,)
    for wish, kinds in ((None, ["exchange"]), ("W-2", ["exchange", "store_credit"]), ("gone", ["exchange"])):
        visit = at.desk.describe(visit, visit.draft.id, [DraftLine(id="1", quantity=1, reason="colour", wish_sku=wish)])
        assert [outcome.kind for outcome in at.desk.decisions(visit)["mail"].lines[0].outcomes] == kinds


def test_a_parcel_is_told_of_and_a_return_cancelled_once(at: AtTheDesk) -> None:
    visit, seen = at.ready()
    made = at.desk.submit(visit, visit.draft.id, seen)
    cancelled = at.desk.cancel(at.visit(), made.slot)
    assert at.desk.cancel(at.visit(), made.slot) == cancelled
    assert at.visit().available("1") == 2
    with pytest.raises(LifecycleError):
        at.desk.track(at.visit(), made.slot, "Servientrega", "123")
    with pytest.raises(Unknown):
        at.desk.cancel(at.visit(), 9)


def test_a_step_taken_on_an_old_sight_of_the_return_is_taken_on_the_new_one(at: AtTheDesk) -> None:
    visit, seen = at.ready()
    at.desk.submit(visit, visit.draft.id, seen)
    old = at.visit()
    at.desk.track(at.visit(), 1, "Servientrega", "123")
    assert at.desk.track(old, 1, "Servientrega", "124").parcel is not None
    with pytest.raises(LifecycleError):
        at.desk.cancel(old, 1)


def test_cancelling_twice_what_was_partly_rejected_answers_with_what_is_left(at: AtTheDesk) -> None:
    visit, seen = at.ready({"1": 2})
    at.desk.submit(visit, visit.draft.id, seen)
    new = made("authorised", "under_review", slot=2, draft_id="other")
    at.returns.add(new)
    at.returns.change(decided(new, ("2",), approve=False, by="Neda", note="Worn.", at=NOON))
    left = at.desk.cancel(at.visit(), 2)
    assert at.desk.cancel(at.visit(), 2) == left


def test_an_order_has_only_so_many_returns(at: AtTheDesk) -> None:
    for slot in range(1, MOST_RETURNS + 1):
        at.returns.add(cancelled(made(slot=slot, draft_id=str(slot)), NOON))
    visit, seen = at.ready()
    with pytest.raises(LifecycleError):
        at.desk.submit(visit, visit.draft.id, seen)
