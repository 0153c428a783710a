"""Says whether an event fits a pattern, as EventBridge's rules and Lambda's event filters do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def fits(event: Any, pattern: Mapping[str, Any]) -> bool:
    """Say whether every field of the pattern is matched by the event; TypeError for a comparison that is not known here."""
    return all(_fits_field(event, name, asked) for name, asked in pattern.items())


def _fits_field(event: Any, name: str, asked: Any) -> bool:
    there = isinstance(event, Mapping) and name in event
    value = event[name] if there else None
    if isinstance(asked, Mapping):
        return fits(value, asked) if there else all(_fits_field(None, each, more) for each, more in asked.items())
    return any(_fits_value(value, each, there=there) for each in asked)


def _fits_value(value: Any, asked: Any, *, there: bool) -> bool:
    if not isinstance(asked, Mapping):
        return there and (asked in value if isinstance(value, list) else asked == value)
    match dict(asked):
        case {"exists": bool(wanted)}:
            return there is wanted
        case {"prefix": str(beginning)}:
            return isinstance(value, str) and value.startswith(beginning)
        case {"suffix": str(end)}:
            return isinstance(value, str) and value.endswith(end)
        case {"anything-but": [*others]}:
            return there and value not in others
    raise TypeError(f"the comparison {asked!r} is not known here")
