"""Carry out `exports request | status | fetch`: have the table exported, tell how far that is, and bring it here."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.adapters.export_bucket import bucket_place
from chalicelib.adapters.exports import Requested, TableExports, open_table_exports
from chalicelib.commands.export_source import counted, tell_damages
from chalicelib.commands.progress import progress
from chalicelib.domain.merchant import Merchant
from chalicelib.exports.damages import Damages
from chalicelib.exports.fetching import fetch, total_size
from chalicelib.exports.finding import choose
from chalicelib.exports.places import ExportRefused
from chalicelib.exports.windows import windows
from chalicelib.imports.faults import did_you_mean
from chalicelib.settings import read_exports_bucket, read_returns_table
from chalicelib.shops import load_shops


def run_request(options: argparse.Namespace) -> int:
    """Request a full export, or the increments since a time; print each and return 0."""
    shop, bucket = _merchant(options.shop), read_exports_bucket()
    exports = open_table_exports(read_returns_table())
    if options.at and options.since:
        raise ExportRefused("--at is for the whole table, --since for what changed: give one of them")
    if options.since is None:
        requested = exports.request(bucket, shop.slug, None, options.at)
        print(_line(requested, shop))
        if options.at:
            # Unnamed, a newer export would be chosen, and what changed after that time with it.
            print(f"once it is completed, fetch it alone: `exports fetch {shop.slug} --export {requested.id} --to FOLDER`")
        return 0
    since = _last(exports, shop) if options.since == "last" else options.since
    for window in windows(since, datetime.now(UTC).replace(microsecond=0)):
        print(_line(exports.request(bucket, shop.slug, window), shop))
    return 0


def run_status(options: argparse.Namespace) -> int:
    """Print every export of the shop, oldest first, and return 0; 1 if one has failed."""
    shop = _merchant(options.shop)
    found = sorted(open_table_exports(read_returns_table()).behind(shop.slug), key=lambda each: (_end(each), each.id))
    for each in found:
        print(_line(each, shop))
    if not found:
        print(f"{shop.slug}: no export yet: `exports request {shop.slug}` makes one", file=sys.stderr)
    return 1 if any(each.status == "FAILED" for each in found) else 0


def run_fetch(options: argparse.Namespace) -> int:
    """Bring exports into a folder; return 0, or 1 if anything was damaged or missing."""
    shop, bucket = _merchant(options.shop), read_exports_bucket()
    folder = Path(options.to or Path("exports") / shop.slug)
    damages = Damages()
    chosen = choose(bucket_place(f"s3://{bucket}/{shop.slug}"), options.export, damages)
    with progress(total_size(chosen), f"{shop.slug} exports") as passed:
        fetched = fetch(chosen, folder, damages, passed)
    for export in chosen.exports:
        print(export)
    print(f"{counted(fetched.files, 'file')} with {fetched.size} bytes brought to {folder}, {fetched.kept} there already")
    print(f"every shop's items are in it: read it with `exports returns --from {folder} --shop {shop.slug}`")
    for note in chosen.notes:
        print(f"note: {note}", file=sys.stderr)
    tell_damages(damages)
    return 1 if damages.count else 0


def _merchant(slug: str) -> Merchant:
    shops = load_shops()
    if slug not in shops:
        hint = did_you_mean(slug, shops) or f": there are {', '.join(sorted(shops))}"
        raise ExportRefused(f"there is no shop {slug!r}{hint}")
    return shops[slug].merchant


def _last(exports: TableExports, shop: Merchant) -> datetime:
    """Return until when the shop's exports reach; ExportRefused if there is none to go on from."""
    ends = [each.until for each in exports.behind(shop.slug) if each.until is not None and each.status != "FAILED"]
    if not ends:
        raise ExportRefused(f"there is no export of {shop.slug} to go on from: request a full one first, without --since")
    return max(ends)


def _end(export: Requested) -> datetime:
    return export.until or datetime.min.replace(tzinfo=UTC)


def _line(export: Requested, shop: Merchant) -> str:
    spans = [f"{shop.local(at):%Y-%m-%d %H:%M}" for at in (export.since, export.until) if at is not None]
    told = f"{export.id}  {export.kind:<11}  {export.status.lower():<11}  {' to '.join(spans) or 'now'}"
    if export.items is not None and export.status == "COMPLETED":
        told += f"  {export.items} items"
    return told + (f"  {export.failure}" if export.failure else "")
