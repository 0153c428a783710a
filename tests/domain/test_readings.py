"""The readings agree with the published examples and with each row of the tables, said once more by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.domain.cases import REASONS, plain_case
from tests.domain.comparing import differences
from tests.domain.readings import read

EXAMPLES = [json.loads(line) for line in Path(__file__).with_name("examples.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["input"]["case"] for example in EXAMPLES])
def test_the_readings_answer_every_published_example(example: Mapping[str, Any]) -> None:
    readings = read(example["input"])

    assert [one["id"] for one in readings] == [one["id"] for one in example["expect"]]
    assert [differences(told, reading) for told, reading in zip(example["expect"], readings, strict=True)] == [[]] * len(readings)


def brief(shop: str, **changes: Any) -> str:
    """Return the reading of a plain one-line case in a line: the verdict, then each outcome with `?` if a person decides."""
    reading = read(plain_case(shop, **changes))[0]
    kinds = (one["kind"] + ("" if one["approval"] == "automatic" else "?") for one in reading["outcomes"])
    return " ".join((reading["verdict"], *kinds))


def field(name: str, shop: str, **changes: Any) -> Any:
    """Return one field of the reading of a plain one-line case."""
    return read(plain_case(shop, **changes))[0][name]


def value(shop: str, **changes: Any) -> Any:
    """Return the value of the first outcome of a plain one-line case."""
    return field("outcomes", shop, **changes)[0]["value"]


GONE = {"price": "79.90", "in_stock": False}
DAY_14 = "2026-04-19T23:59:59.999999-05:00"
DAY_15 = "2026-04-20T00:00:00-05:00"
DAY_30 = "2026-05-05T23:59:59.999999-05:00"
DAY_31 = "2026-05-06T00:00:00-05:00"


def test_alustoora_exchanges_and_never_refunds_within_fourteen_days_of_purchase() -> None:
    assert brief("alustoora") == "approved exchange"
    assert brief("alustoora", at="2026-04-15T23:59:59.999999-05:00") == "approved exchange"
    assert brief("alustoora", at="2026-04-16T00:00:00-05:00") == "refused"
    assert field("request_by", "alustoora", at="2026-04-16T00:00:00-05:00") == "2026-04-15T23:59:59.999999-05:00"
    assert {brief("alustoora", wish={"reason": reason}) for reason in REASONS} == {"approved exchange"}


def test_alustoora_gives_credit_for_what_is_not_there_and_looks_at_what_it_made_to_order() -> None:
    assert brief("alustoora", wish={"replacement": GONE}) == "approved exchange store_credit"
    assert brief("alustoora", wish={"replacement": {**GONE, "in_stock": True}}) == "approved exchange"
    assert brief("alustoora", line={"tags": ["custom_made"]}) == "review exchange?"
    assert brief("alustoora", line={"tags": ["final_sale"]}, wish={"replacement": GONE}) == "review exchange? store_credit?"


def test_a_condition_not_confirmed_refuses_unless_the_shop_is_at_fault() -> None:
    for shop in ("alustoora", "azulu", "nurana"):
        assert brief(shop, wish={"attested": ["unused"]}) == "refused"
        assert brief(shop, wish={"attested": ["unused"], "reason": "defective"}) != "refused"
        assert field("required", shop, wish={"reason": "wrong_item"}) == []


def test_azulu_exchanges_for_fourteen_days_and_then_looks_until_day_thirty() -> None:
    assert brief("azulu", at=DAY_14) == "approved exchange store_credit refund?"
    assert brief("azulu", at=DAY_15) == "review exchange? store_credit? refund?"
    assert brief("azulu", at=DAY_30) == "review exchange? store_credit? refund?"
    assert brief("azulu", at=DAY_31) == "refused"
    assert field("request_by", "azulu", at=DAY_31) == DAY_30
    assert field("required", "azulu", at=DAY_15) == ["unused", "original_packaging", "tags_attached"]


def test_azulu_counts_a_store_purchase_from_its_own_day() -> None:
    store = {"channel": "store", "delivered_at": None}
    assert brief("azulu", at="2026-04-15T23:59:59.999999-05:00", **store) == "approved exchange store_credit refund?"
    assert brief("azulu", at="2026-04-16T00:00:00-05:00", **store) == "review exchange? store_credit? refund?"
    assert brief("azulu", at="2026-05-02T00:00:00-05:00", **store) == "refused"
    assert brief("azulu", delivered_at=None) == "refused"
    assert field("request_by", "azulu", delivered_at=None, at="2026-12-01T00:00:00Z") is None


@pytest.mark.parametrize(
    "line",
    [{"tags": [tag]} for tag in ("sale", "final_sale", "personalized")]
    + [{"categories": [what]} for what in ("jewelry", "swimwear")],
)
def test_azulu_takes_no_final_goods_back_unless_it_was_at_fault(line: dict[str, Any]) -> None:
    looked_at = "review exchange? store_credit? refund?"
    assert brief("azulu", line=line) == "refused"
    assert brief("azulu", line=line, wish={"reason": "damaged"}) == looked_at
    assert brief("azulu", line=line, wish={"reason": "damaged"}, at="2026-04-13T00:00:00-05:00") == "refused"
    assert brief("azulu", line=line, wish={"reason": "wrong_item"}, at=DAY_14) == looked_at
    assert brief("azulu", line=line, wish={"reason": "wrong_item"}, at=DAY_15) == "refused"


def test_azulu_takes_no_gift_card_back_whatever_the_reason() -> None:
    assert {brief("azulu", line={"categories": ["gift_card"]}, wish={"reason": reason}) for reason in REASONS} == {"refused"}


def test_azulu_keeps_a_tenth_of_what_is_mailed_for_the_customers_own_reasons() -> None:
    assert value("azulu") == "179100"
    assert value("azulu", request={"method": "store"}) == "199000"
    assert value("azulu", wish={"reason": "defective"}) == "199000"
    assert value("azulu", line={"unit_price": "15"}) == "13"
    assert value("azulu", line={"unit_price": "14"}) == "13"


def test_azulu_answers_a_gift_with_a_gift_card() -> None:
    by_hand = {"method": "store"}
    assert brief("azulu", request={"proof": "gift_receipt"}) == "approved exchange gift_card"
    assert brief("azulu", request={"proof": "none"}) == "review exchange? gift_card?"
    assert value("azulu", request={"proof": "none", **by_hand}) == "199000"
    assert brief("azulu", request={"proof": "none"}, line={"lowest_price_14d": "99000"}) == "approved exchange gift_card"
    assert value("azulu", request={"proof": "none", **by_hand}, line={"lowest_price_14d": "99000"}) == "99000"
    assert field("required", "azulu", request={"proof": "gift_receipt"}) == ["unused", "tags_attached"]


def test_azulu_only_refunds_abroad_and_nothing_to_a_gift() -> None:
    assert brief("azulu", request={"country": "US"}) == "review refund?"
    assert brief("azulu", request={"country": "US", "proof": "gift_receipt"}) == "refused"


def test_azulu_decides_at_once_on_what_broke_only_in_the_first_week() -> None:
    broke = {"reason": "damaged"}
    assert brief("azulu", wish=broke, at="2026-04-12T23:59:59.999999-05:00") == "approved exchange store_credit refund?"
    assert brief("azulu", wish=broke, at="2026-04-13T00:00:00-05:00") == "review exchange? store_credit? refund?"
    assert brief("azulu", wish=broke, at=DAY_31) == "refused"
    assert brief("azulu", wish={"reason": "wrong_item"}, at=DAY_14) == "approved exchange store_credit refund?"


def test_azulu_pays_the_parcel_for_its_own_mistakes() -> None:
    assert field("shipping", "azulu") == "customer"
    assert field("shipping", "azulu", wish={"reason": "not_as_described"}) == "merchant"
    assert field("shipping", "azulu", request={"method": "store"}, wish={"reason": "damaged"}) == "none"


def test_nurana_looks_at_everything_for_exactly_forty_eight_hours() -> None:
    assert brief("nurana", at="2026-04-07T12:00:00Z") == "review exchange? store_credit?"
    assert brief("nurana", at="2026-04-07T12:00:00.000001Z") == "refused"
    assert field("ship_by", "nurana") == "2026-04-08T15:30:00+03:30"
    assert field("request_by", "nurana") == "2026-04-07T15:30:00+03:30"


def test_nurana_exchanges_for_seventy_two_hours_after_purchase_where_that_is_longer() -> None:
    early = "2026-04-01T20:00:00Z"
    assert brief("nurana", delivered_at=early, at="2026-04-03T20:00:00Z") == "review exchange? store_credit?"
    assert brief("nurana", delivered_at=early, at="2026-04-04T12:00:00Z") == "review exchange?"
    assert brief("nurana", delivered_at=early, at="2026-04-04T12:00:00.000001Z") == "refused"
    assert brief("nurana", delivered_at=None, at="2026-04-04T12:00:00Z") == "review exchange?"
    assert field("ship_by", "nurana", delivered_at=None, at="2026-04-04T12:00:00Z") is None
    assert field("cause", "nurana", delivered_at=None, at="2026-04-05T12:00:00Z") == "not_delivered"


@pytest.mark.parametrize("line", [{"categories": ["scarf"]}, {"tags": ["sale"]}, {"tags": ["out_of_season"]}])
def test_nurana_takes_no_hygiene_sale_or_past_season_goods_unless_it_was_at_fault(line: dict[str, Any]) -> None:
    assert brief("nurana", line=line) == "refused"
    assert brief("nurana", line=line, wish={"reason": "damaged"}) == "review exchange? store_credit? refund?"


def test_nurana_refunds_a_size_that_it_cannot_replace() -> None:
    gone = {"price": "18500000", "in_stock": False}
    assert brief("nurana", wish={"reason": "size", "replacement": gone}) == "review exchange? store_credit? refund?"
    assert brief("nurana", wish={"reason": "changed_mind", "replacement": gone}) == "review exchange? store_credit?"
    assert brief("nurana", wish={"reason": "size", "replacement": {**gone, "in_stock": True}}) == "review exchange? store_credit?"


def test_nurana_exchanges_for_what_costs_as_much_or_more_and_asks_the_difference() -> None:
    assert brief("nurana", wish={"replacement": {"price": "18499999", "in_stock": True}}) == "review store_credit?"
    dearer = field("outcomes", "nurana", wish={"quantity": 2, "replacement": {"price": "18500001", "in_stock": True}})
    assert [one["due"] for one in dearer] == ["2", "0"]


def test_nurana_pays_the_parcel_only_for_its_own_mistakes() -> None:
    assert field("shipping", "nurana") == "customer"
    assert field("shipping", "nurana", wish={"reason": "wrong_item"}) == "merchant"
