"""Choose who counts an export: DuckDB where it is there and the export is whole, else the standard library item by item."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from chalicelib.domain.errors import VueltaError
from chalicelib.exports.places import Folder
from chalicelib.exports.reading import Reading
from chalicelib.reports.analytics import Uncountable, available, count_files
from chalicelib.reports.counting import Typed, count
from chalicelib.reports.facts import Facts, Span
from chalicelib.shops import Shop

Engine = Literal["auto", "standard", "duckdb"]


def counted(reading: Reading, shop: Shop, span: Span, engine: Engine) -> tuple[Facts, str]:
    """Return a shop's facts and who counted them.

    `auto` falls back to the standard library, which tells each damage; `duckdb` raises VueltaError where it cannot count.
    """
    if engine == "standard" or (engine == "auto" and not available()):
        return count(_items_of(reading, shop), shop.merchant.timezone, span), "standard"
    if not available():
        raise VueltaError("DuckDB is not installed: pip install -r requirements-analytics.txt, or leave --engine out")
    try:
        return count_files(_verified(reading), shop.merchant, span), "duckdb"
    except Uncountable as error:
        if engine == "duckdb":
            raise VueltaError(f"DuckDB cannot count this export, {error}: leave --engine out") from None
    return count(_items_of(reading, shop), shop.merchant.timezone, span), "standard"


def _items_of(reading: Reading, shop: Shop) -> Iterator[tuple[str, Typed]]:
    slug = shop.merchant.slug
    for found in reading:
        merchant = found.item.get("merchant")
        if isinstance(merchant, dict) and merchant.get("S") == slug:
            yield found.kind, found.item


def _verified(reading: Reading) -> list[Path]:
    """Return the files of a full export on this machine, each as its manifest says; Uncountable if anything else is read."""
    chosen = reading.chosen
    if chosen.full is None or chosen.increments or not isinstance(chosen.place, Folder):
        raise Uncountable("only a full export in a folder of this machine can be")
    files = []
    for part in reading.parts(chosen.full):
        path = next((each for name in part.names if (each := chosen.place.path(name)).is_file()), None)
        if path is None:
            raise Uncountable(f"{part.names[0]} is missing")
        if part.md5 is not None and _md5(path) != part.md5:
            raise Uncountable(f"{part.names[0]} is not what the manifest says")
        if part.items != 0:
            files.append(path)
    if not files:
        raise Uncountable("it holds no items")
    return files


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return base64.b64encode(digest.digest()).decode()
