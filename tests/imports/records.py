"""Records, files and a shelf for the tests of imports."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from chalicelib.adapters.items import Item
from chalicelib.imports.batches import Key
from chalicelib.imports.catalogue_files import read_catalogue
from chalicelib.imports.lines import Format, read_lines
from chalicelib.imports.order_files import read_orders
from chalicelib.imports.records import Entry, Terms

NOW = datetime(2026, 3, 10, 17, tzinfo=UTC)
AS_OF = datetime(2026, 3, 9, tzinfo=UTC)
TERMS = Terms("azulu", "COP", AS_OF, NOW)

ORDER_HEADER = (
    "number,email,language,channel,placed_at,delivered_at,country,currency,order_tags,updated_at,"
    "line_id,sku,product,name,quantity,unit_price,lowest_price_14d,categories,line_tags"
)
CATALOGUE_HEADER = "product,sku,name,options,price,stock"


def order_record(**changes: Any) -> dict[str, Any]:
    """Return an order of JSON Lines; a change to `...` leaves the field out."""
    plain: dict[str, Any] = {
        "number": "AZ-1001", "email": "ana@example.com", "language": "es", "channel": "online",
        "placed_at": "2026-03-01T09:00:00-05:00", "delivered_at": None, "country": "CO", "currency": "COP",
        "lines": [line_record()],
    }  # fmt: skip
    return {name: value for name, value in (plain | changes).items() if value is not ...}


def line_record(**changes: Any) -> dict[str, Any]:
    """Return an order's line of JSON Lines."""
    plain = {"id": "1", "sku": "DR-77-M", "name": "Linen dress", "quantity": 2, "unit_price": "199000", "categories": ["dress"]}
    return {name: value for name, value in (plain | changes).items() if value is not ...}


def variant_record(**changes: Any) -> dict[str, Any]:
    """Return a variant of JSON Lines."""
    plain: dict[str, Any] = {
        "product": "DR-77", "sku": "DR-77-M", "name": "Linen dress", "options": {"size": "M"}, "price": "199000", "stock": 3,
    }  # fmt: skip
    return {name: value for name, value in (plain | changes).items() if value is not ...}


def row(number: str = "AZ-1001", line_id: str = "1", **changes: str) -> str:
    """Return a row below ORDER_HEADER."""
    plain = {
        "number": number, "email": "ana@example.com", "language": "es", "channel": "online",
        "placed_at": "2026-03-01T09:00:00-05:00", "country": "CO", "currency": "COP", "line_id": line_id,
        "sku": "DR-77-M", "name": "Linen dress", "quantity": "2", "unit_price": "199000", "categories": "dress|linen",
    }  # fmt: skip
    cells = plain | changes
    return ",".join(cells.get(column, "") for column in ORDER_HEADER.split(","))


def table(*rows: str) -> bytes:
    """Return a CSV file of these rows."""
    return "\n".join([ORDER_HEADER, *rows, ""]).encode()


def json_lines(*records: Any) -> bytes:
    """Return a file of JSON Lines."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def orders_of(content: bytes, form: Format = "jsonl", terms: Terms = TERMS) -> list[Entry]:
    """Return what a file of orders gives."""
    return list(read_orders(read_lines(io.BytesIO(content)), form, terms))


def variants_of(content: bytes, form: Format = "jsonl", terms: Terms = TERMS) -> list[Entry]:
    """Return what a file of products gives."""
    return list(read_catalogue(read_lines(io.BytesIO(content)), form, terms))


class MemoryShelf:
    """A table in memory that counts what it writes."""

    def __init__(self) -> None:
        self.items: dict[Key, Item] = {}
        self.writes = 0

    def held(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Return the items that are there."""
        return {key: self.items[key] for key in keys if key in self.items}

    def add(self, items: Iterable[Item]) -> None:
        """Write, refusing a key that comes twice as BatchWriteItem does."""
        whole = list(items)
        batch = {(item["pk"], item["sk"]): item for item in whole}
        assert len(batch) == len(whole)
        self.items |= batch
        self.writes += len(batch)

    def replace(self, items: Iterable[Item]) -> list[bool]:
        """Write what is newer."""
        written = []
        for item in items:
            there = self.items.get((item["pk"], item["sk"]))
            newer = there is None or there["version"] < item["version"]
            if newer:
                self.add([item])
            written.append(newer)
        return written
