"""Say in plain words what is wrong with a record, where, and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from chalicelib.domain.orders import Line, Order, StoredOrder, Variant

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Place = tuple[str | int, ...]
"""Where a value stands: `("order", "lines", 0, "quantity")`."""

_SHOWN = 5
# By pydantic's type of mistake; what stands in braces comes from its context.
_WORDS = {
    "value_error": "{error}",
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_too_long": "is longer than {max_length} characters: shorten it",
    "missing": "is missing: add it",
    "string_type": "must be text in quotes",
    "string_unicode": "holds half a character (a lone surrogate): remove it",
    "string_too_short": "is empty: fill it in or leave the field out",
    "int_type": "must be a whole number such as 2, without quotes or decimals",
    "int_parsing_size": "is far too large a number",
    "too_short": "must hold at least one",
    "tuple_type": 'must be a list, such as ["dress", "summer"]',
    "dict_type": 'must be an object, such as {{"size": "M"}}',
    "model_type": "must be an object in braces",
    "timezone_aware": 'lacks the offset: write it as in "2026-03-01T09:00:00-05:00"',
}
# Where the place says more than the type of the mistake: what a pattern was for.
_PATTERNS = {
    "country": "must be a country's two capital letters (ISO 3166-1), such as CO",
    "email": "is not an e-mail address, such as ana@example.com",
    "language": "must be a language's code, such as es",
}


class RecordError(ValueError):
    """A record is not as it should be; `faults` holds every mistake found, at least one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: where it stands (`()` for the record as a whole), and the words that follow the place."""

    place: Place
    words: str

    def __str__(self) -> str:
        return f"{written(self.place)}: {self.words}" if self.place else self.words


def written(place: Place) -> str:
    """Write a place as a path: `order.lines[0].quantity`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def reason(faults: Sequence[Fault]) -> str:
    """Return the mistakes on one line; of many, the first ones and how many more there are."""
    shown = [str(fault) for fault in faults[:_SHOWN]]
    rest = len(faults) - len(shown)
    return "; ".join(shown) + (f"; and {rest} more" if rest else "")


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    """Return what pydantic found, in our words."""
    found = error.errors(include_url=False)
    # pydantic counts the parts that are right, and so calls a list of mistakes too short besides.
    lists = {tuple(details["loc"][:end]) for details in found for end in range(len(details["loc"]))}
    meant = (details for details in found if details["type"] != "too_short" or tuple(details["loc"]) not in lists)
    return tuple(Fault(tuple(details["loc"]), _words(details)) for details in meant)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `: did you mean 'quantity'?` if one of the known names is near, else nothing."""
    near = difflib.get_close_matches(name.lower(), list(known), n=1)
    return f": did you mean {near[0]!r}?" if near else ""


def _words(details: ErrorDetails) -> str:
    kind, place = details["type"], tuple(details["loc"])
    if kind == "extra_forbidden":
        return "is not a known field" + did_you_mean(str(place[-1]), _fields_beside(place))
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(place[-1]), "is not written as it should be")
    if kind.startswith("datetime"):
        return 'is no moment of the calendar: write it as in "2026-03-01T09:00:00-05:00"'
    if kind in _WORDS:
        return _WORDS[kind].format_map(details.get("ctx", {}))
    return details["msg"][:1].lower() + details["msg"][1:]


def _fields_beside(place: Place) -> list[str]:
    if place[0] != "order":
        return [*Variant.model_fields, "updated_at"]
    return list(Line.model_fields) if "lines" in place else [*Order.model_fields, *StoredOrder.model_fields]
