"""Carry out `exports restore`: write what an export holds back into the returns table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from itertools import islice

from chalicelib.adapters.bulk import open_bulk_table
from chalicelib.adapters.items import order_key
from chalicelib.commands.export_source import counted, expected_lines, place_of, tell_reading
from chalicelib.commands.progress import progress
from chalicelib.exports.places import ExportRefused
from chalicelib.exports.reading import KINDS, Found, Reading
from chalicelib.settings import read_returns_table

BATCH = 100
RESTORED = KINDS | {"withdrawn"}
"""Besides what is read elsewhere, what keeps the place of an order that was called off: without it, an older file brings it back.

Drafts stay away. One of a customer who was forgotten since would come back where nobody finds it."""


def run_restore(options: argparse.Namespace) -> int:
    """Write the items that the arguments name; return 0, or 1 if anything in the export was damaged."""
    if options.order and not options.shop:
        raise ExportRefused("--order is of a shop: give --shop, too")
    table = open_bulk_table(read_returns_table())
    reading = Reading(place_of(options.source), options.export, RESTORED)
    written = kept = 0
    with progress(expected_lines(reading), "restore", " items") as passed:
        reading.watch(passed)
        wanted = iter(_wanted(reading, options.shop, options.order))
        while batch := list(islice(wanted, BATCH)):
            done = sum(table.bring_back([found.item for found in batch], over=options.over))
            written += done
            kept += len(batch) - done
    tell_reading(reading)
    left = f", {kept} left as they are" if kept else ""
    print(f"restore: {counted(written, 'item')} written{left}", file=sys.stderr)
    print("note: whoever asked to be forgotten since then may be back: run `customers forget` for them again", file=sys.stderr)
    return 1 if reading.damages.count else 0


def _wanted(reading: Iterable[Found], shop: str | None, order: str | None) -> Iterator[Found]:
    """Yield what is of the shop, and of the order: its returns stand under the same key."""
    key = order_key(shop, order)["pk"] if shop and order else None
    for found in reading:
        if (shop is None or found.item["merchant"] == {"S": shop}) and (key is None or found.item["pk"] == {"S": key}):
            yield found
