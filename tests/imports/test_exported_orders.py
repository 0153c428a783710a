"""The order exports of Shopify and WooCommerce, as those platforms write them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.items import item_to_order
from chalicelib.domain.money import rounded
from chalicelib.imports.lines import ImportRefusedError, Rejected
from chalicelib.imports.platforms import load_platforms
from chalicelib.imports.records import Checked
from tests.imports.platform_files import (
    SHOPIFY,
    WOOCOMMERCE,
    entries,
    order,
    shopify_line,
    shopify_order,
    table,
    woocommerce_line,
)


def shopify(*rows, **how):
    return order("shopify", table(SHOPIFY, *rows), **how).order


def woocommerce(*rows, **how):
    return order("woocommerce", table(WOOCOMMERCE, *rows), **how).order


def prices(found):
    return [str(line.unit_price) for line in found.lines]


def total(found):
    return sum(rounded(line.unit_price * line.quantity, 2) for line in found.lines)


def rejection(platform, header, *rows):
    (rejected,) = [entry for entry in entries(platform, table(header, *rows)) if isinstance(entry, Rejected)]
    return rejected


def withdrawn(platform, header, *rows, **how):
    (entry,) = entries(platform, table(header, *rows), **how)
    return entry.item["type"] == "withdrawn"


def test_a_shopify_order_stands_in_several_rows_and_its_own_cells_in_the_first():
    first = shopify_order(**{"Tags": "VIP, member_gold", "Shipping Country": "us", "Lineitem quantity": "2"})
    stored = order("shopify", table(SHOPIFY, first, shopify_line(**{"Lineitem sku": "SH-20", "Lineitem price": "60"})))
    found = stored.order
    assert (stored.email, found.number, found.channel, found.country, found.currency) == (
        "ana@example.com", "#1001", "online", "US", "USD",
    )  # fmt: skip
    assert found.placed_at == datetime(2026, 3, 1, 14, tzinfo=UTC)
    assert found.tags == ("VIP", "member_gold")
    assert [(line.id, line.sku, line.quantity, str(line.unit_price), line.categories) for line in found.lines] == [
        ("1", "DR-77-M", 2, "40", ("Casa Lino",)),
        ("2", "SH-20", 1, "60", ("Casa Lino",)),
    ]


def test_a_woocommerce_order_has_a_row_for_each_item():
    found = woocommerce(woocommerce_line(), woocommerce_line(item="32", item_sku="", item_name="Pañuelo"))
    assert found.number == "2001"
    assert found.placed_at.isoformat() == "2026-03-01T09:00:00-05:00"
    assert [(line.id, line.sku, line.product, str(line.unit_price)) for line in found.lines] == [
        ("31", "DR-77-M", "77", "47.6"),
        ("32", "Pañuelo", "77", "47.6"),
    ]


def test_nobody_knows_when_a_platforms_order_was_delivered_unless_the_shop_says_how_long_it_takes():
    assert shopify(shopify_order()).delivered_at is None
    assert shopify(shopify_order(), days=4).delivered_at.isoformat() == "2026-03-06T15:00:00-05:00"
    assert shopify(shopify_order(**{"Fulfillment Status": "partial"}), days=4).delivered_at is None
    assert shopify(shopify_order(**{"Fulfilled at": ""}), days=4).delivered_at is None


def test_what_was_bought_in_a_store_was_handed_over_there():
    found = shopify(shopify_order(Source="pos"), days=4)
    assert (found.channel, found.handed_over_at) == ("store", found.placed_at)


def test_delivery_can_only_be_counted_where_the_export_tells_when_an_order_was_sent():
    with pytest.raises(ImportRefusedError, match="'completed_date' or 'date_completed' is missing, from which --del"):
        entries("woocommerce", table(WOOCOMMERCE, woocommerce_line()), days=4)
    content = table([*WOOCOMMERCE, "completed_date"], woocommerce_line(completed_date="2026-03-03 10:00:00"))
    assert order("woocommerce", content, days=2).order.delivered_at.isoformat() == "2026-03-05T10:00:00-05:00"


def test_a_discount_of_the_whole_order_is_taken_off_its_lines():
    first = shopify_order(**{"Subtotal": "90.00", "Discount Amount": "10.00", "Total": "95.00"})
    found = shopify(first, shopify_line(**{"Lineitem price": "60.00"}))
    assert prices(found) == ["36", "54"]


def test_what_was_taken_off_one_line_is_not_taken_off_the_others():
    first = shopify_order(**{"Subtotal": "87.00", "Discount Amount": "9.00", "Lineitem discount": "4.00"})
    found = shopify(first, shopify_line(**{"Lineitem price": "60.00"}))
    assert prices(found) == ["32.62", "54.38"]
    assert total(found) == Decimal("87.00")


def test_a_discount_of_the_shipping_is_not_taken_off_the_lines():
    assert prices(shopify(shopify_order(**{"Subtotal": "40.00", "Discount Amount": "5.00", "Shipping": "0.00"}))) == ["40"]


def test_a_subtotal_that_misses_more_than_the_discounts_takes_nothing_off_what_was_paid():
    first = shopify_order(**{"Subtotal": "40.00", "Discount Amount": "10.00"})
    assert prices(shopify(first, shopify_line(**{"Lineitem price": "60.00"}))) == ["36", "54"]


def test_without_a_subtotal_the_discount_itself_counts():
    assert prices(shopify(shopify_order(**{"Discount Amount": "5.00"}))) == ["35"]
    assert prices(shopify(shopify_order(**{"Discount Amount": "500.00"}))) == ["0"]


def test_taxes_on_top_of_the_prices_belong_to_the_lines_that_are_taxed():
    sums = {"Subtotal": "100.00", "Shipping": "5.00", "Taxes": "8.00"}
    rows = shopify_order(**sums, Total="113.00"), shopify_line(**{"Lineitem price": "60.00", "Lineitem taxable": "false"})
    assert prices(shopify(*rows)) == ["48", "60"]
    assert prices(shopify(shopify_order(**sums, Total="105.00"), rows[1])) == ["40", "60"]


def test_a_negative_fee_of_woocommerce_is_a_discount_of_the_whole_order():
    found = woocommerce(*(woocommerce_line(item=str(i), fee_total="-10.00", fee_tax_total="-1.90") for i in (1, 2)))
    assert total(found) == Decimal("95.20") - Decimal("11.90")


def test_what_was_refunded_is_not_there_any_more_at_the_price_that_was_paid():
    row = woocommerce_line(item_quantity="3", item_total="30.00", item_total_tax="0", item_refunded_qty="-1")
    (line,) = woocommerce(row, woocommerce_line(item="32", item_refunded_qty="1")).lines
    assert (line.quantity, str(line.unit_price)) == (2, "10")
    assert woocommerce(row, keep_refunded=True).lines[0].quantity == 3


def test_lines_that_were_taken_out_are_left_out_and_the_others_keep_their_ids():
    out = shopify_order(**{"Lineitem fulfillment status": "restocked"})
    assert [line.id for line in shopify(out, shopify_line(), shopify_line(**{"Lineitem quantity": "0"})).lines] == ["2"]


@pytest.mark.parametrize(
    "first",
    [
        {"Cancelled at": "2026-03-01 10:00:00 -0500"},
        {"Financial Status": "voided"},
        {"Financial Status": "refunded"},
        {"Lineitem quantity": "0"},
        {"Lineitem fulfillment status": "restocked"},
    ],
)
def test_an_order_of_which_nothing_can_come_back_only_keeps_its_place(first):
    assert withdrawn("shopify", SHOPIFY, shopify_order(**first))


@pytest.mark.parametrize("status", ["pending", "failed", "cancelled", "wc-cancelled", "refunded", "Refunded"])
def test_what_woocommerce_calls_off_only_keeps_its_place(status):
    assert withdrawn("woocommerce", WOOCOMMERCE, woocommerce_line(status=status))


def test_a_refunded_order_is_kept_where_refunds_come_from_returns_made_here():
    assert not withdrawn("shopify", SHOPIFY, shopify_order(**{"Financial Status": "refunded"}), keep_refunded=True)
    assert withdrawn("shopify", SHOPIFY, shopify_order(**{"Financial Status": "voided"}), keep_refunded=True)


def test_the_export_says_in_other_words_what_policies_ask():
    first = shopify_order(**{"Financial Status": "partially_refunded", "Lineitem compare at price": "55.00"})
    card = shopify_line(**{"Lineitem requires shipping": "false", "Lineitem taxable": "false"})
    file = shopify_line(**{"Lineitem requires shipping": "false", "Vendor": ""})
    found = shopify(first, card, file)
    assert found.tags == ("partially_refunded",)
    assert found.lines[0].tags == ("sale",)
    assert found.lines[1].categories == ("Casa Lino", "gift_card", "digital")
    assert found.lines[2].categories == ("digital",)


def test_a_line_without_a_sku_is_known_by_its_name():
    long = "Vestido " * 20
    assert shopify(shopify_order(**{"Lineitem sku": "", "Lineitem name": long})).lines[0].sku == long[:100]


def test_the_country_is_where_it_was_sent_else_where_it_was_billed_else_the_shops():
    assert shopify(shopify_order(**{"Shipping Country": "", "Billing Country": "PE"})).country == "PE"
    assert shopify(shopify_order(**{"Shipping Country": ""})).country == "CO"


def test_where_it_was_sent_is_kept_for_a_label_if_it_is_an_address():
    address = order("shopify", table(SHOPIFY, shopify_order())).ship_to
    assert (address.name, address.street, address.city, address.postcode) == ("Ana Pérez", "Calle 1 # 2-3", "Bogotá", "110221")
    assert order("shopify", table(SHOPIFY, shopify_order(**{"Shipping City": ""}))).ship_to is None


def test_notes_of_several_lines_stay_in_their_cell():
    note = 'Ring "twice"\n\nThen wait,\nplease'
    found = entries("shopify", table(SHOPIFY, shopify_order(Notes=note), shopify_order("#1002", Notes="x\ny")))
    assert [entry.item["number"] for entry in found] == ["#1001", "#1002"]
    assert [entry.line for entry in found] == [2, 6]


def test_a_quote_left_open_spoils_its_own_order_only():
    rows = table(SHOPIFY, *(shopify_order(f"#{number}", Notes="a\nb") for number in range(1, 6)))
    broken = rows.replace(b"#3,ana", b'#3,"ana')
    found = entries("shopify", broken)
    taken = [entry.item["number"] for entry in found if isinstance(entry, Checked)]
    assert {"#1", "#5"} <= set(taken)
    assert "#3" not in taken
    assert (
        "quotes do not close" in next(entry for entry in found if isinstance(entry, Rejected) and '#3,"ana' in entry.text).reason
    )


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"Email": ""}, "Email: is missing: add it"),
        ({"Created at": "3/1/2026 9:00"}, "Created at: is no time as Shopify writes it: do not open and save the export"),
        ({"Created at": ""}, "Created at: is missing: add it"),
        ({"Fulfilled at": "soon"}, "Fulfilled at: is no time"),
        ({"Fulfilled at": "9999-12-31 23:59:59 -2300"}, "Fulfilled at: is no time"),
        ({"Lineitem price": "40,00"}, "Lineitem price: must be an amount"),
        ({"Lineitem price": ""}, "Lineitem price: is missing"),
        ({"Lineitem price": "1e99999"}, "Lineitem price: must be an amount"),
        ({"Lineitem price": "-1"}, "Lineitem price: must be an amount"),
        ({"Subtotal": "much"}, "Subtotal: must be an amount"),
        ({"Lineitem quantity": "two"}, "Lineitem quantity: must be a whole number"),
        ({"Lineitem quantity": ""}, "Lineitem quantity: must be a whole number"),
        ({"Lineitem name": ""}, "Lineitem name: is empty"),
        ({"Shipping Country": "Colombia"}, "Shipping Country: must be a country's two capital letters"),
        ({"Currency": "XXX"}, "Currency: 'XXX' is not a currency"),
        ({"Name": "@"}, "Name: a number needs at least one letter or digit"),
        ({"Name": ""}, "Name: is missing"),
        ({"Tags": "x" * 101}, "Tags: is longer than 100 characters"),
    ],
)
def test_a_mistake_is_named_with_the_column_of_the_platform(cells, words):
    rejected = rejection("shopify", SHOPIFY, shopify_order(**cells))
    assert words in rejected.reason
    assert rejected.line == 2


def test_a_mistake_in_a_later_row_is_named_with_its_line_also_where_rows_before_it_were_left_out():
    rows = shopify_order(**{"Lineitem quantity": "0"}), shopify_line(), shopify_line(**{"Lineitem name": "=1+1"})
    rejected = rejection("shopify", SHOPIFY, *rows)
    assert (rejected.line, rejected.reason.partition(",")[0]) == (4, "Lineitem name: begins with =")


def test_a_called_off_order_needs_a_number_like_any_other():
    assert "Name: a number needs" in rejection("shopify", SHOPIFY, shopify_order("@", **{"Cancelled at": "x"})).reason


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (table(WOOCOMMERCE), "line 1 is no header of a Shopify order export: it lacks the columns 'Name', 'Email', 'Created at'"),
        (
            table([name for name in SHOPIFY if name != "Lineitem price"]),
            "lacks the column 'Lineitem price'; export it by",
        ),
        (b"\xff\n", "not UTF-8"),
    ],
)
def test_what_is_no_such_export_is_refused_whole(content, words):
    with pytest.raises(ImportRefusedError, match=words):
        entries("shopify", content)


def test_columns_stand_in_any_order_and_further_ones_do_not_matter():
    content = table([*reversed(SHOPIFY), "Something new"], shopify_order() | {"Something new": "=1"})
    assert order("shopify", content).order.number == "#1001"


def test_every_platform_asks_for_columns_that_it_names():
    for platform in load_platforms().values():
        conditions = [*platform.not_sold, *platform.refunded, *platform.fulfilled, *platform.in_store, *platform.gone]
        asked = {*platform.needed, *(ask for each in [*conditions, *(mark.when for mark in platform.marks)] for ask in each)}
        assert asked <= set(platform.columns)


cents = st.integers(0, 100_000).map(lambda units: Decimal(units) / 100)
bought = st.lists(st.tuples(st.integers(1, 99), cents), min_size=1, max_size=12)


@given(bought, st.data())
def test_whatever_was_taken_off_the_lines_are_worth_the_subtotal_to_the_minor_unit(lines, data):
    listed = sum(many * price for many, price in lines)
    subtotal = data.draw(st.integers(0, int(listed * 100)).map(lambda units: Decimal(units) / 100))
    rows = [shopify_line(**{"Lineitem quantity": str(many), "Lineitem price": str(price)}) for many, price in lines]
    sums = {"Subtotal": str(subtotal), "Discount Amount": str(listed - subtotal)}
    found = shopify(shopify_order() | rows[0] | sums, *rows[1:])
    assert total(found) == subtotal
    assert all(line.unit_price <= price for line, (_, price) in zip(found.lines, lines, strict=True))


@given(bought, cents, st.data())
def test_whatever_tax_comes_on_top_the_lines_are_worth_what_was_paid_for_them(lines, taxes, data):
    subtotal = sum(many * price for many, price in lines)
    rows = [shopify_line(**{"Lineitem quantity": str(many), "Lineitem price": str(price)}) for many, price in lines]
    sums = {"Subtotal": subtotal, "Taxes": taxes, "Shipping": Decimal(5), "Total": subtotal + 5 + taxes}
    found = shopify(shopify_order() | rows[0] | {name: str(amount) for name, amount in sums.items()}, *rows[1:])
    assert total(found) == subtotal + taxes


@given(st.dictionaries(st.sampled_from(SHOPIFY), st.text(st.characters(exclude_categories=["Cs"]), max_size=12)))
def test_whatever_stands_in_a_cell_the_next_order_is_read_and_what_is_kept_is_whole(cells):
    rows = [shopify_order(f"#{number}") for number in range(5)]
    found = entries("shopify", table(SHOPIFY, *rows[:2], rows[2] | cells, *rows[3:]))
    kept = [entry.item for entry in found if isinstance(entry, Checked)]
    assert (kept[0]["number"], kept[-1]["number"]) == ("#0", "#4")
    assert all(item_to_order(item) for item in kept if item["type"] == "order")
