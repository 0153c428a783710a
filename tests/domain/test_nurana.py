"""Nurana's policy, clause by clause: each test names the clause whose reading it holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.windows import Window
from chalicelib.shops import load_shops
from tests.domain.cases import REASONS
from tests.domain.telling import brief, first_refusal, says, told, value

# Placed on 1 April at noon and delivered on 5 April at noon, in UTC; Tehran is three and a half hours ahead.
IN_48_HOURS = "2026-04-07T12:00:00Z"
AFTER_48_HOURS = "2026-04-07T12:00:00.000001Z"
DEADLINE = "2026-04-07T15:30:00+03:30"

# Delivered eight hours after the purchase, so that 72 hours from the purchase end after 48 from delivery.
SOON: dict[str, Any] = {"delivered_at": "2026-04-01T20:00:00Z"}
IN_72_HOURS = "2026-04-04T12:00:00Z"
AFTER_72_HOURS = "2026-04-04T12:00:00.000001Z"

GONE = {"price": "18500000", "in_stock": False}
GOODS = ["unused", "tags_attached", "no_stains_or_tears", "unwashed", "no_odour"]
PACKED = ["original_packaging", "invoice"]
FAULT = ["damaged", "defective", "wrong_item", "not_as_described"]
OWN = [reason for reason in REASONS if reason not in FAULT]


def test_n0_orders_arrive_in_three_to_seven_business_days() -> None:
    assert load_shops()["nurana"].policies[0].arrives_within == (3, 7)


@pytest.mark.parametrize("reason", OWN)
def test_n1_an_expert_decides_within_forty_eight_hours_of_delivery(reason: str) -> None:
    assert brief("nurana", wish={"reason": reason}, at=IN_48_HOURS) == "review exchange? store_credit?"
    assert brief("nurana", wish={"reason": reason}, at=AFTER_48_HOURS) == "refused late"
    assert told("nurana", wish={"reason": reason}, at=AFTER_48_HOURS)["request_by"] == DEADLINE
    assert told("nurana")["request_by"] == DEADLINE


def test_n2_the_goods_are_sent_within_seventy_two_hours_of_delivery() -> None:
    assert told("nurana")["ship_by"] == "2026-04-08T15:30:00+03:30"
    assert told("nurana", delivered_at=None)["ship_by"] is None
    assert told("nurana", channel="store", delivered_at=None, at=IN_72_HOURS)["ship_by"] == "2026-04-04T15:30:00+03:30"


def test_n3_says_not_to_send_before_it_is_agreed() -> None:
    clause = load_shops()["nurana"].policies[0].clause("N3")
    assert clause.rules == ()
    assert "before you send" in clause.text["en"]


def test_n4_an_exchange_is_open_until_seventy_two_hours_after_purchase_where_that_is_later() -> None:
    assert brief("nurana", **SOON, at="2026-04-03T20:00:00Z") == "review exchange? store_credit?"
    assert brief("nurana", **SOON, at=IN_72_HOURS) == "review exchange?"
    assert brief("nurana", **SOON, at=AFTER_72_HOURS) == "refused late"
    assert told("nurana", **SOON)["request_by"] == "2026-04-04T15:30:00+03:30"


def test_n4_opens_an_exchange_before_delivery() -> None:
    assert brief("nurana", delivered_at=None, at=IN_72_HOURS) == "review exchange?"
    assert brief("nurana", delivered_at=None, at=AFTER_72_HOURS) == "refused not_delivered"
    assert told("nurana", delivered_at=None, at=AFTER_72_HOURS)["request_by"] is None


def test_n4_asks_for_new_goods() -> None:
    assert told("nurana")["required"] == GOODS + PACKED
    for missing in GOODS:
        attested = [name for name in GOODS + PACKED if name != missing]
        assert brief("nurana", wish={"attested": attested}) == "refused conditions"
        assert first_refusal("nurana", wish={"attested": attested}) == "N4"


@pytest.mark.parametrize(
    "category", ["accessories", "underwear", "hat", "shawl", "scarf", "belt", "socks", "leggings", "gloves", "shoes"]
)
def test_n5_hygiene_goods_do_not_come_back_unless_the_shop_was_at_fault(category: str) -> None:
    line = {"categories": [category]}
    for reason in OWN:
        assert brief("nurana", line=line, wish={"reason": reason, "replacement": GONE}) == "refused excluded"
    for reason in FAULT:
        assert brief("nurana", line=line, wish={"reason": reason}) == "review exchange? store_credit? refund?"
    assert first_refusal("nurana", line=line, at=AFTER_48_HOURS) == "N5"
    assert {"N5 refuses", "N8 grants"} <= says("nurana", line=line, wish={"reason": "damaged"})
    assert brief("nurana", line=line, wish={"reason": "damaged"}, at=AFTER_48_HOURS) == "refused excluded"


def test_n8_the_shop_pays_the_parcel_only_for_its_own_fault() -> None:
    assert {told("nurana", wish={"reason": reason})["shipping"] for reason in OWN} == {"customer"}
    assert {told("nurana", wish={"reason": reason})["shipping"] for reason in FAULT} == {"merchant"}
    assert told("nurana", request={"method": "store"})["shipping"] == "customer"


@pytest.mark.parametrize("tag", ["sale", "out_of_season"])
def test_n9_sale_and_past_season_goods_do_not_come_back_unless_the_shop_was_at_fault(tag: str) -> None:
    line = {"tags": [tag]}
    assert brief("nurana", line=line) == "refused excluded"
    assert first_refusal("nurana", line=line) == "N9"
    assert told("nurana", line=line, at=AFTER_48_HOURS)["request_by"] is None
    assert brief("nurana", line=line, wish={"reason": "defective"}) == "review exchange? store_credit? refund?"


@pytest.mark.parametrize("reason", ["size", "colour"])
def test_n10_offers_a_refund_where_the_right_size_or_colour_is_gone(reason: str) -> None:
    wish = {"reason": reason, "replacement": GONE}
    assert brief("nurana", wish=wish) == "review exchange? store_credit? refund?"
    assert brief("nurana", wish={**wish, "replacement": {**GONE, "in_stock": True}}) == "review exchange? store_credit?"
    assert brief("nurana", wish={"reason": "changed_mind", "replacement": GONE}) == "review exchange? store_credit?"
    assert brief("nurana", wish=wish, at=AFTER_48_HOURS) == "refused late"


def test_n11_asks_for_packaging_and_invoice() -> None:
    for missing in PACKED:
        attested = [name for name in GOODS + PACKED if name != missing]
        assert brief("nurana", wish={"attested": attested}) == "refused conditions"
        assert first_refusal("nurana", wish={"attested": attested}) == "N11"
    assert brief("nurana", wish={"attested": GOODS + PACKED}) == "review exchange? store_credit?"


def test_n12_another_item_is_always_a_choice() -> None:
    assert brief("nurana", wish={"reason": "changed_mind", "replacement": GONE}).startswith("review exchange?")
    assert load_shops()["nurana"].policies[0].clause("N12").rules == ()


def test_n13_a_cheaper_replacement_refuses_the_exchange_and_a_dearer_one_costs_the_difference() -> None:
    cheaper = {"price": "18499999", "in_stock": True}
    assert brief("nurana", wish={"replacement": cheaper}) == "review store_credit?"
    assert "N13 limits" in says("nurana", wish={"replacement": cheaper})
    assert brief("nurana", wish={"replacement": {**cheaper, "price": "18500000"}}) == "review exchange? store_credit?"
    dearer = told("nurana", wish={"quantity": 2, "replacement": {"price": "18500001", "in_stock": True}})
    assert [(one["kind"], one["due"]) for one in dearer["outcomes"]] == [("exchange", "2"), ("store_credit", "0")]


def test_n13_refuses_by_the_answer_where_only_the_exchange_was_still_open() -> None:
    wish = {"replacement": {"price": "1", "in_stock": True}}
    assert brief("nurana", **SOON, wish=wish, at=IN_72_HOURS) == "refused answers"
    assert first_refusal("nurana", **SOON, wish=wish, at=IN_72_HOURS) == "N13"
    assert told("nurana", **SOON, wish=wish, at=IN_72_HOURS)["request_by"] is None
    assert brief("nurana", **SOON, wish=wish, at=AFTER_72_HOURS) == "refused late"


def test_n14_gives_the_wallet_always_and_the_bank_transfer_where_the_shop_was_at_fault() -> None:
    for reason in REASONS:
        assert "store_credit?" in brief("nurana", wish={"reason": reason})
        assert ("refund?" in brief("nurana", wish={"reason": reason})) is (reason in FAULT)
    assert value("nurana", "refund", wish={"reason": "damaged", "quantity": 2}) == "37000000"
    assert brief("nurana", wish={"reason": "damaged"}, at=IN_48_HOURS) == "review exchange? store_credit? refund?"
    assert brief("nurana", wish={"reason": "damaged"}, at=AFTER_48_HOURS) == "refused late"


def test_hours_are_exact_whatever_the_day() -> None:
    windows = [w for clause in load_shops()["nurana"].policies[0].clauses for rule in clause.rules for w in rule.window]
    assert {timedelta(hours=w.hours or 0) for w in windows} == {timedelta(hours=48), timedelta(hours=72)}
    assert all(isinstance(w, Window) and w.days is None for w in windows)
