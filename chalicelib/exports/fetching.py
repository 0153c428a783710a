"""Bring exports from where they lie into a folder, file by file, so that it may be broken off and gone on with."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chalicelib.exports.damages import Damages
from chalicelib.exports.finding import ROOT, Chosen, Export, parts_of
from chalicelib.exports.manifests import STARTED, SUMMARY, Part
from chalicelib.exports.places import ExportRefused, Place

_PIECE = 1024 * 1024


@dataclass
class Fetched:
    """How many files were brought here, with how many bytes, and how many were here already."""

    files: int = 0
    size: int = 0
    kept: int = 0


def fetch(chosen: Chosen, folder: Path, damages: Damages, passed: Callable[[int], object]) -> Fetched:
    """Bring the exports below `folder`/AWSDynamoDB; `passed` is told of the bytes that are here now.

    A file gets its name when it is whole and verified; what was begun is gone on with. An export counts as finished here when
    its manifests have arrived, which come last. ExportRefused if the folder cannot be written.
    """
    root, fetched = folder / ROOT, Fetched()
    try:
        # The files hold addresses of customers: nobody else on this machine needs to read them.
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for export in chosen.exports:
            _fetch_export(export, chosen.place, root, damages, fetched, passed)
    except OSError as error:
        raise ExportRefused(f"cannot write to {folder}: {error.strerror or error}") from None
    return fetched


def total_size(chosen: Chosen) -> int:
    """Return the bytes of all files of items."""
    return sum(size for export in chosen.exports for _, _, size in _files(export, chosen.place, Damages()) if size)


def _fetch_export(
    export: Export, remote: Place, root: Path, damages: Damages, fetched: Fetched, passed: Callable[[int], object]
) -> None:
    own = root / export.folder
    own.mkdir(parents=True, exist_ok=True)
    if not (own / SUMMARY).exists():
        (own / STARTED).touch()
    for name, part, size in _files(export, remote, damages):
        if size is None:
            damages.add(name, None, "is missing, though the manifest lists it")
        elif _is_here(root / name, part, size):
            fetched.kept += 1
            passed(size)
        else:
            _fetch_part(remote, name, part, size, root / name, damages, passed)
            fetched.files += 1
            fetched.size += size
    # Without manifests there is nothing that could come last; the mark goes instead.
    manifests = [each.name for each in remote.files(export.folder) if not each.name.endswith(STARTED)]
    for name in sorted(manifests, key=lambda name: name.endswith(SUMMARY)):
        with remote.open(name) as stream:
            _place(root / name, stream.read())
    if not manifests:
        (own / STARTED).unlink(missing_ok=True)


def _files(export: Export, place: Place, damages: Damages) -> Iterator[tuple[str, Part, int | None]]:
    """Yield the files of an export: the name each is found under, what the manifest says of it, and its size if it is there."""
    sizes: dict[str, dict[str, int]] = {}
    for part in parts_of(place, export, damages):
        for name in part.names:
            under = name.rpartition("/")[0]
            if under not in sizes:
                sizes[under] = {stored.name: stored.size for stored in place.files(under)}
            if name in sizes[under]:
                yield name, part, sizes[under][name]
                break
        else:
            yield part.names[0], part, None


def _is_here(path: Path, part: Part, size: int) -> bool:
    if not path.is_file() or path.stat().st_size != size:
        return False
    return part.md5 is None or _md5(path) == part.md5


def _fetch_part(
    remote: Place, name: str, part: Part, size: int, target: Path, damages: Damages, passed: Callable[[int], object]
) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    begun = target.with_name(f".{target.name}.part")
    if begun.exists() and begun.stat().st_size > size:
        begun.unlink()
    start = begun.stat().st_size if begun.exists() else 0
    passed(start)
    if start < size or not size:
        _append(remote, name, begun, start, passed)
    if start and not _right(begun, part):
        # What was begun was of something else: once more, from the beginning.
        begun.unlink()
        _append(remote, name, begun, 0, _ignore)
    if not _right(begun, part):
        damages.add(name, None, f"its MD5 is {_md5(begun)}, the manifest says {part.md5}")
    begun.replace(target)


def _append(remote: Place, name: str, path: Path, start: int, passed: Callable[[int], object]) -> None:
    with path.open("ab") as target, remote.open(name, start) as stream:
        while piece := stream.read(_PIECE):
            target.write(piece)
            passed(len(piece))


def _right(path: Path, part: Part) -> bool:
    return part.md5 is None or _md5(path) == part.md5


def _place(target: Path, content: bytes) -> None:
    begun = target.with_name(f".{target.name}.part")
    begun.write_bytes(content)
    begun.replace(target)


def _md5(path: Path) -> str:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
    return base64.b64encode(digest.digest()).decode()


def _ignore(_size: int) -> None:
    pass
