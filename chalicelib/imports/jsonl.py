"""Read one JSON object from a line, and refuse what no careful writer would have written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from chalicelib.imports.faults import Fault, Place, RecordError

Record = dict[str, Any]

# In JSON: an escaped control character or a surrogate, a control character of the second range, a text that begins with "=".
_SUSPECT = re.compile(r'\\[bfnrtu]|[\x7f-\x9f\ud800-\udfff\ufffe\uffff]|"=')
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def parse_object(text: str) -> Record:
    """Read a JSON object; RecordError if the text is anything else, or names a field twice."""
    try:
        value = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        words = f"is not JSON: {error.msg.lower()} at character {error.pos + 1}; each object stands whole on one line"
        raise RecordError([Fault((), "the line " + words)]) from None
    except RecursionError:
        raise RecordError([Fault((), "the line nests its brackets too deeply")]) from None
    except RecordError:
        raise
    except ValueError as error:
        raise RecordError([Fault((), f"the line is not JSON: {error}")]) from None
    if not isinstance(value, dict):
        raise RecordError([Fault((), "the line must be a JSON object, from { to }")])
    return value


def text_faults(record: Record, written: str) -> list[Fault]:
    """Return what is wrong with the texts anywhere in a record, which is `written` as JSON without ASCII escapes.

    Control characters and halves of characters have no place in a name or a number. A text that begins with `=` is run as a
    formula by the spreadsheet that a later export is opened in; `+`, `-` and `@` begin too many honest names to be refused.
    """
    if not _SUSPECT.search(written):
        return []
    return [Fault(place, words) for place, text in _texts((), record) if (words := _text_fault(text))]


def _text_fault(text: str) -> str | None:
    if _SURROGATE.search(text):
        return "holds half a character (a lone surrogate): remove it"
    if _CONTROL.search(text):
        return "holds a line break or another control character: remove it"
    if text.startswith("="):
        return "begins with =, which spreadsheets run as a formula: write it without"
    return None


def _texts(place: Place, value: Any) -> Iterator[tuple[Place, str]]:
    match value:
        case str():
            yield place, value
        case list():
            for index, part in enumerate(value):
                yield from _texts((*place, index), part)
        case dict():
            for name, part in value.items():
                yield place, name
                yield from _texts((*place, name), part)


def _without_twins(pairs: list[tuple[str, Any]]) -> Record:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise RecordError([Fault((), f"the field {twin!r} stands twice in one object: keep one")])
    return record


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")
