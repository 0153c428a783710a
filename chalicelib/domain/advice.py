"""How a mistake in a shop's file is told: what is wrong there in plain words, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any
from zoneinfo import available_timezones

from pydantic import BaseModel

from chalicelib.domain import clauses, instructions, merchant, windows
from chalicelib.domain.countries import COUNTRIES
from chalicelib.domain.money import CURRENCIES

Loc = tuple[int | str, ...]
"""A place in a file: keys and positions in lists, from the outside in."""

_TABLES: Mapping[str, type[BaseModel]] = {
    **dict.fromkeys(("when", "not", "any"), clauses.When),
    **dict.fromkeys(("window", "within", "after", "send_within"), windows.Window),
    **dict.fromkeys(("arrives_within", "resolve_within"), clauses.BusinessDays),
    "clauses": clauses.Clause,
    "rules": clauses.Rule,
    "fee": clauses.Fee,
    "price": clauses.Price,
    "purchased": windows.Between,
    "contact": merchant.Contact,
    "currency": merchant.Money,
    **dict.fromkeys(("return_address", "address"), merchant.Postal),
    "stores": merchant.Store,
    "staff": merchant.Staff,
    "review": merchant.Review,
    "instructions": instructions.Instructions,
    "customer": instructions.ByCustomer,
    "prepaid": instructions.Prepaid,
    "store": instructions.InStore,
}
_NO_DATE = "is not a date; write it as 2026-01-31, without quotes and without a time"
_TYPES = {
    "int_type": "is not a whole number; write it without quotes and without a point",
    "bool_type": "is not true or false; write one of them, without quotes",
    "string_type": "is not words; write it in quotes",
    "date_type": _NO_DATE,
    **dict.fromkeys(
        ("dict_type", "mapping_type", "model_type"), "is not a table; write its keys between { and }, or under a [header]"
    ),
    "too_short": "is an empty list; put something in it, or leave it out",
    "string_too_short": "is empty; write something between the quotes",
}
_FORMS = {
    "accent": 'is not a colour; write # and six digits or letters from a to f, such as "#1f4fa3"',
    "id": 'is not an id; write letters, digits and dashes, without spaces, such as "final-sale"',
    "slug": 'is not the name of an address; write small letters, digits and dashes, such as "my-shop"',
    "kind": 'is not the name of a fee; write small letters, digits and underscores, such as "restocking_fee"',
    "conditions": 'is not the name of a condition; write small letters, digits and underscores, such as "original_box"',
    "languages": 'is not the code of a language; write its two or three small letters, such as "en"',
    **dict.fromkeys(("email", "sender"), 'is not an e-mail address; write one such as "returns@shop.example"'),
    **dict.fromkeys(("country", "from_country"), 'is not the code of a country; write its two capital letters, such as "DE"'),
}
_CODES: Mapping[str, Iterable[str]] = {
    **dict.fromkeys(("code", "currency"), CURRENCIES),
    **dict.fromkeys(("country", "from_country"), COUNTRIES),
}
_QUOTED = re.compile(r"'([^']+)'")
_DATE = re.compile(r"\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b")
_SINGLE_HEADER = re.compile(r"\s*\[\s*(clauses|clauses\.rules|stores)\s*\]")
_COLON = re.compile(r"\s*[\w.\"-]+\s*:")


def words_of(error: Any, model: type[BaseModel], place: Loc) -> str:
    """Return what one of pydantic's errors means at a place of a file that should have the shape of `model`."""
    kind = error["type"]
    last = next((step for step in reversed(place) if isinstance(step, str)), "")
    if kind == "extra_forbidden":
        return f'unknown key "{last}"; {nearest(last, _known(model, place))}'
    if kind == "missing":
        return f"it is missing; add {_missing(last)}"
    return _wrong_value(error, place, last)


