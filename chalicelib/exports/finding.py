"""Find the exports in a place and choose what to read: one by its name, else the newest full one and what changed since."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from chalicelib.exports.damages import Damage, Damages
from chalicelib.exports.manifests import FILES, READ, STARTED, SUMMARY, Kind, Part, Summary, read_parts, read_summary
from chalicelib.exports.places import ExportRefused, Place

ROOT = "AWSDynamoDB"
_NAME = re.compile(r"(0[0-9]{13})-[0-9a-f]+")
_PART_ENDINGS = (".json.gz", ".gz")


@dataclass(frozen=True, slots=True)
class Export:
    """One export in a place: the name of its folder, what it is a picture of, and whether manifests list its files.

    `table` is None where nothing tells. `since` is None for a full export, and where an incremental one does not tell.
    `damages` are those of its summary, and `refused` says why it cannot be read at all; neither matters unless it is chosen.
    """

    folder: str
    kind: Kind
    table: str | None
    since: datetime | None
    until: datetime
    listed: bool
    damages: tuple[Damage, ...] = ()
    refused: str | None = None

    @property
    def id(self) -> str:
        """The export's own name, with which one can be chosen among several."""
        return self.folder or "data"

    def __str__(self) -> str:
        if self.kind == "full":
            return f"full export {self.id} of {_written(self.until)}"
        since = f"from {_written(self.since)} " if self.since else ""
        return f"incremental export {self.id} {since}to {_written(self.until)}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is read together: a full export and the increments that lead on from it, oldest first, or either alone.

    `notes` tell in a sentence each what a reader of the figures must know, such as a gap between two increments.
    """

    place: Place
    full: Export | None
    increments: tuple[Export, ...]
    notes: tuple[str, ...] = ()

    @property
    def exports(self) -> tuple[Export, ...]:
        """All that is read, oldest first."""
        return (self.full, *self.increments) if self.full else self.increments


def choose(place: Place, named: str | None, damages: Damages) -> Chosen:
    """Return what to read in a place: the export of that name alone, else the newest full one and its increments.

    The place may be an export's own folder, AWSDynamoDB, or the folder (or prefix) that holds it. ExportRefused if there is
    nothing to read, or if exports of several tables lie there and none is named.
    """
    place, own = _root(place)
    named = named or own
    chosen = _alone(place, _described(place, named), named) if named is not None else _chain(place, _all(place))
    for export in chosen.exports:
        if export.refused:
            raise ExportRefused(f"{place.title}/{export.folder} {export.refused}")
        for damage in export.damages:
            damages.add(damage.file, damage.line, damage.why)
    return chosen


def parts_of(place: Place, export: Export, damages: Damages) -> Iterator[Part]:
    """Yield the files of an export: those that its manifest lists, else whatever lies in its own folder."""
    if export.listed:
        yield from read_parts(place, export.folder, damages)
        return
    for under in _part_folders(export.folder):
        for stored in place.files(under):
            if stored.name.endswith(_PART_ENDINGS):
                yield Part((stored.name,))


def _root(place: Place) -> tuple[Place, str | None]:
    """Return the place whose folders are exports, and the export that was pointed at, if it was one."""
    names = {stored.name for stored in place.files("")}
    if names & {SUMMARY, FILES, STARTED}:
        return _above(place)
    folders = set(place.folders(""))
    if ROOT in folders:
        return place.within(ROOT), None
    # A folder with nothing but data in it is an export without manifests, unless it is the one that all of them lie in.
    if folders == {"data"} and not names and place.title.rstrip("/").rpartition("/")[2] != ROOT:
        return _above(place)
    return place, None


def _above(place: Place) -> tuple[Place, str]:
    above = place.parent()
    if above is None:
        raise ExportRefused(f"{place.title} is no folder of an export")
    return above


def _all(place: Place) -> list[Export]:
    found = [export for name in place.folders("") if name != "data" and (export := _described(place, name)) is not None]
    if not found and (bare := _bare(place, "")) is not None:
        found = [bare]
    if not found:
        raise ExportRefused(_nothing(place))
    _one_table(place, found)
    return found


def _described(place: Place, folder: str) -> Export | None:
    """Return the export in a folder; None if it holds none, or one that has not finished."""
    files = {stored.name.rpartition("/")[2]: stored for stored in place.files(folder)}
    if SUMMARY in files or FILES in files:
        marker = files.get(SUMMARY) or files[FILES]
        return _listed(place, folder, marker.changed_at, whole=FILES in files)
    return None if STARTED in files else _bare(place, folder)


def _listed(place: Place, folder: str, changed_at: datetime, *, whole: bool) -> Export:
    damages = Damages()
    refused = None
    summary = read_summary(place, folder, damages)
    if not whole:
        damages.add(f"{folder}/{FILES}", None, "is missing")
        if summary is None or summary.kind == "incremental":
            refused = f"has no {FILES}, without which its files cannot be told from those of others: fetch the export again"
    if summary is not None and summary.form != READ:
        refused = (
            f"is in the format {summary.form}, which is not read: request the export again as {READ}, as `exports request` does"
        )
    # Which exports are read hangs on the summaries of all that lie there, so that the damage of one must not decide it.
    told = summary if summary and summary.sound else _guessed(place, folder, changed_at)
    table = summary.table if summary else None
    return Export(folder, told.kind, table, told.since, told.until, whole, tuple(damages.first), refused)


def _guessed(place: Place, folder: str, changed_at: datetime) -> Summary:
    """Tell from folder and files what the summary does not.

    DynamoDB names an export by the millisecond of its request; the files of incremental ones lie in a folder that they share.
    """
    first = next(read_parts(place, folder, Damages()), None)
    shared = first is not None and not first.names[0].startswith(f"{folder}/")
    named = _NAME.fullmatch(folder)
    until = datetime.fromtimestamp(int(named[1]) / 1000, UTC) if named else changed_at
    return Summary("incremental" if shared else "full", "", None, until, 0, READ)


def _bare(place: Place, folder: str) -> Export | None:
    """Return an export that has files of items and no manifests, as emulators write it."""
    times = [
        stored.changed_at
        for under in _part_folders(folder)
        for stored in place.files(under)
        if stored.name.endswith(_PART_ENDINGS)
    ]
    return Export(folder, "full", None, None, max(times), listed=False) if times else None


def _part_folders(folder: str) -> tuple[str, ...]:
    return (f"{folder}/data",) if folder else ("data", "")


def _alone(place: Place, export: Export | None, named: str) -> Chosen:
    if export is None:
        if any(stored.name.endswith(STARTED) for stored in place.files(named)):
            raise ExportRefused(f"the export {named} in {place.title} has not finished: it has no {SUMMARY} yet")
        there = [name for name in place.folders("") if name != "data"]
        raise ExportRefused(f"there is no export {named!r} in {place.title}" + (f", but {', '.join(there)}" if there else ""))
    return _with_notes(place, export, ()) if export.kind == "full" else _with_notes(place, None, (export,))


def _chain(place: Place, found: Sequence[Export]) -> Chosen:
    by_end = sorted(found, key=lambda export: export.until)
    full = next((export for export in reversed(by_end) if export.kind == "full"), None)
    later = [each for each in by_end if each.kind == "incremental" and (full is None or each.until > full.until)]
    return _with_notes(place, full, tuple(later))


def _with_notes(place: Place, full: Export | None, increments: tuple[Export, ...]) -> Chosen:
    notes = []
    chain = (full, *increments) if full else increments
    if full is None:
        notes.append("no full export is read with it: this is only what changed")
    for before, after in pairwise(chain):
        if after.since is None or after.since > before.until:
            since = _written(after.since) if after.since else "a time that is not told"
            notes.append(f"what changed between {_written(before.until)} and {since} is in no export")
    if not all(export.listed for export in chain):
        notes.append("there is no manifest: nothing can be verified")
    return Chosen(place, full, increments, tuple(notes))


def _one_table(place: Place, found: Sequence[Export]) -> None:
    tables: dict[str, str] = {}
    for export in found:
        if export.table:
            tables.setdefault(export.table, export.id)
    if len(tables) > 1:
        told = ", ".join(f"{each} of {table.rpartition('/')[2]}" for table, each in tables.items())
        raise ExportRefused(f"{place.title} holds exports of several tables ({told}): name one with --export")


def _nothing(place: Place) -> str:
    folders = list(place.folders(""))
    nearer = [name for name in folders if ROOT in set(place.folders(name))]
    if nearer:
        return f"there is no export in {place.title}, but there are in {', '.join(nearer)}: add one of these to the path"
    if any(stored.name.endswith(STARTED) for name in folders for stored in place.files(name)):
        return f"no export in {place.title} has finished yet"
    return f"there is no export in {place.title}: give the folder or prefix that holds {ROOT}"


def _written(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
