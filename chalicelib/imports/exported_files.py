"""Read a platform's own order export: one order after the other, checked like the orders of our own files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from chalicelib.adapters.items import Item, order_to_item
from chalicelib.adapters.withdrawn_orders import withdrawn_order
from chalicelib.domain.identifiers import order_number_fault
from chalicelib.imports.exported_orders import Reading, column_of, exported_order, needed_besides
from chalicelib.imports.exported_rows import read_export
from chalicelib.imports.faults import Fault, RecordError
from chalicelib.imports.lines import Format, ImportRefusedError, Line
from chalicelib.imports.order_files import check_order, entries_of
from chalicelib.imports.order_rows import Rows, grouped
from chalicelib.imports.records import Entry, Terms


def export_reader(reading: Reading) -> Callable[[Iterator[Line], Format, Terms], Iterator[Entry]]:
    """Return what reads an export in this way, as `read_orders` reads our own files."""
    return partial(_read, reading)


def _read(reading: Reading, lines: Iterator[Line], form: Format, terms: Terms) -> Iterator[Entry]:
    if form != "csv":
        raise ImportRefusedError(f"an order export of {reading.platform.name} is CSV, and this is JSON")
    rows = read_export(lines, reading.platform, needed_besides(reading))
    return entries_of(grouped(rows, partial(column_of, reading.platform)), lambda group: _item(group, reading, terms))


def _item(group: Rows, reading: Reading, terms: Terms) -> Item:
    exported = exported_order(group.rows, reading, terms)
    if exported.record is None:
        number = group.rows[0].cells["number"]
        if words := order_number_fault(number):
            raise RecordError([Fault(("order", "number"), words)])
        return withdrawn_order(terms.merchant, number, terms.as_of)
    try:
        return order_to_item(check_order(exported.record, terms))
    except RecordError as error:
        raise RecordError([_among_rows(fault, exported.rows) for fault in error.faults]) from None


def _among_rows(fault: Fault, rows: tuple[int, ...]) -> Fault:
    match fault.place:
        case ("order", "lines", int(index), *rest):
            return Fault(("order", "lines", rows[index], *rest), fault.words)
    return fault
