"""Compare an answer of the contract with what the tables say, leaving out what they leave unsettled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.domain.readings import UNSETTLED, Reading


def differences(told: Mapping[str, Any], reading: Reading) -> list[str]:
    """Name the settled fields in which an answer's line differs from the reading; fields that the answer lacks are skipped."""
    found = []
    for name, expected in reading.items():
        if name == "outcomes" and expected != UNSETTLED:
            found += _outcome_differences(told["outcomes"], expected)
        elif name in told and expected != UNSETTLED and told[name] != expected:
            found.append(f"{name}: {told[name]!r}, the tables say {expected!r}")
    return found


def _outcome_differences(told: Sequence[Mapping[str, Any]], expected: Sequence[Reading]) -> list[str]:
    kinds = [one["kind"] for one in told], [one["kind"] for one in expected]
    if kinds[0] != kinds[1]:
        return [f"outcomes: {kinds[0]}, the tables say {kinds[1]}"]
    return [
        f"{ours['kind']}.{name}: {theirs[name]!r}, the tables say {value!r}"
        for theirs, ours in zip(told, expected, strict=True)
        for name, value in ours.items()
        if value not in (UNSETTLED, theirs[name])
    ]
