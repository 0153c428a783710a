"""Orders as a table: one row for each order line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.items import item_to_order
from chalicelib.imports.lines import ImportRefusedError, Rejected
from chalicelib.imports.order_rows import MOST_LINES
from chalicelib.imports.records import Checked
from tests.imports.records import AS_OF, ORDER_HEADER, json_lines, line_record, order_record, orders_of, row, table


def rejections(*rows):
    return [entry for entry in orders_of(table(*rows), "csv") if isinstance(entry, Rejected)]


def numbers(entries):
    return [entry.item["number"] for entry in entries if isinstance(entry, Checked)]


def test_rows_and_json_lines_say_the_same():
    lines = [line_record(id="1", categories=["dress", "linen"]), line_record(id="2", categories=["dress", "linen"])]
    (from_rows,) = orders_of(table(row(line_id="1"), row(line_id="2")), "csv")
    (from_lines,) = orders_of(json_lines(order_record(lines=lines)))
    assert from_rows.item == from_lines.item


def test_every_column_finds_its_place():
    cells = {
        "delivered_at": "2026-03-04T16:20:00-05:00",
        "order_tags": "member_gold| gift",
        "updated_at": "2026-03-05T00:00:00Z",
        "product": "DR-77",
        "lowest_price_14d": "149000",
        "line_tags": "sale",
    }
    stored = item_to_order(orders_of(table(row(**cells)), "csv")[0].item)
    (line,) = stored.order.lines
    assert stored.order.delivered_at.isoformat() == "2026-03-04T16:20:00-05:00"
    assert stored.order.tags == ("member_gold", "gift")
    assert stored.updated_at > AS_OF.replace(month=2)
    assert (line.product, str(line.lowest_price_14d), line.tags, line.categories) == (
        "DR-77",
        "149000",
        ("sale",),
        ("dress", "linen"),
    )


def test_rows_of_one_number_are_one_order():
    entries = orders_of(table(row("AZ-1", "1"), row("AZ-1", "2"), row("AZ-2", "1")), "csv")
    assert [(entry.line, len(entry.item["lines"])) for entry in entries] == [(2, 2), (4, 1)]


def test_what_the_first_row_says_the_others_may_leave_out():
    blank = dict.fromkeys(("email", "language", "channel", "placed_at", "country", "currency"), "")
    (entry,) = orders_of(table(row(line_id="1"), row(line_id="2", **blank)), "csv")
    assert len(entry.item["lines"]) == 2


def test_rows_of_one_order_that_differ_are_rejected():
    (rejected,) = rejections(row(line_id="1"), row(line_id="2", email="eva@example.com"))
    assert rejected.line == 3
    assert rejected.reason == "email differs from line 2 of the same order: write the same, or leave it empty"


def test_rows_of_one_order_that_stand_apart_are_rejected():
    entries = orders_of(table(row("AZ-1", "1"), row("AZ-2", "1"), row("az 1", "2")), "csv")
    assert numbers(entries) == ["AZ-1", "AZ-2"]
    assert entries[2].reason.startswith("number: other rows of this order stand further up")


def test_a_later_edition_of_an_order_may_follow_in_the_same_file():
    rows = [row("AZ-1", updated_at=f"2026-03-0{day}T00:00:00Z") for day in (1, 2)]
    entries = orders_of(table(rows[0], row("AZ-2"), rows[1]), "csv")
    assert numbers(entries) == ["AZ-1", "AZ-2", "AZ-1"]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"quantity": "two"}, "quantity: must be a whole number"),
        ({"quantity": "0"}, "quantity: must be at least 1"),
        ({"quantity": ""}, "quantity: is missing: add it"),
        ({"unit_price": "79.9.0"}, "unit_price: an amount is a decimal string"),
        ({"line_id": ""}, "line_id: is missing: add it"),
        ({"order_tags": "x" * 101}, "order_tags: is longer than 100 characters"),
        ({"line_tags": "x" * 101}, "line_tags: is longer than 100 characters"),
        ({"email": "ana"}, "email: is not an e-mail address"),
        ({"name": "=1+1"}, "name: begins with ="),
        ({"name": "a\x00b"}, "name: holds a line break or another control character"),
        ({"number": "A@1"}, "number: a number is made of letters"),
    ],
)
def test_a_mistake_is_named_with_its_column(cells, words):
    (rejected,) = rejections(row(**cells))
    assert words in rejected.reason
    assert rejected.line == 2


def test_a_mistake_in_a_later_row_is_named_with_its_line_and_all_rows_are_kept():
    rows = row("AZ-1", "1"), row("AZ-1", "2", quantity="0"), row("AZ-1", "3", name="")
    (rejected,) = rejections(*rows)
    assert rejected == Rejected(3, "quantity: must be at least 1; name: is missing: add it (line 4)", "\n".join(rows))


def test_two_lines_with_one_id_are_named():
    (rejected,) = rejections(row(line_id="1"), row(line_id="1"))
    assert rejected.reason == "two lines have the id '1'"


def test_a_broken_row_takes_its_own_order_with_it_and_no_other():
    entries = orders_of(table(row("AZ-1", "1"), row("AZ-2", "1"), row("AZ-2", "2") + ",x", row("AZ-3", "1")), "csv")
    assert numbers(entries) == ["AZ-1", "AZ-3"]
    assert entries[1].reason.startswith("the row has 20 cells where the header has 19: quote cells that hold a ','")
    assert entries[1].line == 4


@pytest.mark.parametrize("broken", [",,,", '"AZ-1,x', row("").replace("ana", "eva"), "\\xff"])
def test_next_to_a_row_without_a_number_no_order_is_sure_to_be_whole(broken):
    entries = orders_of(table(row("AZ-1"), row("AZ-2"), broken, row("AZ-3"), row("AZ-4")), "csv")
    assert numbers(entries) == ["AZ-1", "AZ-4"]
    assert [entry.line for entry in entries if isinstance(entry, Rejected)] == [3, 4, 5]
    assert "line 4 beside it cannot be read and may belong to this order" in entries[1].reason


def test_an_open_quote_spoils_its_row_only():
    entries = orders_of(table(row("AZ-1", name='"Linen dress'), row("AZ-2")), "csv")
    assert numbers(entries) == ["AZ-2"]
    assert "quotes do not close on its line" in entries[0].reason


def test_quoted_cells_may_hold_separators_and_quotes():
    (entry,) = orders_of(table(row(name='"Dress, ""Luz"""')), "csv")
    assert entry.item["lines"][0]["name"] == 'Dress, "Luz"'


