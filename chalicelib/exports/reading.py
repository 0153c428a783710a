"""Read the items of exports one after another: every item once, as it stood at the end, and a tally of what was seen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.domain.shapes import SHAPE, SHAPES
from chalicelib.exports.damages import Damages
from chalicelib.exports.finding import Chosen, Export, choose, parts_of
from chalicelib.exports.manifests import Part
from chalicelib.exports.newest import Newest, opened_newest
from chalicelib.exports.parts import Line, read_part
from chalicelib.exports.places import ExportRefused, Place
from chalicelib.exports.typed import Typed, Unreadable, whole

KINDS = frozenset({"order", "return", "product"})
"""What of the returns table rows and figures are made of, by the attribute `type`."""
OTHER = "other"
_LAST_MICROSECOND = 2**63 - 1


class Found(NamedTuple):
    """An item of the returns table, typed as DynamoDB writes it, its `type`, and where it stands."""

    item: Typed
    kind: str
    file: str
    line: int


class _Image(NamedTuple):
    """A line of an incremental export: the item's key, when it was written, and how it was left (None: deleted)."""

    keys: Typed
    at: int
    item: Typed | None


@dataclass
class Tally:
    """What a reading saw: files, items by kind, and those left out because they were deleted or written anew later."""

    files: int = 0
    items: Counter[str] = field(default_factory=Counter)
    deleted: int = 0
    older: int = 0


class Reading:
    """One reading of exports, of items of some kinds. Iterate over it once; `tally` and `damages` are complete when it ends."""

    def __init__(self, place: Place, named: str | None = None, kinds: frozenset[str] = KINDS) -> None:
        self._kinds = kinds
        self.damages = Damages()
        self.tally = Tally()
        self.chosen: Chosen = choose(place, named, self.damages)
        self._passed: Callable[[int], object] = _ignore

    @property
    def place(self) -> Place:
        """Where the exports lie."""
        return self.chosen.place

    def parts(self, export: Export) -> Iterator[Part]:
        """Yield the files of one of the exports, damage in its manifest untold."""
        return parts_of(self.place, export, Damages())

    def watch(self, passed: Callable[[int], object]) -> None:
        """Let `passed` be told of so many more lines read."""
        self._passed = passed

    def __iter__(self) -> Iterator[Found]:
        """Yield every item of these kinds once.

        ExportRefused if the files turn out to be in another format, or to need manifests that are not there.
        """
        with ExitStack() as stack:
            newest: Newest | None = None
            if self.chosen.increments:
                newest = stack.enter_context(opened_newest())
                for export in self.chosen.increments:
                    newest.note((image.keys, image.at) for image, _, _ in self._images(export, Damages()))
            if self.chosen.full:
                yield from self._items(self.chosen.full, newest)
            for export in self.chosen.increments:
                yield from self._changed(export, newest)

    def _items(self, export: Export, newest: Newest | None) -> Iterator[Found]:
        loads, damaged = json.loads, self.damages.add
        for name, number, raw in self._lines(export, self.damages):
            try:
                item = loads(raw.decode())["Item"]
                kind = item["type"]["S"] if "pk" in item and "sk" in item else OTHER
            except (ValueError, KeyError, TypeError, RecursionError):
                kind, item = self._odd(export, name, raw)
                if kind is None:
                    damaged(name, number, "is no item in DynamoDB's JSON")
                    continue
            if newest is not None and newest.changed(item):
                self.tally.older += 1
                continue
            if found := self._counted(item, kind, name, number):
                yield found

    def _changed(self, export: Export, newest: Newest | None) -> Iterator[Found]:
        assert newest is not None
        for image, name, number in self._images(export, self.damages):
            if not newest.take(image.keys, image.at):
                self.tally.older += 1
            elif image.item is None:
                self.tally.deleted += 1
            elif found := self._counted(image.item, _kind(image.item), name, number):
                yield found

    def _counted(self, item: Typed, kind: str, name: str, number: int) -> Found | None:
        if kind not in self._kinds:
            self.tally.items[OTHER] += 1
            return None
        if newer := _newer(item, kind):
            self.damages.add(name, number, newer)
            return None
        self.tally.items[kind] += 1
        return Found(item, kind, name, number)

    def _images(self, export: Export, damages: Damages) -> Iterator[tuple[_Image, str, int]]:
        for name, number, raw in self._lines(export, damages):
            try:
                told = json.loads(raw.decode())
                at = _microsecond(told["Metadata"]["WriteTimestampMicros"]["N"])
                image = _Image(told["Keys"], at, told.get("NewImage"))
                sorted(image.keys)
            except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
                damages.add(name, number, "is no image of an item in DynamoDB's JSON")
                continue
            yield image, name, number

    def _odd(self, export: Export, name: str, raw: bytes) -> tuple[str | None, Typed]:
        """Return the kind and the item of a line that is not one of our table's; None if it is none at all."""
        if raw.startswith(b"$ion_1_0"):
            raise ExportRefused(f"{name} is in Amazon Ion, which is not read: request the export again as DYNAMODB_JSON")
        try:
            told = json.loads(raw.decode())
            if "Keys" in told and not export.listed:
                raise ExportRefused(
                    f"{name} is of an incremental export: give the folder with its manifest-summary.json, which lists its files"
                )
            item = told["Item"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return None, {}
        return (OTHER, item) if isinstance(item, dict) else (None, {})

    def _lines(self, export: Export, damages: Damages) -> Iterator[Line]:
        counted = damages is self.damages
        for part in parts_of(self.place, export, damages):
            self.tally.files += counted
            for line in read_part(self.place, part, damages):
                if counted and not line[1] % 1000:
                    self._passed(1000)
                yield line


def _microsecond(told: str) -> int:
    at = int(told)
    if not 0 <= at <= _LAST_MICROSECOND:
        raise ValueError("no moment")
    return at


def _newer(item: Typed, kind: str) -> str | None:
    """Say why an item could be misread: another release wrote it, in a shape that this one does not know."""
    try:
        shape = whole(item, SHAPE) or 0
    except Unreadable as error:
        return str(error)
    return f"is of shape {shape} of {kind!r}, and this release reads up to {SHAPES[kind]}" if shape > SHAPES[kind] else None


def _kind(item: Typed) -> str:
    try:
        return str(item["type"]["S"]) if "pk" in item and "sk" in item else OTHER
    except (KeyError, TypeError):
        return OTHER


def _ignore(_lines: int) -> None:
    pass
