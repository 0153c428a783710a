"""What an import costs for each order: by itself, on a client that does nothing, and with the emulator behind it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3

from chalicelib.adapters.bulk import BulkTable
from chalicelib.imports.batches import Tally, bring_in
from chalicelib.imports.lines import Format, read_lines
from chalicelib.imports.order_files import read_orders
from tests.bench.table import Figure, of_rounds
from tests.conftest import REGION, emulated_aws, new_tables
from tests.imports.records import TERMS, json_lines, order_record, row, table

ORDERS, ROUNDS = 100_000, 7
AS_OF = datetime(2026, 3, 9, tzinfo=UTC)


class Orders(io.RawIOBase):
    """A file that is made while it is read: an order of one line in each of its lines, below the header that it has as CSV."""

    def __init__(self, form: Format, count: int) -> None:
        head, _, line = table(row()).partition(b"\n") if form == "csv" else (b"", b"", json_lines(order_record()))
        self._lines = self._made(head, line, count)

    def readline(self, _size: int | None = -1) -> bytes:
        """Return the next line, nothing at the end."""
        return next(self._lines, b"")

    @staticmethod
    def _made(head: bytes, line: bytes, count: int) -> Iterator[bytes]:
        if head:
            yield head + b"\n"
        for number in range(count):
            yield line.replace(b"AZ-1001", b"AZ-%d" % number)


class NoClient:
    """A DynamoDB that holds nothing, takes everything, and takes no time for it."""

    def batch_get_item(self, **_: Any) -> dict[str, Any]:
        """Find nothing."""
        return {}

    def batch_write_item(self, **_: Any) -> dict[str, Any]:
        """Take everything."""
        return {}


def measured() -> list[Figure]:
    """Import the same orders in each form into nothing, then once into the emulator, which takes minutes."""
    into_nothing: dict[Format, list[float]] = {"jsonl": [], "csv": []}
    for _ in range(ROUNDS):
        for form, spent in into_nothing.items():
            spent.append(brought_in(BulkTable(NoClient(), "none"), form, ORDERS))  # type: ignore[arg-type]
    with emulated_aws():
        tables = new_tables(boto3.client("dynamodb", region_name=REGION))
        emulated = brought_in(BulkTable(tables.client, tables.returns), "jsonl", ORDERS)
    return [
        *(of_rounds(f"import of {ORDERS:,} orders ({form}), for each", spent, "µs") for form, spent in into_nothing.items()),
        Figure(f"import of {ORDERS:,} orders (jsonl) into the emulator, for each", emulated, "µs"),
    ]


def brought_in(shelf: BulkTable, form: Format, count: int) -> float:
    """Import so many orders; return the microseconds of this program's time that one took."""
    tally = Tally()
    started = time.process_time()
    bring_in(read_orders(read_lines(Orders(form, count)), form, TERMS), shelf, AS_OF, print, tally)
    spent = time.process_time() - started
    if tally.written != count:
        raise SystemExit(f"{tally.written:,} of {count:,} orders were written: the figure would say nothing")
    return spent / count * 1e6
