"""Catalogues as JSON Lines and as a table."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chalicelib.adapters.items import item_to_variant
from chalicelib.imports.lines import ImportRefusedError, Rejected
from tests.imports.records import CATALOGUE_HEADER, json_lines, variant_record, variants_of


def rows(*rows):
    return "\n".join([CATALOGUE_HEADER, *rows]).encode()


def test_rows_and_json_lines_say_the_same():
    (from_row,) = variants_of(rows("DR-77,DR-77-M,Linen dress,size=M|colour=blue,199000,3"), "csv")
    (from_line,) = variants_of(json_lines(variant_record(options={"size": "M", "colour": "blue"})))
    assert from_row.item == from_line.item
    variant = item_to_variant(from_row.item)
    assert (variant.price, variant.stock, variant.currency, variant.merchant) == (Decimal(199000), 3, "COP", "azulu")


def test_options_currency_and_shop_may_be_left_out():
    (entry,) = variants_of(json_lines(variant_record(options=..., currency="USD")))
    assert (entry.item["options"], entry.item["currency"]) == ({}, "USD")
    assert variants_of(rows("DR-77,DR-77-M,Linen dress,,199000,0"), "csv")[0].item["stock"] == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"product": ...}, "product: is missing: add it"),
        ({"stock": -1}, "stock: must be at least 0"),
        ({"stock": "3"}, "stock: must be a whole number"),
        ({"price": 199000}, "price: an amount is a decimal string"),
        ({"options": ["M"]}, 'options: must be an object, such as {"size": "M"}'),
        ({"options": {"size": 40}}, "options.size: must be text in quotes"),
        ({"sku": "a\u0000"}, "sku: holds a line break or another control character"),
        ({"merchant": "nurana"}, "merchant: is 'nurana', but this import is for 'azulu'"),
        ({"updated_at": "2027-01-01T00:00:00Z"}, "updated_at: lies in the future"),
        ({"colour": "blue"}, "colour: is not a known field"),
        ({"stok": 3}, "stok: is not a known field: did you mean 'stock'?"),
    ],
)
def test_a_mistake_is_named_with_its_place(changes, words):
    (rejected,) = variants_of(json_lines(variant_record(**changes)))
    assert isinstance(rejected, Rejected)
    assert words in rejected.reason


@pytest.mark.parametrize("options", ["M", "size=M|size=L", "size=M|blue"])
def test_options_in_a_cell_are_names_and_values(options):
    (rejected,) = variants_of(rows(f"DR-77,DR-77-M,Linen dress,{options},199000,3"), "csv")
    assert "options: must be names and values such as size=M|colour=blue" in rejected.reason


def test_a_row_that_cannot_be_read_is_rejected_alone():
    first, second = variants_of(rows("DR-77,DR-77-M", "DR-77,DR-77-L,Linen dress,size=L,199000,3"), "csv")
    assert first.reason.startswith("the row has 2 cells where the header has 6")
    assert second.item["sku"] == "DR-77-L"


def test_a_wrong_header_is_refused():
    with pytest.raises(ImportRefusedError, match="'stok' is not a known column: did you mean 'stock'"):
        variants_of(rows().replace(b"stock", b"stok"), "csv")
