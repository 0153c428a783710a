"""Take values out of items as DynamoDB writes them in JSON: every value under its type, such as `{"S": "text"}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Typed = Mapping[str, Any]
"""An item or a map in it: names and typed values."""

Value = str | tuple[str, ...] | int | Decimal | datetime | bool | None
Read = Callable[[Typed], Any]

NOTHING: Typed = {}
_NULL = {"NULL": True}
# More than any shop counts. Beyond it, sums would lose digits and a number in a file could fill the memory.
_MOST_WHOLE, _MOST_AMOUNT, _LEAST_EXPONENT = 10**15, Decimal(10) ** 20, -30
# What spreadsheets know as a date, with room for every zone.
_FIRST_YEAR, _LAST_YEAR = 1901, 9998


class Unreadable(ValueError):
    """A value is there and is not what it should be; the message names the attribute."""


def raw(node: Typed, name: str, kind: str) -> Any:
    """Return what stands under an attribute's type; None if it is absent or null, Unreadable if it is of another type."""
    value = node.get(name)
    if value is None:
        return None
    try:
        return value[kind]
    except (KeyError, TypeError):
        if value == _NULL:
            return None
        raise Unreadable(f"{name} is of another type than {kind}") from None


def text(node: Typed, name: str) -> str | None:
    """Return a text; half characters, which no file in UTF-8 can hold, become question marks."""
    value = raw(node, name, "S")
    if value is None:
        return None
    if not isinstance(value, str):
        raise Unreadable(f"{name} is no text")
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def texts(node: Typed, name: str) -> tuple[str, ...]:
    """Return a list of texts; none if it is absent."""
    return tuple(each for part in _list(node, name) if (each := text({name: part}, name)) is not None)


def whole(node: Typed, name: str) -> int | None:
    """Return a whole number."""
    value = raw(node, name, "N")
    try:
        found = None if value is None else int(value)
    except (ValueError, TypeError, OverflowError):
        raise Unreadable(f"{name} is no whole number") from None
    if found is not None and not -_MOST_WHOLE < found < _MOST_WHOLE:
        raise Unreadable(f"{name} is larger than any number here")
    return found


def amount(node: Typed, name: str) -> Decimal | None:
    """Return an amount of money, which items hold as text."""
    value = text(node, name)
    if value is None:
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise Unreadable(f"{name} is no amount") from None
    if not found.is_finite():
        raise Unreadable(f"{name} is no amount")
    exponent = found.as_tuple().exponent
    if not -_MOST_AMOUNT < found < _MOST_AMOUNT or not isinstance(exponent, int) or exponent < _LEAST_EXPONENT:
        raise Unreadable(f"{name} is larger or finer than any amount here")
    return found


def moment(node: Typed, name: str) -> datetime | None:
    """Return a moment, aware of its offset."""
    value = text(node, name)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise Unreadable(f"{name} is no moment") from None
    if at.tzinfo is None:
        raise Unreadable(f"{name} is a moment without an offset")
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise Unreadable(f"{name} is in the year {at.year}")
    return at


def flag(node: Typed, name: str) -> bool | None:
    """Return yes or no."""
    value = raw(node, name, "BOOL")
    if value is not None and not isinstance(value, bool):
        raise Unreadable(f"{name} is neither true nor false")
    return value


def part(node: Typed, name: str) -> Typed:
    """Return a map inside a map; an empty one if it is absent."""
    value = raw(node, name, "M")
    if value is None:
        return NOTHING
    if not isinstance(value, dict):
        raise Unreadable(f"{name} is no map")
    return value


def parts(node: Typed, name: str) -> tuple[Typed, ...]:
    """Return the maps of a list; none if it is absent."""
    try:
        found = tuple([each["M"] for each in _list(node, name)])
    except (KeyError, TypeError):
        raise Unreadable(f"{name} holds what is no map") from None
    if not all(isinstance(each, dict) for each in found):
        raise Unreadable(f"{name} holds what is no map")
    return found


def _list(node: Typed, name: str) -> Sequence[Any]:
    value = raw(node, name, "L")
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Unreadable(f"{name} is no list")
    return value


def at_path(path: str, read: Callable[[Typed, str], Any]) -> Read:
    """Return what reads an attribute by its path from a map, such as `line.sku`."""
    *above, name = path.split(".")
    if not above:
        return lambda node: read(node, name)

    def walk(node: Typed) -> Any:
        for each in above:
            node = part(node, each)
        return read(node, name)

    return walk
