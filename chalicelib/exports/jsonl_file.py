"""Write rows as JSON Lines: exact, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import BinaryIO

from chalicelib.exports.columns import FieldKind
from chalicelib.exports.rows import Row
from chalicelib.exports.typed import Value


def write_jsonl(stream: BinaryIO, fields: Sequence[tuple[str, FieldKind]], rows: Iterable[Row]) -> None:
    """Write one object a row, every field in it: amounts as decimal strings, moments in RFC 3339 with their offset."""
    names = [name for name, _ in fields]
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    stream.writelines(encode(dict(zip(names, map(_plain, row), strict=True))).encode() + b"\n" for row in rows)


def _plain(value: Value) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        written = value.isoformat(timespec="milliseconds")
        return written.removesuffix("+00:00") + "Z" if value.tzinfo is UTC else written
    return value
