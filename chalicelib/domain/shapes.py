"""Which shape the items of our tables have, by kind: what this release writes, and up to which it reads.

How a shape is changed says docs/shapes.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from chalicelib.domain.errors import Unavailable

SHAPES: Mapping[str, int] = MappingProxyType(
    {
        "order": 1,
        "withdrawn": 1,
        "return": 1,
        "draft": 1,
        "product": 1,
        "lookup": 1,
        "link": 1,
        "session": 1,
        "stafflink": 1,
        "staffsession": 1,
        "counter": 1,
        "digest": 1,
        "undeliverable": 1,
    }
)
"""The newest shape of each kind of item (`type`). Items of before shapes were counted say none, and are of shape 0."""
SHAPE = "shape"


class NewerShape(Unavailable):
    """An item was written by a newer release, and reading it as an older one would misread it."""

    def __init__(self, item: Mapping[str, Any], known: int) -> None:
        name, kind, shape = f"{item.get('pk')}/{item.get('sk')}", item.get("type"), item[SHAPE]
        super().__init__(
            f"item {name}",
            f"it is of shape {shape} of {kind!r}, and this release reads up to {known}: deploy the one that wrote it, or newer",
        )


def stamped(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item with the shape that this release writes."""
    return {**item, SHAPE: SHAPES[item["type"]]}


def check_shape(item: Mapping[str, Any]) -> None:
    """Raise NewerShape where an item is of a shape that this release does not know."""
    known = SHAPES.get(item.get("type", ""), 0)
    if item.get(SHAPE, 0) > known:
        raise NewerShape(item, known)
