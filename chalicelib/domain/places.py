"""Where a moment, and where a return, stands in an order that text alone keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.identifiers import fold_order_number

if TYPE_CHECKING:
    from chalicelib.domain.returns import Return


def sortable(at: datetime) -> str:
    """Write a moment so that text order is time order: UTC with microseconds, whatever the offset was."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def queue_place(made: Return) -> str:
    """Return where a return stands in its shop's queue: by its age, and no two at the same place."""
    return f"{sortable(made.created_at)}#{fold_order_number(made.order_number)}/{made.slot}"
