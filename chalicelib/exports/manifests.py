"""Read the manifests of an export: what it is a picture of, and which files it consists of, each with its checksum."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from chalicelib.exports.damages import Damages
from chalicelib.exports.places import Place

SUMMARY, FILES, STARTED = "manifest-summary.json", "manifest-files.json", "_started"
READ = "DYNAMODB_JSON"
"""The one format that is read."""
Kind = Literal["full", "incremental"]
# What JSON can hold that is no such manifest: numbers without end, days outside the calendar, lists for maps.
_NONSENSE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
# DynamoDB writes a few hundred bytes into either; what is longer is no manifest and must not fill the memory.
_LONGEST_SUMMARY, _LONGEST_ENTRY = 1024 * 1024, 64 * 1024


@dataclass(frozen=True, slots=True)
class Summary:
    """What an export says of itself: a full one shows the table at `until`, an incremental one what changed since `since`.

    `sound` is False where it is not what was written: it may be refused for what it says, but nothing is chosen by it.
    """

    kind: Kind
    table: str
    since: datetime | None
    until: datetime
    items: int
    form: str
    sound: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """One file of items: its names in the place, best guess first, and what the manifest says of it, where there is one."""

    names: tuple[str, ...]
    md5: str | None = None
    items: int | None = None


def read_summary(place: Place, folder: str, damages: Damages) -> Summary | None:
    """Return what an export's summary says; None, and the damage told, if it is missing or no summary."""
    name = f"{folder}/{SUMMARY}"
    raw = _small(place, name)
    if raw is None:
        damages.add(name, None, "is missing")
        return None
    try:
        summary = _summary(json.loads(raw))
    except _NONSENSE:
        damages.add(name, None, "is no summary of an export")
        return None
    sound = verify(place, folder, "manifest-summary", base64.b64encode(_md5(raw)).decode(), damages)
    return replace(summary, sound=sound)


def _summary(told: dict[str, Any]) -> Summary:
    incremental = "exportFromTime" in told
    return Summary(
        kind="incremental" if incremental else "full",
        table=str(told["tableArn"]),
        since=_moment(told["exportFromTime"]) if incremental else None,
        until=_moment(told["exportToTime" if incremental else "exportTime"]),
        items=int(told["itemCount"]),
        form=str(told["outputFormat"]),
    )


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment without an offset")
    return at.astimezone(UTC)


def read_parts(place: Place, folder: str, damages: Damages) -> Iterator[Part]:
    """Yield the files that an export's manifest lists, with what cannot be understood there told as damage.

    The manifest's own checksum is verified when the last one has been read.
    """
    name = f"{folder}/{FILES}"
    digest = hashlib.md5(usedforsecurity=False)
    try:
        stream = place.open(name)
    except FileNotFoundError:
        damages.add(name, None, "is missing")
        return
    with stream:
        number = 0
        while raw := stream.readline(_LONGEST_ENTRY):
            number += 1
            digest.update(raw)
            if not raw.strip():
                continue
            try:
                part = _part(folder, json.loads(raw))
            except _NONSENSE:
                damages.add(name, number, "names no file of items")
                continue
            yield part
    verify(place, folder, "manifest-files", base64.b64encode(digest.digest()).decode(), damages)


def _part(folder: str, told: dict[str, Any]) -> Part:
    key = str(told["dataFileS3Key"])
    # Only the last name is taken from the manifest, so that it cannot lead out of the export's two folders. A key without
    # the export's id between AWSDynamoDB and data is one of the folder that incremental exports share.
    base = key.rpartition("/")[2]
    if not base or base in {".", ".."} or not base.isprintable():
        raise ValueError("no name of a file")
    own, shared = f"{folder}/data/{base}", f"{folder.rpartition('/')[0]}/data/{base}".removeprefix("/")
    within = key.rpartition("AWSDynamoDB/")[2]
    names = (shared, own) if within == f"data/{base}" else (own, shared)
    md5, items = told.get("md5Checksum"), told.get("itemCount")
    return Part(names, str(md5) if md5 else None, int(items) if items is not None else None)


def verify(place: Place, folder: str, stem: str, md5: str, damages: Damages) -> bool:
    """Compare a manifest with the checksum beside it (`.md5`, which the guide calls `.checksum`); False if they differ."""
    for name in (f"{folder}/{stem}.md5", f"{folder}/{stem}.checksum"):
        told = _small(place, name)
        if told is not None:
            if told.decode("ascii", "replace").strip() == md5:
                return True
            damages.add(f"{folder}/{stem}.json", None, f"its MD5 is {md5}, which is not what {name} says")
            return False
    damages.add(f"{folder}/{stem}.json", None, "its checksum is missing, so that it cannot be verified")
    return True


def _small(place: Place, name: str) -> bytes | None:
    try:
        with place.open(name) as stream:
            return stream.read(_LONGEST_SUMMARY)
    except FileNotFoundError:
        return None


def _md5(raw: bytes) -> bytes:
    return hashlib.md5(raw, usedforsecurity=False).digest()
