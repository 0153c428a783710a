"""Carry out one import, from the arguments to the last word; apart from the arguments because of what it loads."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from chalicelib.adapters.bulk import open_bulk_table
from chalicelib.commands.printable import printable
from chalicelib.commands.progress import progress
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.merchant import Merchant
from chalicelib.imports.batches import Shelf, Tally, bring_in
from chalicelib.imports.faults import did_you_mean
from chalicelib.imports.lines import Format, ImportRefusedError, Line, read_lines, sniffed
from chalicelib.imports.records import Entry, Terms
from chalicelib.imports.rejections import Rejections
from chalicelib.settings import read_returns_table
from chalicelib.shops import load_shops

Reader = Callable[[Iterator[Line], Format, Terms], Iterator[Entry]]


@dataclass(frozen=True, slots=True)
class Job:
    """What to import: `path` is `-` for standard input; `form` and `as_of` are None where the file itself tells."""

    noun: str
    path: str
    form: Format | None
    as_of: datetime | None
    rejected: Path


def run_import(options: argparse.Namespace, noun: str, read: Reader) -> int:
    """Import what the arguments name into the returns table that the environment names; return the exit status."""
    command = options.file if options.file != "-" else noun
    rejected = options.rejected or Path(f"{command}.rejected")
    if rejected.resolve() == Path(options.file).resolve():
        raise ImportRefusedError(f"--rejected names {options.file} itself: name another file")
    merchant = _merchant(options.shop)
    shelf = open_bulk_table(read_returns_table())
    return carry_out(Job(noun, options.file, options.format, options.as_of, rejected), read, merchant, shelf)


def carry_out(job: Job, read: Reader, merchant: Merchant, shelf: Shelf) -> int:
    """Import, print the summary, and return the exit status: 0, or 1 if any record was rejected.

    ImportRefusedError if nothing can be read. If the table fails half-way, what was done until then is told and the status
    is 2.
    """
    began = time.monotonic()
    tally, rejections = Tally(), Rejections(job.rejected)
    try:
        with rejections:
            _import(job, read, merchant, shelf, rejections, tally)
    except Unavailable as error:
        _show(rejections, tally)
        done = f"until then {tally.written} {job.noun} were written, and importing the same file again is safe"
        print(f"vuelta: {error}; {done}", file=sys.stderr)
        return 2
    _show(rejections, tally)
    print(_summary(job, merchant, tally, time.monotonic() - began))
    return 1 if tally.rejected else 0


def _import(job: Job, read: Reader, merchant: Merchant, shelf: Shelf, rejections: Rejections, tally: Tally) -> None:
    now = datetime.now(UTC)
    try:
        with _opened(job.path) as stream:
            size, changed_at = _size_and_time(job.path)
            # A clock that ran ahead must not make a version that nothing can replace until then.
            as_of = min(job.as_of or changed_at or now, now)
            currency = merchant.currency.code
            terms = Terms(merchant.slug, currency, as_of, now, merchant.decimals(currency), merchant.timezone, merchant.country)
            with progress(size, f"{merchant.slug} {job.noun}") as passed:
                form, lines = sniffed(read_lines(stream, passed), job.path, job.form)
                bring_in(read(lines, form, terms), shelf, as_of, rejections.add, tally)
    except OSError as error:
        raise ImportRefusedError(f"cannot read {job.path}: {error.strerror or error}") from None
    except ImportRefusedError as error:
        raise ImportRefusedError(f"{job.path}: {error}") from None
    if not tally.read:
        raise ImportRefusedError(f"{job.path}: there is a header and nothing below it")


def _merchant(slug: str) -> Merchant:
    shops = load_shops()
    if slug not in shops:
        hint = did_you_mean(slug, shops) or f": there are {', '.join(sorted(shops))}"
        raise ImportRefusedError(f"there is no shop {slug!r}{hint}")
    return shops[slug].merchant


def _opened(path: str) -> BinaryIO:
    # Standard input is opened once more by its number, so that closing ours does not close the interpreter's.
    return open(0, "rb", closefd=False) if path == "-" else Path(path).open("rb")


def _size_and_time(path: str) -> tuple[int | None, datetime | None]:
    if path == "-" or not Path(path).is_file():
        return None, None
    status = Path(path).stat()
    return status.st_size, datetime.fromtimestamp(status.st_mtime, UTC)


def _show(rejections: Rejections, tally: Tally) -> None:
    """Print the first rejections, after the bar has gone, and how many more there are."""
    for rejected in rejections.first:
        print(f"line {rejected.line}: {printable(rejected.reason)}", file=sys.stderr)
    if more := tally.rejected - len(rejections.first):
        print(f"… and {more} more", file=sys.stderr)


def _summary(job: Job, merchant: Merchant, tally: Tally, seconds: float) -> str:
    where = f" (see {job.rejected})" if tally.rejected else ""
    return (
        f"{merchant.slug} {job.noun}: {tally.read} read, {tally.written} written, {tally.unchanged} unchanged, "
        f"{tally.older} older than what is there, {tally.rejected} rejected{where}; {seconds:.1f} s"
    )
