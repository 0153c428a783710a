"""Write rows as Parquet, by way of DuckDB: typed columns, for analysis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.exports.columns import FieldKind
from chalicelib.exports.extras import MissingLibrary
from chalicelib.exports.jsonl_file import write_jsonl
from chalicelib.exports.places import ExportRefused
from chalicelib.exports.rows import Row

# An amount has at most 15 digits before the point and 6 behind it; sums and products of them have more before it.
TYPES: dict[FieldKind, str] = {
    "text": "VARCHAR",
    "texts": "VARCHAR[]",
    "whole": "BIGINT",
    "amount": "DECIMAL(38, 6)",
    "utc": "TIMESTAMPTZ",
    "local": "TIMESTAMP",
    "flag": "BOOLEAN",
}
_MEMORY = "512MB"


def write_parquet(target: Path, fields: Sequence[tuple[str, FieldKind]], rows: Iterable[Row]) -> None:
    """Write the rows into the file `target`: `_utc` as moments, `_local` as the shop's clock showed, amounts as decimals.

    The rows pass through a file beside the target, so that memory stays bounded. MissingLibrary without DuckDB.
    """
    try:
        import duckdb  # noqa: PLC0415 - needed by this format alone, and installed for it alone
    except ImportError:
        raise MissingLibrary("Parquet needs DuckDB: pip install -r requirements-analytics.txt") from None
    with TemporaryDirectory(dir=target.parent, prefix=".vuelta-") as folder:
        passing = Path(folder) / "rows.jsonl"
        with passing.open("wb") as stream:
            write_jsonl(stream, fields, (_without_zones(row, fields) for row in rows))
        options: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": _MEMORY,
            "threads": 2,
            "temp_directory": folder,
            "autoinstall_known_extensions": False,
        }
        columns = ", ".join(f'"{name}": {_quoted(TYPES[kind])}' for name, kind in fields)
        source = f"read_json({_quoted(passing)}, format = 'newline_delimited', columns = {{{columns}}})"
        try:
            with duckdb.connect(":memory:", config=options) as database:
                database.execute("SET TimeZone = 'UTC'")
                database.execute(f"COPY (FROM {source}) TO {_quoted(target)} (FORMAT parquet, COMPRESSION zstd)")
        except duckdb.Error as error:
            raise ExportRefused(f"DuckDB cannot write Parquet: {' '.join(str(error).split())}") from None


def _without_zones(row: Row, fields: Sequence[tuple[str, FieldKind]]) -> Row:
    """Return the row with the times of the shop's clock as they stood on it."""
    return tuple(
        value.replace(tzinfo=None) if kind == "local" and value is not None else value  # type: ignore[union-attr, call-arg]
        for value, (_, kind) in zip(row, fields, strict=True)
    )


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"
