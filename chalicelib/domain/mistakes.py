"""Turn what is wrong in a shop's file into lines that a shop owner can act on: where, what, and how to mend it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ValidationError

from chalicelib.domain import clauses, merchant, windows

Loc = tuple[int | str, ...]

_TABLES: Mapping[str, type[BaseModel]] = {
    **dict.fromkeys(("when", "not", "any"), clauses.When),
    **dict.fromkeys(("window", "within", "after", "send_within"), windows.Window),
    **dict.fromkeys(("arrives_within", "resolve_within"), clauses.BusinessDays),
    "clauses": clauses.Clause,
    "rules": clauses.Rule,
    "fee": clauses.Fee,
    "price": clauses.Price,
    "purchased": clauses.Between,
    "contact": merchant.Contact,
    "currency": merchant.Money,
    **dict.fromkeys(("return_address", "address"), merchant.Postal),
    "stores": merchant.Store,
    "review": merchant.Review,
}
# Steps that pydantic adds to a place for its own sake.
_UNWRITTEN = {"span", "word", "[key]", "text"}
_ADVICE = {
    "int_type": "is not a whole number; write it without quotes and without a point",
    "bool_type": "is not true or false; write one of them, without quotes",
    "string_type": "is not words; write it in quotes",
    "date_from_datetime_inexact": "is a time of day too; write the date alone, such as 2026-01-31",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing"), "is not a date; write it as 2026-01-31, without quotes"
    ),
    **dict.fromkeys(
        ("dict_type", "mapping_type", "model_type"), "is not a table; write its keys between { and }, or under a [header]"
    ),
    "tuple_type": "is not a list; write it between [ and ]",
    "string_pattern_mismatch": "does not have the form that is wanted here; look at how docs/policies.md writes it",
}
_QUOTED = re.compile(r"'([^']+)'")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong at a place of a file, as a path of keys and list positions, with how to mend it."""

    loc: Loc
    words: str


class Source:
    """The text of a file, to find the line of a place in it."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = text.splitlines()

    def shown(self, mistake: Mistake, raw: Mapping[str, Any]) -> str:
        """Return `file:line: clause Z4: window: what is wrong; how to mend it`."""
        where = [f"{self.name}:{self.line(mistake.loc)}", *_named(mistake.loc, raw)]
        return f"{': '.join(where)}: {mistake.words}"

    def line(self, loc: Loc) -> int:
        """Return the number of the line that a place is on, or of the table that it is missing from."""
        found, end = self._section(loc)
        for step in loc:
            if isinstance(step, str):
                key = re.compile(rf"(^|[\s{{.,\[\"]){re.escape(step)}\"?\s*(=|\.|\])")
                hit = next((number for number in range(found, end) if key.search(self.lines[number])), None)
                if hit is not None:
                    found = hit
                    end = self._table_end(hit, end) if self.lines[hit].startswith("[") else end
        return found + 1

    def _table_end(self, head: int, end: int) -> int:
        """Return the line after the last one of the table that begins at `head`."""
        return next((number for number in range(head + 1, end) if self.lines[number].startswith("[")), end)

    def _section(self, loc: Loc) -> tuple[int, int]:
        """Return the first line of the list item that a place is in, and the line after its last."""
        start, end = 0, len(self.lines)
        path = ""
        for key, position in pairwise(loc):
            if isinstance(key, str) and isinstance(position, int):
                path = f"{path}.{key}".lstrip(".")
                heads = [number for number in range(start, end) if self.lines[number].strip() == f"[[{path}]]"]
                if position < len(heads):
                    start = heads[position]
                    end = heads[position + 1] if position + 1 < len(heads) else end
        return start, end


def _named(loc: Loc, raw: Mapping[str, Any]) -> list[str]:
    """Return the place in the words of the file: the clause by its id, then the keys that lead to it."""
    steps = list(loc)
    named = []
    if len(steps) > 1 and steps[0] == "clauses" and isinstance(steps[1], int):
        clause = raw["clauses"][steps[1]]
        name = clause.get("id") if isinstance(clause, dict) else None
        named.append(f"clause {name if isinstance(name, str) else f'number {steps[1] + 1}'}")
        steps = steps[2:]
        if len(steps) > 1 and steps[0] == "rules" and isinstance(steps[1], int):
            if isinstance(clause, dict) and len(clause.get("rules", [])) > 1:
                named.append(f"rule {steps[1] + 1}")
            steps = steps[2:]
    keys = ".".join(str(step) for step in steps if isinstance(step, str))
    return [*named, keys] if keys else named


def read_toml(name: str, text: str) -> tuple[dict[str, Any], list[str]]:
    """Return what a TOML file holds, or nothing and the line that says why it cannot be read."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff")), []
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line = (place and place[1]) or str(len(text.splitlines()) or 1)
        what = _TOML_PLACE.sub("", str(error))
        twice = "overwrite" in what or "twice" in what or "redefine" in what.lower() or "mutate" in what
        advice = (
            "a key or table is there twice; take one away" if twice else "look here and just above for a missing quote or bracket"
        )
        return {}, [f"{name}:{line}: not TOML: {what}; {advice}"]
    except RecursionError:
        return {}, [f"{name}:1: not TOML: it is nested too deep; take some brackets away"]


