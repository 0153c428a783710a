"""The arguments that name an export, and the place that they lead to."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.exports.damages import Damages
    from chalicelib.exports.places import Place
    from chalicelib.exports.reading import Reading

_NOUNS = {"withdrawn": "withdrawn order"}


def add_source_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say which export is read."""
    parser.add_argument("--from", dest="source", metavar="PATH", required=True, help="a folder, or s3://bucket/prefix")
    parser.add_argument("--export", metavar="ID", help="read this export alone (else the newest full one and what changed since)")


def place_of(source: str) -> Place:
    """Return the place that an argument names; ExportRefused if there is none."""
    if source.startswith("s3:"):
        from chalicelib.adapters.export_bucket import bucket_place

        return bucket_place(source)
    from chalicelib.exports.places import folder

    return folder(source)


def tell_reading(reading: Reading) -> None:
    """Print to standard error what a reading saw, once it has ended: exports, items by kind, notes and damages."""
    for export in reading.chosen.exports:
        table = f", table {export.table.rpartition('/')[2]}" if export.table else ""
        print(f"{export}{table}", file=sys.stderr)
    for note in reading.chosen.notes:
        print(f"note: {note}", file=sys.stderr)
    tally = reading.tally
    kinds = [counted(count, _NOUNS.get(kind, kind)) for kind, count in sorted(tally.items.items()) if kind != "other"]
    if tally.items["other"]:
        kinds.append(f"{tally.items['other']} of other kinds, skipped")
    if tally.older:
        kinds.append(f"{counted(tally.older, 'older image')}, skipped")
    if tally.deleted:
        kinds.append(f"{tally.deleted} deleted since")
    print(f"{counted(tally.files, 'file')}: {', '.join(kinds) or 'no items'}", file=sys.stderr)
    tell_damages(reading.damages)


def counted(count: int, noun: str) -> str:
    """Return a number of things in words: `1 file`, `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def tell_damages(damages: Damages) -> None:
    """Print to standard error what could not be read, the first of it by file and line."""
    from chalicelib.commands.printable import printable

    for damage in damages.first:
        print(f"damaged: {printable(str(damage))}", file=sys.stderr)
    if more := damages.count - len(damages.first):
        print(f"damaged: … and {more} more", file=sys.stderr)


def expected_lines(reading: Reading) -> int | None:
    """Return how many lines the manifests tell of, for the progress bar; None where one does not tell."""
    total = 0
    with suppress(TypeError):
        for export in reading.chosen.exports:
            for part in reading.parts(export):
                total += part.items  # type: ignore[operator]
        return total
    return None
