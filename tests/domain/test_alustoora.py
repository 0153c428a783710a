"""Alustoora's policy, clause by clause: each test names the clause whose reading it holds."""

from __future__ import annotations

import pytest

from chalicelib.shops import load_shops
from tests.domain.cases import REASONS
from tests.domain.telling import brief, first_refusal, says, told, value

LAST = "2026-04-15T23:59:59.999999-05:00"
LATE = "2026-04-16T00:00:00-05:00"
GONE = {"price": "79.90", "in_stock": False}
THERE = {"price": "79.90", "in_stock": True}


@pytest.mark.parametrize("reason", REASONS)
def test_a1_no_refund_is_offered_for_any_reason(reason: str) -> None:
    assert brief("alustoora", wish={"reason": reason, "replacement": GONE}) == "approved exchange store_credit"
    assert "refund" not in load_shops()["alustoora"].policies[0].outcomes


def test_a2_exchanges_until_the_end_of_the_fourteenth_day_after_purchase() -> None:
    assert brief("alustoora", at=LAST) == "approved exchange"
    assert brief("alustoora", at=LATE) == "refused late"
    assert told("alustoora", at=LATE)["request_by"] == LAST
    assert first_refusal("alustoora", at=LATE) == "A2"


def test_a2_does_not_wait_for_delivery() -> None:
    assert brief("alustoora", delivered_at=None) == "approved exchange"
    assert brief("alustoora", delivered_at=None, at=LATE) == "refused late"


def test_a3_asks_for_unused_goods_in_their_packaging_with_all_accessories() -> None:
    conditions = ["unused", "original_packaging", "accessories_included"]
    assert told("alustoora")["required"] == conditions
    assert brief("alustoora", wish={"attested": conditions}) == "approved exchange"
    for missing in conditions:
        attested = [name for name in conditions if name != missing]
        assert brief("alustoora", wish={"attested": attested}) == "refused conditions"
        assert first_refusal("alustoora", wish={"attested": attested}) == "A3"
    assert told("alustoora", wish={"reason": "damaged", "attested": []})["required"] == []


def test_a4_asks_for_the_goods_themselves_within_the_same_fourteen_days() -> None:
    line = told("alustoora")
    assert (line["request_by"], line["ship_by"]) == (LAST, LAST)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("method", ["mail", "store"])
def test_a5_the_customer_always_pays_the_parcel(reason: str, method: str) -> None:
    assert told("alustoora", wish={"reason": reason}, request={"method": method})["shipping"] == "customer"
    assert "A5 charges" in says("alustoora", wish={"reason": reason})


def test_a6_promises_no_number_of_days_after_inspection() -> None:
    policy = load_shops()["alustoora"].policies[0]
    assert policy.resolve_within is None
    assert policy.clause("A6").rules == ()


def test_a7_adds_store_credit_of_the_same_value_only_where_the_wanted_item_is_not_there() -> None:
    assert brief("alustoora", wish={"replacement": GONE}) == "approved exchange store_credit"
    assert value("alustoora", "store_credit", wish={"replacement": GONE, "quantity": 2}) == "159.80"
    assert brief("alustoora", wish={"replacement": THERE}) == "approved exchange"
    assert brief("alustoora") == "approved exchange"
    assert brief("alustoora", wish={"replacement": GONE}, at=LAST) == "approved exchange store_credit"
    assert brief("alustoora", wish={"replacement": GONE}, at=LATE) == "refused late"


@pytest.mark.parametrize("tag", ["custom_made", "final_sale"])
def test_a8_leaves_made_to_order_and_final_sale_to_a_person(tag: str) -> None:
    assert brief("alustoora", line={"tags": [tag]}) == "review exchange?"
    assert "A8 limits" in says("alustoora", line={"tags": [tag]})
    assert told("alustoora", line={"tags": [tag]})["request_by"] == LAST
    assert brief("alustoora", line={"tags": [tag]}, at=LATE) == "refused late"
    assert brief("alustoora", line={"tags": ["sale"]}) == "approved exchange"


def test_a_dearer_replacement_costs_nothing_on_top_here() -> None:
    dearer = {"price": "99.90", "in_stock": True}
    assert told("alustoora", wish={"replacement": dearer})["outcomes"][0]["due"] == "0"
