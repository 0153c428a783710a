"""Read a shop's catalogue: one variant a JSON line, or one a row of a table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial

from pydantic import ValidationError

from chalicelib.adapters.items import Item, product_to_item
from chalicelib.domain.orders import Moment, Variant
from chalicelib.imports.faults import Fault, RecordError, faults_of
from chalicelib.imports.jsonl import Record, parse_object, text_faults
from chalicelib.imports.lines import Format, Line
from chalicelib.imports.records import Entry, Terms, entry, term_faults, with_defaults
from chalicelib.imports.table import Columns, Row, read_table, split_list

CATALOGUE_COLUMNS: Columns = {
    "product": True,
    "sku": True,
    "name": True,
    "options": False,
    "price": True,
    "currency": False,
    "stock": True,
    "updated_at": False,
    "merchant": False,
}
_WHOLE = re.compile(r"[0-9]{1,12}", re.ASCII)


class _Listed(Variant):
    updated_at: Moment


def read_catalogue(lines: Iterator[Line], form: Format, terms: Terms) -> Iterator[Entry]:
    """Yield every variant of a file, checked or rejected, in the file's order; ImportRefusedError if its header is wrong."""
    if form == "csv":
        rows = read_table(lines, CATALOGUE_COLUMNS)
        return (entry(row.line, row.fault, partial(_from_row, row, terms)) for row in rows)
    return (entry(line, line.fault, partial(_from_text, line.text, terms)) for line in lines)


def check_variant(record: Record, terms: Terms) -> Item:
    """Return the item of the variant that a record says; RecordError with every mistake, at places such as `options.size`."""
    value = {"currency": terms.currency} | with_defaults(record, terms)
    text = json.dumps(value, ensure_ascii=False)
    if faults := text_faults(value, text):
        raise RecordError(faults)
    try:
        listed = _Listed.model_validate_json(text)
    except ValidationError as error:
        raise RecordError(faults_of(error)) from None
    if faults := list(term_faults(listed.merchant, listed.updated_at, terms)):
        raise RecordError(faults)
    variant = Variant.model_validate(listed.model_dump(exclude={"updated_at"}))
    return product_to_item(variant, listed.updated_at)


def _from_text(text: str, terms: Terms) -> Item:
    return check_variant(parse_object(text), terms)


def _from_row(row: Row, terms: Terms) -> Item:
    return check_variant(_record(row), terms)


def _record(row: Row) -> Record:
    record: Record = dict(row.cells)
    if _WHOLE.fullmatch(record.get("stock", "")):
        record["stock"] = int(record["stock"])
    if "options" in record:
        record["options"] = _options(record["options"])
    return record


def _options(cell: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in split_list(cell)]
    options = {name.strip(): value.strip() for name, equals, value in pairs if equals}
    if len(options) < len(pairs):
        raise RecordError([Fault(("options",), "must be names and values such as size=M|colour=blue, each name once")])
    return options
