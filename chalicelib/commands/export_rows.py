"""Carry out `exports returns | lines | timeline`: read an export and write a table of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from chalicelib.commands.export_source import counted, expected_lines, place_of, tell_reading
from chalicelib.commands.output import STDOUT, written_to
from chalicelib.commands.progress import progress
from chalicelib.exports.columns import TABLES, FieldKind, Table
from chalicelib.exports.csv_file import write_csv
from chalicelib.exports.jsonl_file import write_jsonl
from chalicelib.exports.parquet_file import write_parquet
from chalicelib.exports.places import ExportRefused
from chalicelib.exports.reading import OTHER, Found, Reading
from chalicelib.exports.rows import Counts, Row, Wanted, rows
from chalicelib.exports.xlsx_file import write_xlsx
from chalicelib.imports.faults import did_you_mean
from chalicelib.shops import load_shops

ENDINGS = {".csv": "csv", ".xlsx": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}


def run_rows(options: argparse.Namespace) -> int:
    """Write the rows that the arguments ask for; return 0, or 1 if anything was damaged."""
    form = options.format or ENDINGS.get(Path(options.output).suffix.lower(), "csv")
    if form != "csv" and (options.bom or options.separator != "comma"):
        raise ExportRefused(f"--bom and --separator are for CSV, and this is {form}")
    table = TABLES[options.table]
    reading = Reading(place_of(options.source), options.export)
    with progress(expected_lines(reading), table.name, " items") as passed:
        reading.watch(passed)
        counts, made = rows(_known(reading), table, _wanted(options), reading.damages)
        _write(made, form, table, options)
    tell_reading(reading)
    _tell_counts(counts, table, options.output)
    return 1 if reading.damages.count else 0


def _write(made: Iterator[Row], form: str, table: Table, options: argparse.Namespace) -> None:
    fields: Sequence[tuple[str, FieldKind]] = tuple(table.fields)
    if options.output == STDOUT and form in {"csv", "jsonl"}:
        stream = sys.stdout.buffer
        if form == "csv":
            write_csv(stream, fields, made, bom=options.bom, separator=options.separator)
        else:
            write_jsonl(stream, fields, made)
        return
    with written_to(options.output, binary=True) as path:
        if form == "parquet":
            write_parquet(path, fields, made)
            return
        with path.open("wb") as stream:
            if form == "csv":
                write_csv(stream, fields, made, bom=options.bom, separator=options.separator)
            elif form == "jsonl":
                write_jsonl(stream, fields, made)
            else:
                write_xlsx(stream, table.name, fields, made)


def _known(reading: Reading) -> Iterator[Found]:
    """Yield what is read; ExportRefused in the end if all of it was of some other table."""
    yield from reading
    seen = reading.tally.items
    if seen[OTHER] and len([kind for kind, count in seen.items() if count]) == 1:
        table = next((export.table for export in reading.chosen.exports if export.table), None)
        named = f" ({table.rpartition('/')[2]})" if table else ""
        raise ExportRefused(f"none of the {seen[OTHER]} items is of a returns table: this is an export of another one{named}")


def _wanted(options: argparse.Namespace) -> Wanted:
    shops = load_shops()
    if options.shop is not None and options.shop not in shops:
        hint = did_you_mean(options.shop, shops) or f": there are {', '.join(sorted(shops))}"
        raise ExportRefused(f"there is no shop {options.shop!r}{hint}")
    since: date | None = options.since
    until: date | None = options.until
    if since and until and until < since:
        raise ExportRefused(f"--until {until} is before --since {since}")
    return Wanted({slug: shop.merchant.timezone for slug, shop in shops.items()}, options.shop, since, until)


def _tell_counts(counts: Counts, table: Table, output: str) -> None:
    where = "" if output == STDOUT else f" in {output}"
    left_out = f"; {counted(counts.left_out, 'return')} not asked for" if counts.left_out else ""
    told = f"{counted(counts.rows, 'row')} of {counted(counts.returns, 'return')}{where}{left_out}"
    print(f"{table.name}: {told}", file=sys.stderr)
    for shop in sorted(counts.unknown_shops):
        print(f"note: the shop {shop!r} is not known here: its times are in UTC only", file=sys.stderr)
