"""Azulu's policy, clause by clause: each test names the clause whose reading it holds."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.shops import load_shops
from tests.domain.cases import REASONS
from tests.domain.telling import brief, first_refusal, says, told, value

OPEN = "approved exchange store_credit refund?"
LOOKED_AT = "review exchange? store_credit? refund?"

DAY_7 = "2026-04-12T23:59:59.999999-05:00"
DAY_8 = "2026-04-13T00:00:00-05:00"
DAY_14 = "2026-04-19T23:59:59.999999-05:00"
DAY_15 = "2026-04-20T00:00:00-05:00"
DAY_30 = "2026-05-05T23:59:59.999999-05:00"
DAY_31 = "2026-05-06T00:00:00-05:00"

STORE: dict[str, Any] = {"channel": "store", "delivered_at": None}
STORE_DAY_14 = "2026-04-15T23:59:59.999999-05:00"
STORE_DAY_15 = "2026-04-16T00:00:00-05:00"
STORE_DAY_30 = "2026-05-01T23:59:59.999999-05:00"
STORE_DAY_31 = "2026-05-02T00:00:00-05:00"

OWN = [reason for reason in REASONS if reason not in ("damaged", "defective", "wrong_item", "not_as_described")]
FAULT = [reason for reason in REASONS if reason not in OWN]


def test_z1_gives_neither_exchange_nor_credit_in_another_country() -> None:
    assert brief("azulu", request={"country": "US"}) == "review refund?"
    assert "Z1 limits" in says("azulu", request={"country": "US"})
    assert told("azulu", request={"country": "US"})["request_by"] == DAY_30
    assert brief("azulu", request={"country": "US"}, at=DAY_31) == "refused late"
    assert brief("azulu", request={"country": "US"}, country="US") == OPEN


def test_z1_leaves_nothing_of_a_gift_from_another_country() -> None:
    gift = {"country": "US", "proof": "gift_receipt"}
    assert brief("azulu", request=gift) == "refused answers"
    assert first_refusal("azulu", request=gift) == "Z1"
    assert told("azulu", request=gift)["request_by"] is None


@pytest.mark.parametrize("tag", ["sale", "final_sale"])
def test_z2_sale_is_final_whatever_the_customers_own_reason_and_the_day(tag: str) -> None:
    for reason in OWN:
        assert brief("azulu", line={"tags": [tag]}, wish={"reason": reason}) == "refused excluded"
    assert brief("azulu", line={"tags": [tag]}, at=DAY_31) == "refused excluded"
    assert brief("azulu", line={"tags": [tag]}, delivered_at=None) == "refused excluded"
    assert first_refusal("azulu", line={"tags": [tag]}, at=DAY_31) == "Z2"
    assert told("azulu", line={"tags": [tag]}, at=DAY_31)["request_by"] is None


@pytest.mark.parametrize("category", ["jewelry", "swimwear"])
def test_z3_jewelry_and_swimwear_are_final(category: str) -> None:
    assert brief("azulu", line={"categories": [category]}) == "refused excluded"
    assert first_refusal("azulu", line={"categories": [category]}) == "Z3"
    assert brief("azulu", line={"categories": ["dress"]}) == OPEN


def test_z4_a_store_purchase_has_fourteen_days_from_purchase() -> None:
    assert brief("azulu", **STORE, at=STORE_DAY_14) == OPEN
    assert brief("azulu", **STORE, at=STORE_DAY_15) == LOOKED_AT
    assert told("azulu", **STORE)["request_by"] == STORE_DAY_14
    assert "Z4 grants" in says("azulu", **STORE)


def test_z4_a_delivery_later_than_a_store_purchase_moves_only_the_thirty_days() -> None:
    assert brief("azulu", channel="store", at=STORE_DAY_14) == OPEN
    assert brief("azulu", channel="store", at=STORE_DAY_15) == LOOKED_AT
    assert brief("azulu", channel="store", at=DAY_30) == LOOKED_AT
    assert brief("azulu", channel="store", at=DAY_31) == "refused late"


def test_z4_denies_the_refund_that_z14_allows_so_a_person_decides() -> None:
    assert {"Z4 refuses", "Z14 grants"} <= says("azulu")


def test_z5_store_credit_says_that_it_expires_after_thirty_days() -> None:
    expiry = {one["kind"]: one["expires_days"] for one in told("azulu")["outcomes"]}
    assert expiry == {"exchange": None, "store_credit": 30, "refund": None}
    assert "Z5 limits" in says("azulu")
    assert "Z5 limits" not in says("azulu", request={"proof": "gift_receipt"})


def test_z6_asks_for_sellable_goods_with_tags_and_receipt_within_the_fourteen_days() -> None:
    conditions = ["unused", "tags_attached", "receipt"]
    assert told("azulu", at=DAY_14)["required"] == conditions
    for missing in conditions:
        attested = [name for name in conditions if name != missing]
        assert brief("azulu", wish={"attested": attested}) == "refused conditions"
        assert first_refusal("azulu", wish={"attested": attested}) == "Z6"
    assert brief("azulu", wish={"attested": conditions}) == OPEN


def test_z6_asks_for_the_receipt_only_where_there_is_one() -> None:
    assert told("azulu", request={"proof": "gift_receipt"})["required"] == ["unused", "tags_attached"]
    assert told("azulu", request={"proof": "none"})["required"] == ["unused", "tags_attached"]


def test_z7_online_the_fourteen_days_begin_with_delivery() -> None:
    assert brief("azulu", at=DAY_14) == OPEN
    assert brief("azulu", at=DAY_15) == LOOKED_AT
    assert told("azulu")["request_by"] == DAY_14
    assert brief("azulu", delivered_at=None) == "refused not_delivered"
    assert told("azulu", delivered_at=None, at="2027-04-01T00:00:00Z")["cause"] == "not_delivered"


def test_z8_keeps_a_tenth_of_what_comes_by_mail_and_nothing_of_what_is_handed_in() -> None:
    assert value("azulu") == "179100"
    assert value("azulu", "refund") == "179100"
    assert value("azulu", wish={"quantity": 2}) == "358200"
    assert value("azulu", request={"method": "store"}) == "199000"
    deduction = told("azulu")["outcomes"][0]["deductions"]
    assert deduction == [{"kind": "restocking_fee", "amount": "19900", "clause": "Z8"}]
    assert told("azulu", request={"method": "store"})["outcomes"][0]["deductions"] == []


@pytest.mark.parametrize(("price", "kept"), [("15", "13"), ("14", "13"), ("4", "4"), ("5", "4")])
def test_z8_rounds_its_tenth_half_up_to_whole_pesos(price: str, kept: str) -> None:
    assert value("azulu", line={"unit_price": price}) == kept


@pytest.mark.parametrize("reason", FAULT)
def test_z8_is_not_charged_where_the_shop_is_at_fault(reason: str) -> None:
    assert value("azulu", wish={"reason": reason}) == "199000"


def test_z9_a_gift_receipt_gives_an_exchange_or_a_gift_card_at_its_price() -> None:
    assert brief("azulu", request={"proof": "gift_receipt"}) == "approved exchange gift_card"
    assert value("azulu", "gift_card", request={"proof": "gift_receipt", "method": "store"}) == "199000"
    assert brief("azulu", request={"proof": "gift_receipt"}, at=DAY_15) == "review exchange? gift_card?"
    assert brief("azulu", request={"proof": "gift_receipt"}, wish={"reason": "damaged"}) == "approved exchange gift_card"
    assert brief("azulu", request={"proof": "gift_receipt"}, at=DAY_31) == "refused late"


def test_z9_without_a_receipt_the_lowest_price_of_fourteen_days_counts() -> None:
    known, handed_in = {"lowest_price_14d": "99000"}, {"proof": "none", "method": "store"}
    assert brief("azulu", line=known, request=handed_in) == "approved exchange gift_card"
    assert value("azulu", line=known, request=handed_in) == "99000"
    assert value("azulu", line=known, request={"proof": "gift_receipt", "method": "store"}) == "199000"
    assert value("azulu", line=known, request={"method": "store"}) == "199000"


def test_z9_a_person_decides_at_the_price_paid_where_no_lowest_price_is_known() -> None:
    assert brief("azulu", request={"proof": "none"}) == "review exchange? gift_card?"
    assert value("azulu", request={"proof": "none", "method": "store"}) == "199000"
    assert told("azulu", request={"proof": "none"})["request_by"] == DAY_30


@pytest.mark.parametrize("reason", REASONS)
def test_z10_a_gift_card_never_comes_back(reason: str) -> None:
    assert brief("azulu", line={"categories": ["gift_card"]}, wish={"reason": reason}) == "refused excluded"
    assert first_refusal("azulu", line={"categories": ["gift_card"]}, wish={"reason": reason}) == "Z10"


def test_z11_disagrees_with_fourteen_days_so_a_person_decides_until_day_thirty() -> None:
    assert brief("azulu", at=DAY_15) == LOOKED_AT
    assert {"Z11 grants", "Z7 refuses"} <= says("azulu", at=DAY_15)
    assert brief("azulu", at=DAY_30) == LOOKED_AT
    assert brief("azulu", at=DAY_31) == "refused late"
    assert told("azulu", at=DAY_31)["request_by"] == DAY_30
    assert told("azulu", at=DAY_15)["request_by"] == DAY_30


def test_z11_asks_for_its_own_conditions_after_the_fourteen_days() -> None:
    conditions = ["unused", "original_packaging", "tags_attached"]
    assert told("azulu", at=DAY_15)["required"] == conditions
    assert brief("azulu", at=DAY_15, wish={"attested": conditions}) == LOOKED_AT
    assert first_refusal("azulu", at=DAY_14, wish={"attested": conditions}) == "Z6", "it asks for the receipt"
    assert brief("azulu", at=DAY_15, wish={"attested": ["unused", "tags_attached", "receipt"]}) == "refused conditions"
    assert first_refusal("azulu", at=DAY_15, wish={"attested": []}) == "Z11"


@pytest.mark.parametrize("line", [{"tags": ["sale"]}, {"tags": ["personalized"]}, {"categories": ["gift_card"]}])
def test_z12_sale_gift_cards_and_personalized_goods_do_not_come_back(line: dict[str, Any]) -> None:
    assert brief("azulu", line=line) == "refused excluded"
    assert "Z12 refuses" in says("azulu", line=line)


def test_z13_settles_in_five_to_seven_business_days() -> None:
    assert load_shops()["azulu"].policies[0].resolve_within == (5, 7)


def test_z14_a_refund_needs_a_person_through_day_thirty_and_is_not_for_gifts() -> None:
    for at in ("2026-04-06T12:00:00Z", DAY_14, DAY_30):
        assert brief("azulu", at=at).endswith("refund?")
    for proof in ("gift_receipt", "none"):
        assert "refund" not in brief("azulu", request={"proof": proof})
    assert "Z9 limits" in says("azulu", request={"proof": "gift_receipt"})


def test_z15_says_how_an_exchange_is_made() -> None:
    clause = load_shops()["azulu"].policies[0].clause("Z15")
    assert clause.rules == ()
    assert "pedido nuevo" in clause.text["es"]


@pytest.mark.parametrize("reason", ["damaged", "defective"])
def test_z16_what_arrived_broken_is_settled_at_once_within_seven_days_and_looked_at_until_thirty(reason: str) -> None:
    broken = {"reason": reason}
    assert brief("azulu", wish=broken, at=DAY_7) == OPEN
    assert told("azulu", wish=broken)["request_by"] == DAY_7
    assert brief("azulu", wish=broken, at=DAY_8) == LOOKED_AT
    assert {"Z16 refuses", "Z11 grants"} <= says("azulu", wish=broken, at=DAY_8)
    assert brief("azulu", wish=broken, at=DAY_30) == LOOKED_AT
    assert brief("azulu", wish=broken, at=DAY_31) == "refused late"
    assert told("azulu", wish={**broken, "attested": []})["required"] == []


def test_z16_seven_days_count_from_delivery_in_a_store_too() -> None:
    assert brief("azulu", channel="store", wish={"reason": "damaged"}, at=DAY_7) == OPEN
    assert brief("azulu", channel="store", wish={"reason": "damaged"}, at=DAY_8) == LOOKED_AT


def test_z17_the_customer_pays_the_parcel_unless_the_shop_is_at_fault_or_there_is_none() -> None:
    for reason in OWN:
        assert told("azulu", wish={"reason": reason})["shipping"] == "customer"
    for reason in FAULT:
        assert told("azulu", wish={"reason": reason})["shipping"] == "merchant"
        assert told("azulu", wish={"reason": reason}, request={"method": "store"})["shipping"] == "none"
    assert told("azulu", request={"method": "store"})["shipping"] == "none"


@pytest.mark.parametrize("reason", ["wrong_item", "not_as_described"])
def test_z17_what_was_sent_wrong_follows_the_usual_windows_without_conditions(reason: str) -> None:
    wrong = {"reason": reason, "attested": []}
    assert brief("azulu", wish=wrong, at=DAY_14) == OPEN
    assert brief("azulu", wish=wrong, at=DAY_15) == LOOKED_AT
    assert brief("azulu", wish=wrong, at=DAY_31) == "refused late"
    assert told("azulu", wish=wrong, at=DAY_15)["required"] == []


def test_z18_says_that_the_law_comes_first() -> None:
    clause = load_shops()["azulu"].policies[0].clause("Z18")
    assert clause.rules == ()
    assert "law" in clause.text["en"]


EXCLUDED: list[dict[str, Any]] = [
    *({"tags": [tag]} for tag in ("sale", "final_sale", "personalized")),
    *({"categories": [category]} for category in ("jewelry", "swimwear")),
]


@pytest.mark.parametrize("line", EXCLUDED)
def test_final_goods_that_came_broken_are_looked_at_for_seven_days(line: dict[str, Any]) -> None:
    broken = {"reason": "damaged"}
    assert brief("azulu", line=line, wish=broken, at=DAY_7) == LOOKED_AT
    assert told("azulu", line=line, wish=broken, at=DAY_7)["request_by"] == DAY_7
    assert brief("azulu", line=line, wish=broken, at=DAY_8) == "refused excluded"
    assert told("azulu", line=line, wish=broken, at=DAY_8)["request_by"] is None


@pytest.mark.parametrize("line", EXCLUDED)
def test_final_goods_that_were_sent_wrong_are_looked_at_for_fourteen_days(line: dict[str, Any]) -> None:
    wrong = {"reason": "wrong_item"}
    assert brief("azulu", line=line, wish=wrong, at=DAY_14) == LOOKED_AT
    assert brief("azulu", line=line, wish=wrong, at=DAY_15) == "refused excluded"
    assert brief("azulu", **STORE, line=line, wish=wrong, at=STORE_DAY_14) == LOOKED_AT
    assert brief("azulu", **STORE, line=line, wish=wrong, at=STORE_DAY_15) == "refused excluded"


def test_a_late_line_that_lacks_a_condition_too_shows_the_window_first() -> None:
    late = {"at": STORE_DAY_31, "wish": {"attested": []}}
    assert brief("azulu", **STORE, **late) == "refused late"
    assert first_refusal("azulu", **STORE, **late) in ("Z4", "Z11")
    assert {"Z6 refuses", "Z11 refuses"} <= says("azulu", **STORE, **late)
    assert brief("azulu", **STORE, at=STORE_DAY_30) == LOOKED_AT
