"""What a record of a shop's file becomes: an item to be kept, or a rejection with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from chalicelib.adapters.items import LARGEST_ITEM, Item, item_size
from chalicelib.imports.faults import Fault, Place, RecordError, reason
from chalicelib.imports.jsonl import Record
from chalicelib.imports.lines import Line, Rejected


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a file is read: whose it is, the shop's currency, the file's own moment, and the present one.

    `decimals` are those of the currency; `zone` and `country` are the shop's, for files that do not tell their own.
    """

    merchant: str
    currency: str
    as_of: datetime
    now: datetime
    decimals: int = 2
    zone: tzinfo = UTC
    country: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A record that is as it should be: the line where it begins, and its item."""

    line: int
    item: Item


Entry = Checked | Rejected


def kept(line: int, item: Item, text: str) -> Entry:
    """Return the item as checked, unless DynamoDB would not take one so large."""
    size = item_size(item)
    if size <= LARGEST_ITEM:
        return Checked(line, item)
    sizes = f"it needs {-(-size // 1024)} KiB and the table holds {LARGEST_ITEM // 1024} KiB at most"
    return Rejected(line, f"too large to be kept: {sizes}; shorten its names or leave out what is not needed", text)


def entry(line: Line, fault: str | None, item: Callable[[], Item]) -> Entry:
    """Return what becomes of a line: a rejection for its fault or for what `item` finds (RecordError), else its item."""
    if fault:
        return Rejected(line.number, fault, line.text)
    try:
        made = item()
    except RecordError as error:
        return Rejected(line.number, reason(error.faults), line.text)
    return kept(line.number, made, line.text)


def with_defaults(record: Record, terms: Terms) -> Record:
    """Return the record with the shop and the file's moment where it names none itself."""
    named = {name: value for name, value in record.items() if name not in ("merchant", "updated_at") or value is not None}
    return {"merchant": terms.merchant, "updated_at": terms.as_of.isoformat()} | named


def term_faults(merchant: str, updated_at: datetime, terms: Terms, within: Place = ()) -> Iterator[Fault]:
    """Yield what goes against the terms: another shop's record, or one from the future, which nothing could replace."""
    if merchant != terms.merchant:
        words = f"is {merchant!r}, but this import is for {terms.merchant!r}: leave it out, or import into that shop"
        yield Fault((*within, "merchant"), words)
    if updated_at > terms.now:
        yield Fault(("updated_at",), "lies in the future: give the moment when the shop last changed it")