def shape_mistakes(model: type[BaseModel], given: object, loc: Loc = ()) -> list[Mistake]:
    """Return what is wrong with the shape of a part of a file, against the model that it should have."""
    try:
        model.model_validate(given)
    except ValidationError as error:
        return [_mistake(one, model, given, loc) for one in error.errors(include_url=False)]
    return []


def _mistake(error: Any, model: type[BaseModel], given: object, loc: Loc) -> Mistake:
    place = tuple(step for step in error["loc"] if step not in _UNWRITTEN or _is_written(given, error["loc"], step))
    return Mistake((*loc, *place), _words(error, model, place))


def _is_written(given: object, loc: Loc, step: int | str) -> bool:
    """Say whether a step that pydantic may have added is a key of the file after all, as `text` is in a clause."""
    for one in loc:
        if isinstance(given, dict) and one in given:
            if one == step:
                return True
            given = given[one]
        elif isinstance(given, list) and isinstance(one, int) and one < len(given):
            given = given[one]
    return False


def _words(error: Any, model: type[BaseModel], place: Loc) -> str:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    last = next((step for step in reversed(place) if isinstance(step, str)), "")
    if kind == "extra_forbidden":
        return f'unknown key "{last}"; {nearest(last, _known(model, place))}'
    if kind == "missing":
        return f"it is missing; add {'a table [[clauses]]' if last == 'clauses' else f'a line {last} = …'}"
    if kind in ("literal_error", "union_tag_invalid"):
        return f"{_shown(value)} is not known here; {nearest(str(value), _QUOTED.findall(context.get('expected', '')))}"
    if kind == "less_than_equal" and last == "percent":
        return f"{value} is above 100 %, and a fee cannot take more than the price; write 100 or less"
    if kind in ("greater_than_equal", "less_than_equal"):
        least = "least" if kind == "greater_than_equal" else "most"
        return f"{_shown(value)} is out of range; the {least} is {context.get('ge', context.get('le'))}"
    if advice := _ADVICE.get(kind):
        return f"{_shown(value)} {advice}"
    message = str(error["msg"]).removeprefix("Value error, ")
    return message if ";" in message else f"{message}; the file says {_shown(value)}"


def _known(model: type[BaseModel], place: Loc) -> list[str]:
    """Return the keys that a table may have, by the last key on the way to it that names a table."""
    steps = [step for step in place[:-1] if isinstance(step, str) and step in _TABLES]
    table = _TABLES[steps[-1]] if steps else model
    names = {field.alias or name for name, field in table.model_fields.items()}
    return sorted(names | clauses.RULE_KEYS if table is clauses.Clause else names)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return advice that names the known word nearest to one that is not, or else all that are known."""
    words = sorted(set(known))
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else f"known here: {', '.join(words) or 'nothing'}"


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def texts_mistakes(texts: object, languages: Sequence[str], loc: Loc) -> list[Mistake]:
    """Return the languages in which words are missing or empty; nothing where the words have no shape at all."""
    if not isinstance(texts, Mapping):
        return []
    return [
        Mistake((*loc, language), f"the text is missing in {language}, which the shop speaks; add it")
        for language in languages
        if not str(texts.get(language, "")).strip()
    ]
