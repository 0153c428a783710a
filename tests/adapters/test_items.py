"""Orders and variants as items, and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb import packed, unpacked
from chalicelib.adapters.items import (
    item_size,
    item_to_order,
    item_to_variant,
    order_key,
    order_to_item,
    product_partition,
    product_to_item,
    sortable,
)
from chalicelib.domain.orders import Line, Order, StoredOrder, Variant

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1901, 1, 1), datetime(2999, 1, 1), timezones=zones)  # noqa: DTZ001
amounts = st.decimals(0, 10**9, places=2)
order_lines = st.builds(
    Line,
    id=words,
    sku=words,
    product=st.none() | words,
    name=words,
    quantity=st.integers(1, 10**6),
    unit_price=amounts,
    lowest_price_14d=st.none() | amounts,
    categories=st.lists(words, max_size=3).map(tuple),
    tags=st.lists(words, max_size=3).map(tuple),
)
orders = st.builds(
    Order,
    merchant=st.just("azulu"),
    number=words,
    channel=st.sampled_from(["online", "store"]),
    placed_at=moments,
    delivered_at=st.none() | moments,
    country=st.just("CO"),
    currency=st.just("COP"),
    tags=st.lists(words, max_size=3).map(tuple),
    lines=st.lists(order_lines, min_size=1, max_size=3, unique_by=lambda line: line.id).map(tuple),
)
stored_orders = st.builds(
    StoredOrder,
    order=orders,
    email=st.just("ana@example.com"),
    language=st.none() | st.just("es"),
    updated_at=moments,
)


def make_stored():
    line = Line(id="1", sku="DR-77-M", name="Linen dress", quantity=2, unit_price=Decimal("199000.00"))
    placed_at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    order = Order(
        merchant="azulu",
        number="AZ-1001",
        channel="online",
        placed_at=placed_at,
        country="CO",
        currency="COP",
        lines=(line,),
    )
    return StoredOrder(order=order, email="ana@example.com", updated_at=placed_at)


@given(stored_orders)
def test_an_order_comes_back_from_its_item_as_it_was(stored):
    back = item_to_order(unpacked(packed(order_to_item(stored))))
    assert back == stored
    assert back.order.placed_at.utcoffset() == stored.order.placed_at.utcoffset()


def test_what_an_order_lacks_its_item_lacks():
    item = order_to_item(make_stored())
    assert "language" not in item
    assert "delivered_at" not in item
    assert "product" not in item["lines"][0]


def test_amounts_are_kept_as_they_were_written():
    assert order_to_item(make_stored())["lines"][0]["unit_price"] == "199000.00"


def test_the_content_tells_whether_anything_but_the_version_changed():
    stored = make_stored()
    later = stored.model_copy(update={"updated_at": stored.updated_at + timedelta(days=1)})
    other = stored.model_copy(update={"email": "eva@example.com"})
    assert order_to_item(later)["content"] == order_to_item(stored)["content"]
    assert order_to_item(other)["content"] != order_to_item(stored)["content"]


@given(st.lists(moments, min_size=2, max_size=2))
def test_versions_sort_as_time_does(pair):
    one, other = pair
    assert (sortable(one) < sortable(other)) == (one < other)


def test_no_order_number_reaches_the_products():
    assert order_key("azulu", "PRODUCT#DR-77")["pk"] == "azulu#PRODUCTDR77"
    assert product_partition("azulu", "DR-77") == "azulu#PRODUCT#DR-77"


def test_a_variant_comes_back_from_its_item_as_it_was():
    variant = Variant(
        merchant="azulu",
        product="DR-77",
        sku="DR-77-M",
        name="Linen dress",
        options={"size": "M", "colour": "آبی"},
        price=Decimal(199000),
        currency="COP",
        stock=3,
    )
    item = product_to_item(variant, datetime(2026, 3, 1, tzinfo=UTC))
    assert item_to_variant(unpacked(packed(item))) == variant
    assert (item["pk"], item["sk"]) == ("azulu#PRODUCT#DR-77", "SKU#DR-77-M")


def test_a_size_counts_names_texts_and_what_holds_them():
    assert item_size({"pk": "é", "list": ["ab", {"c": 1}]}) == (2 + 2) + 4 + (3 + 2) + 2 + (3 + 1) + 1 + 21


@given(stored_orders)
def test_a_size_is_never_far_above_that_of_the_json(stored):
    item = order_to_item(stored)
    assert item_size(item) <= len(json.dumps(item, ensure_ascii=False).encode()) * 2