def _wrong_value(error: Any, place: Loc, last: str) -> str:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind in ("literal_error", "union_tag_invalid"):
        known = _QUOTED.findall(context.get("expected", ""))
        return f"{_shown(value)} is not known here; {nearest(str(value), [*known, *_everything(last)])}"
    if kind == "less_than_equal" and last == "percent":
        return f"{value} is above 100 %, and a fee cannot take more than the price; write 100 or less"
    if kind in ("greater_than_equal", "less_than_equal"):
        least = "least" if kind == "greater_than_equal" else "most"
        return f"{_shown(value)} is out of range; the {least} is {context.get('ge', context.get('le'))}"
    if kind == "string_pattern_mismatch":
        return f"{_shown(value)} {_FORMS.get(_form(place, last), 'is not written as it should be; look at docs/policies.md')}"
    if kind in ("tuple_type", "frozen_set_type"):
        header = isinstance(value, dict) and last in ("clauses", "rules", "stores")
        return f"{_shown(value)} is not a list; write {f'its header as [[{last}]]' if header else 'it between [ and ]'}"
    message = str(error["msg"]).removeprefix("Value error, ")
    if advice := _TYPES.get(kind):
        message = f"{_shown(value)} {advice}"
    return message if ";" in message else f"{message}; {_likely(last, value) or f'the file says {_shown(value)}'}"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return advice that names the known word nearest to one that is not, or else all that are known."""
    words = sorted(set(known))
    return did_you_mean(word, words) or f"known here: {', '.join(words) or 'nothing'}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a question that names the known word nearest to one that is not, whatever the case; empty if none is near."""
    by_small = {one.lower(): one for one in sorted(known)}
    near = get_close_matches(word.lower(), by_small, n=5, cutoff=0.6)
    # Nobody mistypes a first letter as easily as the others.
    best = next((one for one in near if one[0] == word[0].lower()), near[0] if near else None)
    return f'did you mean "{by_small[best]}"?' if best else ""


def toml_advice(what: str, line: str) -> str:
    """Return how to mend a line at which a file stops being TOML; `what` is what its reader says."""
    if header := _SINGLE_HEADER.match(line):
        return f"write this header in two brackets, [[{header[1]}]]"
    if any(word in what.lower() for word in ("overwrite", "twice", "redefine", "mutate")):
        return "a key or table is there twice; take one away"
    if any(quote in line for quote in "“”„«»"):
        return 'write straight quotes, such as "en"'
    if _DATE.search(line) and not any(quote in line for quote in "\"'"):
        return "write a date as 2026-01-31, and one that exists"
    if "date" in what:
        return "write a date as 2026-01-31, and one that exists"
    if _COLON.match(line):
        return "write = between a key and what it says"
    if "Invalid value" in what:
        return "write words in quotes, and yes and no as true and false"
    return "look here and just above for a missing quote or bracket"


def _missing(last: str) -> str:
    if last == "clauses":
        return "a table [[clauses]]"
    if last == "text":
        return 'its words in each language, such as text.en = "…"'
    return f"a table [{last}]" if last in _TABLES else f"a line {last} = …"


def _everything(last: str) -> tuple[str, ...]:
    return ("everything",) if last in ("refuses", "review") else ()


def _form(place: Loc, last: str) -> str:
    return "conditions" if len(place) == 2 and place[0] == "conditions" else last


def _likely(last: str, value: object) -> str:
    """Return which currency, country or time zone was probably meant; empty where none is near or the key is another."""
    if last == "zone":
        return did_you_mean(str(value), available_timezones())
    return did_you_mean(str(value), _CODES.get(last, ()))


def _known(model: type[BaseModel], place: Loc) -> list[str]:
    """Return the keys that a table may have, by the last key on the way to it that names a table."""
    steps = [step for step in place[:-1] if isinstance(step, str) and step in _TABLES]
    table = _TABLES[steps[-1]] if steps else model
    names = {field.alias or name for name, field in table.model_fields.items()}
    return sorted(names | clauses.RULE_KEYS if table is clauses.Clause else names)


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