def test_an_order_of_endless_rows_is_not_kept_in_memory():
    (rejected,) = rejections(*(row("AZ-1", str(number)) for number in range(MOST_LINES + 5)))
    assert rejected.reason == "the order has more than 200 lines, the most that the portal can serve: leave it out"
    assert rejected.text.count("\n") == MOST_LINES - 1


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_header_tells_the_separator(separator):
    content = table(row()).replace(b",", separator.encode())
    assert numbers(orders_of(content, "csv")) == ["AZ-1001"]


def test_a_header_may_be_written_as_people_write():
    content = table(row()).replace(b"placed_at", b" Placed At ").replace(b"number,", b"NUMBER,", 1)
    assert numbers(orders_of(b"\xef\xbb\xbf" + content, "csv")) == ["AZ-1001"]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (ORDER_HEADER.replace("quantity", "quantiy"), "'quantiy' is not a known column: did you mean 'quantity'?"),
        (ORDER_HEADER.replace("quantity", "quantiy"), "the column 'quantity' is missing"),
        (ORDER_HEADER + ",sku", "the column 'sku' stands twice"),
        (ORDER_HEADER + ",", "a column has no name"),
        ("AZ-1001,ana@example.com", "line 1 is no header of known columns, which are number, merchant, email"),
        ('"number', "the column 'email' is missing"),
        ("x" * 200_000, "line 1 is no header"),
        ("number\0", "line 1 is no header"),
        ("number\udcff", "not UTF-8"),
    ],
)
def test_a_wrong_header_refuses_the_file_naming_every_mistake(header, words):
    with pytest.raises(ImportRefusedError, match="line 1") as refused:
        orders_of(header.encode(errors="surrogateescape") + b"\n" + row().encode(), "csv")
    assert words in str(refused.value)


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.lists(cells, max_size=21), max_size=6))
def test_whatever_stands_in_rows_they_are_taken_or_rejected(rows):
    content = table(*(",".join(cells).replace("\n", " ") for cells in rows))
    assert all(isinstance(entry, Checked | Rejected) for entry in orders_of(content, "csv"))


@given(st.dictionaries(st.sampled_from(ORDER_HEADER.split(",")), cells))
def test_whatever_stands_in_a_cell_the_next_order_is_read(changes):
    content = table(row("AZ-0"), row("AZ-1"), row(**({"number": "AZ-2"} | changes)).replace("\n", " "), row("AZ-3"), row("AZ-4"))
    found = numbers(orders_of(content, "csv"))
    assert (found[0], found[-1]) == ("AZ-0", "AZ-4")
