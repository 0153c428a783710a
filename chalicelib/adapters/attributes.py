"""Turns plain values into DynamoDB's typed ones and back: those that our items are made of, and no others.

boto3's own does the same; importing it takes longer than answering a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal, Inexact, Rounded
from typing import Any

# DynamoDB keeps 38 digits; a number that has more would not come back as it was.
_EXACTLY = Context(prec=38, Emin=-128, Emax=126, traps=[Inexact, Rounded])


def packed(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain values in DynamoDB's typed form; TypeError for what is none of ours."""
    return {name: _typed(value) for name, value in item.items()}


def unpacked(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return DynamoDB's typed form as plain values; numbers come back as Decimals."""
    return {name: _plain(value) for name, value in item.items()}


def _typed(value: Any) -> dict[str, Any]:
    match value:
        case str():
            return {"S": value}
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(_EXACTLY.create_decimal(value))}
        case Mapping():
            return {"M": packed(value)}
        case list() | tuple():
            return {"L": [_typed(each) for each in value]}
        case set() | frozenset() if value and all(isinstance(each, str) for each in value):
            return {"SS": sorted(value)}
    raise TypeError(f"a value of type {type(value).__name__} is not for an item")


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, held),) = value.items()
    match kind:
        case "S" | "BOOL":
            return held
        case "NULL":
            return None
        case "N":
            return _EXACTLY.create_decimal(held)
        case "M":
            return unpacked(held)
        case "L":
            return [_plain(each) for each in held]
        case "SS":
            return set(held)
    raise TypeError(f"an item holds a value of type {kind}, which we never write")
