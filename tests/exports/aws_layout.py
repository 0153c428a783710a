"""Write exports as DynamoDB writes them to S3: manifests with checksums, an empty part, a folder that increments share."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chalicelib.adapters.dynamodb import packed

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/vuelta-returns"
Item = Mapping[str, Any]
Image = tuple[Item | None, Item | None, datetime]
"""How an item was before and after a change, and when: an insert lacks the first, a delete the second."""


def full(
    root: Path, items: Iterable[Item], at: datetime, *, parts: int = 3, table: str = TABLE, prefix: str = "", number: int = 0
) -> Path:
    """Write a full export of items in plain values below `root`/`prefix`, one part of it empty; return its folder."""
    lines = [_json({"Item": packed(dict(item))}) for item in items]
    spread = [lines[start::parts] for start in range(parts)]
    return _export(root, prefix, at, [*spread, []], {"exportTime": _written(at)}, table, number, shared=False)


def incremental(
    root: Path, images: Sequence[Image], since: datetime, until: datetime, *, table: str = TABLE, prefix: str = "",
    old: bool = False,
) -> Path:  # fmt: skip
    """Write an incremental export with the newest image of each item, and the `old` one if asked.

    Its files go into the folder that all of them share; return the export's own.
    """
    lines = [_image(*each, old=old) for each in images]
    told = {
        "exportFromTime": _written(since), "exportToTime": _written(until), "exportType": "INCREMENTAL_EXPORT",
        "outputView": "NEW_AND_OLD_IMAGES" if old else "NEW_IMAGE",
    }  # fmt: skip
    return _export(root, prefix, until, [lines, []], told, table, 0, shared=True)


def bare(root: Path, items: Iterable[Item], *, name: str = "a4e18336") -> Path:
    """Write what an emulator writes: one object and no manifest."""
    folder = root / "AWSDynamoDB" / name
    (folder / "data").mkdir(parents=True)
    lines = [_json({"Item": packed(dict(item))}) for item in items]
    (folder / "data" / "114b996a.gz").write_bytes(gzip.compress(b"".join(lines)))
    return folder


def part_of(folder: Path, number: int = 0) -> Path:
    """Return the file of items that an export's manifest lists at a place."""
    listed = (folder / "manifest-files.json").read_text().splitlines()
    key = json.loads(listed[number])["dataFileS3Key"]
    return folder.parents[1] / key[key.index("AWSDynamoDB/") :]


def rewrite(path: Path, lines: Sequence[bytes]) -> None:
    """Put other lines into a file of items and leave the manifest as it was."""
    path.write_bytes(gzip.compress(b"".join(line + b"\n" for line in lines)))


def lines_of(path: Path) -> list[bytes]:
    """Return the lines of a file of items."""
    return gzip.decompress(path.read_bytes()).splitlines()


def _export(
    root: Path, prefix: str, at: datetime, parts: Sequence[Sequence[bytes]], told: Mapping[str, Any], table: str, number: int,
    *, shared: bool,
) -> Path:  # fmt: skip
    name = f"{int(at.timestamp() * 1000) + number:014d}-{hashlib.sha256(table.encode()).hexdigest()[:8]}"
    start = f"{prefix}/AWSDynamoDB" if prefix else "AWSDynamoDB"
    folder = root / start / name
    under = f"{start}/data" if shared else f"{start}/{name}/data"
    (root / under).mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "_started").touch()
    listed = []
    for place, lines in enumerate(parts):
        raw = gzip.compress(b"".join(lines))
        md5 = hashlib.md5(raw).digest()
        key = f"{under}/{base64.b32encode(hashlib.sha1(f'{name}{place}'.encode()).digest()).decode().lower()[:26]}.json.gz"
        (root / key).write_bytes(raw)
        etag = f"{hashlib.md5(md5).hexdigest()}-1"
        entry = {"itemCount": len(lines), "md5Checksum": _base64(md5), "etag": etag, "dataFileS3Key": key}
        listed.append(_json(entry))
    summary = {
        "version": "2023-08-01" if shared else "2020-06-30", "exportArn": f"{table}/export/{name}", "startTime": _written(at),
        "endTime": _written(at + timedelta(minutes=5)), "tableArn": table, "tableId": "ab1cd2ef-0000-0000-0000-000000000000",
        **told, "s3Bucket": "exports", "s3Prefix": prefix or None, "s3SseAlgorithm": "AES256", "s3SseKmsKeyId": None,
        "manifestFilesS3Key": f"{start}/{name}/manifest-files.json", "billedSizeBytes": 0,
        "itemCount": sum(map(len, parts)), "outputFormat": "DYNAMODB_JSON",
    }  # fmt: skip
    write_manifest(folder, "manifest-files", b"".join(listed))
    write_manifest(folder, "manifest-summary", _json(summary))
    return folder


def write_manifest(folder: Path, stem: str, raw: bytes) -> None:
    """Write a manifest and its checksum beside it."""
    (folder / f"{stem}.json").write_bytes(raw)
    (folder / f"{stem}.md5").write_text(_base64(hashlib.md5(raw).digest()))


def _image(before: Item | None, after: Item | None, at: datetime, *, old: bool) -> bytes:
    known = before or after
    assert known is not None
    told: dict[str, Any] = {
        "Metadata": {"WriteTimestampMicros": {"N": str(int(at.timestamp()) * 1_000_000 + at.microsecond)}},
        "Keys": packed({"pk": known["pk"], "sk": known["sk"]}),
    }
    if old and before is not None:
        told["OldImage"] = packed(dict(before))
    if after is not None:
        told["NewImage"] = packed(dict(after))
    return _json(told)


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), default=_bytes).encode() + b"\n"


def _bytes(value: Any) -> str:
    return _base64(bytes(value))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
