"""Turn what is wrong in a shop's file into lines that a shop owner can act on: where, what, and how to mend it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ValidationError

from chalicelib.domain.advice import Loc, toml_advice, words_of

# Steps that pydantic adds to a place for its own sake.
_UNWRITTEN = {"span", "word", "[key]", "text"}
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
        """Return `file:line: clause Z4: window: what is wrong; how to mend it`, on one line whatever the file holds."""
        where = [f"{self.name}:{self.line(mistake.loc)}", *_named(mistake.loc, raw)]
        line = f"{': '.join(where)}: {mistake.words}"
        return "".join(char if char.isprintable() else repr(char)[1:-1] for char in line)

    def line(self, loc: Loc) -> int:
        """Return the number of the line that a place is on, or of the table that it is missing from."""
        found, end = self._section(loc)
        for depth, step in enumerate(loc):
            if isinstance(step, str):
                # What stands at the top of the file is not the key of the same name inside a table.
                before = r"(^|[\s{.,\[\"])" if depth else r"^\s*\[*\s*\"?"
                key = re.compile(rf"{before}{re.escape(step)}\"?\s*(=|\.|\])")
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
        lines = text.splitlines()
        written = lines[int(line) - 1] if 0 < int(line) <= len(lines) else ""
        return {}, [f"{name}:{line}: not TOML: {what}; {toml_advice(what, written)}"]
    except RecursionError:
        return {}, [f"{name}:1: not TOML: it is nested too deep; take some brackets away"]


def shape_mistakes(model: type[BaseModel], given: object, loc: Loc = ()) -> list[Mistake]:
    """Return what is wrong with the shape of a part of a file, against the model that it should have."""
    try:
        model.model_validate(given)
    except ValidationError as error:
        # Of a list whose items are wrong, pydantic says besides that it is too short.
        errors = [one for one in error.errors(include_url=False) if one["type"] != "too_short" or not one["input"]]
        return [_mistake(one, model, given, loc) for one in errors]
    return []


def _mistake(error: Any, model: type[BaseModel], given: object, loc: Loc) -> Mistake:
    place = tuple(step for step in error["loc"] if step not in _UNWRITTEN or _is_written(given, error["loc"], step))
    if error["type"] == "missing" and place != error["loc"]:
        place = (*place, error["loc"][-1]) if error["loc"][-1] in _UNWRITTEN else place
    return Mistake((*loc, *place), words_of(error, model, place))


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


def texts_mistakes(texts: object, languages: Sequence[str], loc: Loc) -> list[Mistake]:
    """Return the languages in which words are missing or empty; nothing where the words have no shape at all."""
    if not isinstance(texts, Mapping):
        return []
    return [
        Mistake((*loc, language), f"the text is missing in {language}, which the shop speaks; add it")
        for language in languages
        if not str(texts.get(language, "")).strip()
    ]
