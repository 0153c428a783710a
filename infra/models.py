"""Cuts botocore's descriptions of AWS to the services and operations that Vuelta calls: to find and read the others takes time.

botocore ships in the package, so that its code and its descriptions are of one edition, whatever the runtime brings.
"""

from __future__ import annotations

import gzip
import json
from pathlib import PurePosixPath
from typing import Any

SERVICES = {"dynamodb": "dynamodb", "s3": "s3", "sesv2": "email"}
"""What is called, and under which name the regions list it."""
OPERATIONS = {
    "dynamodb": {
        "BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem",
    },
}  # fmt: skip
"""Those of the services that every page waits for; the others keep all of theirs."""
_DATA = PurePosixPath("botocore/data")


def cut(name: str, content: bytes) -> tuple[str, bytes] | None:
    """Return under which name and with which content a file of the package stays; None if it does not."""
    path = PurePosixPath(name)
    if _DATA not in path.parents:
        return name, content
    inside = path.relative_to(_DATA)
    if inside.name == "endpoints.json":
        return name, _compact(_regions(json.loads(content)))
    if len(inside.parts) == 1:
        return name, content
    if inside.parts[0] not in SERVICES or inside.name.startswith("examples"):
        return None
    described = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
    if inside.name.startswith("service-2.json"):
        described = _called(described, OPERATIONS.get(inside.parts[0]))
    return name.removesuffix(".gz"), _compact(_without_words(described) | _asked_by_name(described))


def _regions(endpoints: dict[str, Any]) -> dict[str, Any]:
    for partition in endpoints["partitions"]:
        partition["services"] = {name: said for name, said in partition["services"].items() if name in SERVICES.values()}
    return endpoints


def _called(service: dict[str, Any], operations: set[str] | None) -> dict[str, Any]:
    if operations is None:
        return service
    kept = {name: said for name, said in service["operations"].items() if name in operations}
    shapes: set[str] = set()
    wanted = [each["shape"] for said in kept.values() for each in (*map(said.get, ("input", "output")), *said["errors"]) if each]
    while wanted:
        name = wanted.pop()
        if name not in shapes:
            shapes.add(name)
            shape = service["shapes"][name]
            inner = (*shape.get("members", {}).values(), *map(shape.get, ("member", "key", "value")))
            wanted += [each["shape"] for each in inner if each]
    return service | {"operations": kept, "shapes": {name: service["shapes"][name] for name in sorted(shapes)}}


def _asked_by_name(service: dict[str, Any]) -> dict[str, Any]:
    """Return what botocore does not do without: the words on a service's own settings, which are empty then."""
    settings = service.get("clientContextParams", {})
    return {"clientContextParams": {name: said | {"documentation": ""} for name, said in settings.items()}} if settings else {}


def _without_words(described: Any) -> Any:
    match described:
        case dict():
            words = {name for name, said in described.items() if name == "documentation" and isinstance(said, str)}
            return {name: _without_words(said) for name, said in described.items() if name not in words}
        case list():
            return [_without_words(each) for each in described]
    return described


def _compact(described: Any) -> bytes:
    return json.dumps(described, separators=(",", ":")).encode()
