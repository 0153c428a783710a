"""Orders as JSON Lines: what is taken, and the words for what is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.items import LARGEST_ITEM, item_size, item_to_order
from chalicelib.imports.batches import Tally, bring_in
from chalicelib.imports.lines import Rejected
from chalicelib.imports.records import Checked
from chalicelib.message import mail_address
from tests.imports.records import AS_OF, NOW, TERMS, MemoryShelf, json_lines, line_record, order_record, orders_of


def only(content):
    (entry,) = orders_of(content)
    return entry


def reason(content):
    entry = only(content)
    assert isinstance(entry, Rejected)
    return entry.reason


def test_an_order_is_read_whole():
    stored = item_to_order(only(json_lines(order_record(email=" Ana@Example.com "))).item)
    assert (stored.order.merchant, stored.order.number, stored.order.lines[0].quantity) == ("azulu", "AZ-1001", 2)
    assert (stored.email, stored.language) == ("ana@example.com", "es")
    assert stored.updated_at == AS_OF


def test_an_order_may_have_a_gift_receipt():
    item = only(json_lines(order_record(gift_code="Regalo 7K2M-94"))).item
    assert item["gift"] == "azulu#REGALO7K2M94"
    assert item_to_order(item).gift_code == "Regalo 7K2M-94"
    assert "gift" not in only(json_lines(order_record())).item


def test_an_order_may_say_when_it_was_changed():
    stored = item_to_order(only(json_lines(order_record(updated_at="2026-03-05T10:00:00+01:00"))).item)
    assert stored.updated_at.isoformat() == "2026-03-05T09:00:00+00:00"


@pytest.mark.parametrize("field", ["language", "updated_at", "merchant", "delivered_at", "gift_code"])
def test_what_is_optional_may_be_absent_or_null(field):
    for value in (None, ...):
        assert isinstance(only(json_lines(order_record(**{field: value}))), Checked)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": ...}, "email: is missing: add it"),
        ({"email": "ana"}, "email: is not an e-mail address, such as ana@example.com"),
        ({"email": "ana@example.com\r\nBcc: eva@example.com"}, "email: holds a line break"),
        ({"email": "ana@example.com,eva@example.com"}, "email: is not an e-mail address"),
        ({"gift_code": "AB-12"}, "gift_code: a gift code has at least 8 letters and digits"),
        ({"gift_code": 12345678}, "gift_code: "),
        ({"language": "Spanish"}, "language: must be a language's code, such as es"),
        ({"number": "#"}, "order.number: a number needs at least one letter or digit"),
        ({"number": "A" * 51}, "order.number: a number has at most 50"),
        ({"merchant": "nurana"}, "order.merchant: is 'nurana', but this import is for 'azulu'"),
        ({"channel": "web"}, "order.channel: must be 'online' or 'store'"),
        ({"placed_at": "2026-03-01"}, "order.placed_at: a moment is RFC 3339 with an offset"),
        ({"placed_at": "1772370000"}, "order.placed_at: a moment is RFC 3339 with an offset"),
        ({"placed_at": 1772370000}, "order.placed_at: a moment is RFC 3339"),
        ({"placed_at": "2026-02-30T00:00:00Z"}, "order.placed_at: is no moment of the calendar"),
        ({"country": "co"}, "order.country: must be a country's two capital letters"),
        ({"currency": "XXX"}, "order.currency: 'XXX' is not a currency of ISO 4217"),
        ({"lines": []}, "order.lines: must hold at least one"),
        ({"lines": {}}, "order.lines: must be a list"),
        ({"lines": [line_record(), line_record()]}, "order: two lines have the id '1'"),
        ({"lines": [line_record(quantity="2")]}, "order.lines[0].quantity: must be a whole number such as 2, without quotes"),
        ({"lines": [line_record(quantity=0)]}, "order.lines[0].quantity: must be at least 1"),
        ({"lines": [line_record(quantity=10**40)]}, "order.lines[0].quantity: must be at most 1000000000"),
        ({"lines": [line_record(), line_record(id="2", quantity=1.5)]}, "order.lines[1].quantity: must be a whole number"),
        ({"lines": [line_record(unit_price=79.9)]}, 'order.lines[0].unit_price: an amount is a decimal string such as "79.90"'),
        ({"lines": [line_record(sku="")]}, "order.lines[0].sku: is empty"),
        ({"lines": [line_record(name="x" * 501)]}, "order.lines[0].name: is longer than 500 characters"),
        ({"lines": [line_record(categories="dress")]}, "order.lines[0].categories: must be a list"),
        ({"lines": [line_record(quantiy=1)]}, "order.lines[0].quantiy: is not a known field: did you mean 'quantity'?"),
        ({"emial": "a"}, "order.emial: is not a known field: did you mean 'email'?"),
        ({"updated_at": "2026-03-10T17:00:01Z"}, "updated_at: lies in the future"),
        ({"lines": [line_record(name="a\u0000b")]}, "order.lines[0].name: holds a line break or another control character"),
        ({"lines": [line_record(name="a\tb")]}, "order.lines[0].name: holds a line break or another control character"),
        ({"lines": [line_record(name='=HYPERLINK("x")')]}, "order.lines[0].name: begins with =, which spreadsheets run"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_how_to_mend_it(changes, words):
    assert words in reason(json_lines(order_record(**changes)))


def test_every_mistake_of_an_order_is_named():
    words = reason(json_lines(order_record(email="ana", channel="web", country="co")))
    assert words.count("; ") == 2


def test_of_very_many_mistakes_the_first_are_named():
    words = reason(json_lines(order_record(lines=[line_record(id=str(i), quantity=0) for i in range(12)])))
    assert words.endswith("; and 7 more")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "the line is not JSON"),
        (b"nonsense", "the line is not JSON"),
        (b'{"a": NaN}', "NaN is not a number of JSON"),
        (b"7", "the line must be a JSON object, from { to }"),
        (b"null", "the line must be a JSON object"),
        (b'{"a": 1, "a": 2}', "the field 'a' stands twice in one object"),
        (b'{"lines": [{"id": "1", "id": "2"}]}', "the field 'id' stands twice in one object"),
        (b'{"number": "\\ud800"}', "order.number: holds half a character (a lone surrogate)"),
        (b'{"\\ud800": 1}', "holds half a character"),
        (b'{"email": "a\\u0000@b.c"}', "email: holds a line break or another control character"),
        (b'{"lines": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nests its brackets too deeply"),
        (b'{"lines": ' + b"9" * 5000 + b"}", "the line is not JSON"),
        (b'{"country": 1e999}', "order.country: must be text in quotes"),
        (b'{"email": "a@b.c\xff"}', "byte 17 of the line is not UTF-8"),
        (b'{"email": "' + b"a" * 2**20 + b'"}', "the line is longer than 1024 KiB"),
    ],
)
def test_a_hostile_line_is_rejected_and_the_next_one_read(line, words):
    rejected, following = orders_of(line + b"\n" + json_lines(order_record()))
    assert words in rejected.reason
    assert rejected.line == 1
    assert isinstance(following, Checked)
    assert following.line == 2


def test_persian_and_its_joiners_are_no_control_characters():
    name = "روسری می\u200cدل ۱۲"
    stored = item_to_order(only(json_lines(order_record(lines=[line_record(name=name)]))).item)
    assert stored.order.lines[0].name == name


def test_an_order_that_the_table_cannot_hold_is_rejected():
    lines = [line_record(id=str(number), categories=["x" * 100] * 30) for number in range(200)]
    words = reason(json_lines(order_record(lines=lines)))
    assert "too large to be kept" in words
    assert "the table holds 399 KiB at most" in words


def test_an_order_as_large_as_can_be_fits_the_table_with_its_version():
    room = LARGEST_ITEM - item_size(only(json_lines(order_record())).item)
    count, rest = divmod(room, 100)
    half = (100 + rest) // 2
    tags = ["x" * 99] * (count - 1) + ["x" * (half - 1), "x" * (99 + rest - half)]
    largest = only(json_lines(order_record(tags=tags)))
    assert item_size(largest.item) == LARGEST_ITEM
    shelf = MemoryShelf()
    bring_in([largest], shelf, AS_OF, print, Tally())
    (kept,) = shelf.items.values()
    assert item_size(kept) <= 400 * 1024, "DynamoDB would refuse it, and the import would end there"


def test_an_order_has_as_many_lines_as_the_portal_can_serve():
    lines = [line_record(id=str(number)) for number in range(201)]
    assert isinstance(only(json_lines(order_record(lines=lines[:200]))), Checked)
    words = "order.lines: the order has more than 200 lines, the most that the portal can serve: leave it out"
    assert reason(json_lines(order_record(lines=lines))) == words


@pytest.mark.parametrize("email", ["josé@example.com", "аna@example.com", "ana@exa_mple.com", f"{'a' * 65}@example.com"])
def test_an_address_that_no_mail_reaches_is_rejected(email):
    assert reason(json_lines(order_record(email=email))).startswith("email: is an address that our mails cannot reach")


@given(st.emails() | st.builds("{}@{}.{}".format, *[st.text(min_size=1, max_size=8)] * 3))
def test_an_address_that_is_taken_can_be_mailed(email):
    entry = only(json_lines(order_record(email=email.encode(errors="ignore").decode())))
    if isinstance(entry, Checked):
        mail_address(entry.item["email"])


def test_a_rejection_holds_the_line_as_it_stood():
    entry = orders_of(json_lines(order_record()) + b'{"x": 1}\n')[1]
    assert (entry.line, entry.text) == (2, '{"x": 1}')


def test_a_file_from_the_future_is_of_now_at_most():
    terms = replace(TERMS, as_of=NOW)
    assert isinstance(orders_of(json_lines(order_record()), terms=terms)[0], Checked)
    terms = replace(TERMS, as_of=NOW + timedelta(seconds=1))
    assert isinstance(orders_of(json_lines(order_record()), terms=terms)[0], Rejected)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*order_record(), "tags", "merchant", "updated_at"]), values))
def test_whatever_stands_in_an_order_it_is_taken_or_rejected(changes):
    line = json.dumps(order_record() | changes).encode()
    assert isinstance(only(line), Checked | Rejected)


@given(st.dictionaries(st.sampled_from([*line_record(), "tags", "lowest_price_14d"]), values))
def test_whatever_stands_in_an_orders_line_it_is_taken_or_rejected(changes):
    line = json.dumps(order_record(lines=[line_record() | changes])).encode()
    assert isinstance(only(line), Checked | Rejected)


@given(st.binary())
def test_whatever_a_line_holds_it_is_taken_or_rejected(content):
    line = content.replace(b"\n", b"")
    if line.startswith((b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b", b"PK")):
        return
    assert all(isinstance(entry, Rejected) for entry in orders_of(line))
