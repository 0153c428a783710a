"""Bring checked records into the table batch by batch: what is new, what replaces, and what is older than what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol

from chalicelib.adapters.items import Item
from chalicelib.domain.places import sortable
from chalicelib.imports.lines import Rejected
from chalicelib.imports.records import Entry

BATCH = 100

Key = tuple[str, str]


class Shelf(Protocol):
    """Where the items go."""

    def held(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Return `version`, `updated_at` and `content` of those that are there."""

    def add(self, items: Sequence[Item]) -> None:
        """Write items whole."""

    def replace(self, items: Sequence[Item]) -> list[bool]:
        """Write each item whole unless a version as new or newer is there; say for each whether it was written."""


@dataclass(slots=True)
class Tally:
    """How many records were read, and what became of them: `read` is the sum of the rest once an import is done."""

    read: int = 0
    written: int = 0
    unchanged: int = 0
    older: int = 0
    rejected: int = 0


def bring_in(entries: Iterable[Entry], shelf: Shelf, as_of: datetime, reject: Callable[[Rejected], object], tally: Tally) -> None:
    """Write the records that are newer than what the shelf holds, tell `reject` of the others, and count in `tally`.

    A record's version is its own `updated_at`, then the file's moment `as_of`, then its line: the same file has the same
    versions again, so that a second import finds nothing to do. `tally` is right even if the shelf fails half-way.
    """
    remaining = iter(entries)
    while batch := list(islice(remaining, BATCH)):
        items: list[Item] = []
        for entry in batch:
            tally.read += 1
            if isinstance(entry, Rejected):
                tally.rejected += 1
                reject(entry)
            else:
                version = f"{entry.item['updated_at']} {sortable(as_of)} {entry.line:09d}"
                items.append(entry.item | {"version": version})
        _bring_in_batch(list(_newest(items, tally)), shelf, tally)


def _newest(items: Sequence[Item], tally: Tally) -> Iterator[Item]:
    """Yield one item a key, the newest: a batch with one key twice would be refused whole."""
    newest: dict[Key, Item] = {}
    for item in items:
        other = newest.setdefault(_key(item), item)
        if other is item:
            continue
        tally.older += 1
        if item["version"] > other["version"]:
            newest[_key(item)] = item
    yield from newest.values()


def _bring_in_batch(items: Sequence[Item], shelf: Shelf, tally: Tally) -> None:
    held = shelf.held([_key(item) for item in items])
    new: list[Item] = []
    changed: list[Item] = []
    confirmed: list[Item] = []
    for item in items:
        there = held.get(_key(item))
        if there is None:
            new.append(item)
        elif item["content"] == there["content"]:
            tally.unchanged += 1
            if item["updated_at"] > there["updated_at"]:
                confirmed.append(item)
        elif item["version"] > there["version"]:
            changed.append(item)
        else:
            tally.older += 1
    # Between our reading and this writing another import may have put a newer version. What was there is therefore replaced
    # on condition only. What was not there goes without one, since batches know none: should two imports bring the same
    # brand-new record at the same moment, the older might stay, until either file is imported again.
    shelf.add(new)
    tally.written += len(new)
    replaced = sum(shelf.replace(changed))
    tally.written += replaced
    tally.older += len(changed) - replaced
    # A newer file that says the same makes the record newer, lest a file from between the two should overwrite it.
    shelf.replace(confirmed)


def _key(item: Item) -> Key:
    return item["pk"], item["sk"]
