"""Read a shop's orders: one JSON object a line, or a table with a row for each order line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from pydantic import ValidationError

from chalicelib.adapters.items import Item, order_to_item
from chalicelib.domain.identifiers import order_number_fault
from chalicelib.domain.orders import StoredOrder
from chalicelib.imports.faults import Fault, RecordError, faults_of
from chalicelib.imports.jsonl import Record, parse_object, text_faults
from chalicelib.imports.lines import Format, Line
from chalicelib.imports.order_rows import MOST_LINES, ORDER_COLUMNS, Rows, grouped, lines_fault
from chalicelib.imports.records import Entry, Terms, entry, kept, term_faults, with_defaults
from chalicelib.imports.table import read_table
from chalicelib.message import MailRefused, mail_address

_NO_MAIL = (
    "is an address that our mails cannot reach: before the @ stand at most 64 letters without accents, digits and marks such as "
    "._+-, and after it a domain such as example.com"
)
_BESIDE_THE_ORDER = ("email", "language", "ship_to", "gift_code", "updated_at")


def read_orders(lines: Iterator[Line], form: Format, terms: Terms) -> Iterator[Entry]:
    """Yield every order of a file, checked or rejected, in the file's order; ImportRefusedError if its header is wrong."""
    if form == "csv":
        return entries_of(
            grouped(read_table(lines, ORDER_COLUMNS)), lambda rows: order_to_item(check_order(rows.record(), terms))
        )
    return (entry(line, line.fault, partial(_item, line.text, terms)) for line in lines)


def check_order(record: Record, terms: Terms) -> StoredOrder:
    """Return the order that a record says; RecordError with every mistake, at places such as `order.lines[0].quantity`."""
    order = with_defaults(record, terms)
    value = {name: order.pop(name) for name in _BESIDE_THE_ORDER if name in order} | {"order": order}
    text = json.dumps(value, ensure_ascii=False)
    if faults := text_faults(value, text):
        raise RecordError(faults)
    try:
        stored = StoredOrder.model_validate_json(text)
    except ValidationError as error:
        raise RecordError(faults_of(error)) from None
    if faults := list(_own_faults(stored, terms)):
        raise RecordError(faults)
    return stored


def _own_faults(stored: StoredOrder, terms: Terms) -> Iterator[Fault]:
    order = stored.order
    yield from term_faults(order.merchant, stored.updated_at, terms, ("order",))
    if words := order_number_fault(order.number):
        yield Fault(("order", "number"), words)
    if len(order.lines) > MOST_LINES:
        yield lines_fault()
    try:
        mail_address(stored.email)
    except MailRefused:
        yield Fault(("email",), _NO_MAIL)


def _item(text: str, terms: Terms) -> Item:
    return order_to_item(check_order(parse_object(text), terms))


def entries_of(groups: Iterator[Rows], item: Callable[[Rows], Item]) -> Iterator[Entry]:
    """Yield what becomes of each order's rows: a rejection for what is wrong with them or what `item` finds, else its item."""
    # Rows of one order that stand apart would each make an order that lacks the others' lines. The set grows by some
    # hundred bytes an order, which is all that an import remembers of what it has read.
    seen: set[int] = set()
    for rows in groups:
        faults = rows.faults()
        if not faults:
            mark = hash(rows.identity())
            if mark in seen:
                words = "other rows of this order stand further up: put the rows of one order together"
                faults = [Fault(("order", "number"), words)]
            seen.add(mark)
        yield _from_group(rows, faults, item)


def _from_group(rows: Rows, faults: Sequence[Fault], item: Callable[[Rows], Item]) -> Entry:
    if not faults:
        try:
            return kept(rows.line, item(rows), rows.text)
        except RecordError as error:
            faults = error.faults
    return rows.rejected(faults)
