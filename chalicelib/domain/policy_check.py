"""Read a shop's two kinds of file, and say every mistake in them, each on a line of its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from chalicelib.domain.advice import Loc, nearest
from chalicelib.domain.clauses import EVERYTHING, KINDS, Clause, Condition, PolicyFile
from chalicelib.domain.errors import InvalidPolicy
from chalicelib.domain.merchant import Merchant
from chalicelib.domain.mistakes import Mistake, Source, read_toml, shape_mistakes, texts_mistakes
from chalicelib.domain.policy import Policy
from chalicelib.domain.policy_sense import senseless, unfounded
from chalicelib.domain.surprises import notes

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,30}")
_POLICY_NAME = re.compile(r"policy-(\d{4}-\d{2}-\d{2})\.toml")


def read_merchant(name: str, text: str) -> Merchant:
    """Return the shop that a `merchant.toml` describes; InvalidPolicy with every mistake. `name` says whose file it is."""
    raw, unreadable = read_toml(name, text)
    if unreadable:
        raise InvalidPolicy(tuple(unreadable))
    found = [*shape_mistakes(Merchant, raw), *_merchant_texts(raw), *_folder(name, raw)]
    if found:
        source = Source(name, text)
        raise InvalidPolicy(tuple(source.shown(mistake, raw) for mistake in found))
    return Merchant.model_validate(raw)


def read_policy(name: str, text: str, merchant: Merchant) -> Policy:
    """Return the policy that a `policy-<date>.toml` holds; InvalidPolicy with every mistake, all at once."""
    raw, mistakes = read_toml(name, text)
    if mistakes := mistakes or _told(name, text, raw, merchant):
        raise InvalidPolicy(tuple(mistakes))
    return Policy(merchant, PolicyFile.model_validate(raw), hashlib.sha256(text.encode()).hexdigest())


def policy_mistakes(name: str, text: str, merchant: Merchant | None) -> list[str]:
    """Return every mistake of a policy file; without its shop, the languages are those that the file uses itself."""
    raw, unreadable = read_toml(name, text)
    return unreadable or _told(name, text, raw, merchant)


def policy_notes(text: str) -> list[str]:
    """Return what is no mistake in a policy without mistakes, but may surprise its shop."""
    return notes(PolicyFile.model_validate(read_toml("", text)[0]))


def decoded(name: str, content: bytes) -> str:
    """Return the text of a file; InvalidPolicy where it is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidPolicy((f"{name}:{line}: this line is not UTF-8; save the file in UTF-8",)) from None


def same_dates(files: Mapping[str, str]) -> list[str]:
    """Return a line for each policy file of one shop that holds from the same date as another; `files` are texts by name."""
    first: dict[date, str] = {}
    found = []
    for name, text in sorted(files.items()):
        effective = effective_date(text)
        if effective is not None and first.setdefault(effective, name) != name:
            found.append(f"{name}: effective: {first[effective]} holds from {effective} too; give one of them another date")
    return found


def effective_date(text: str) -> date | None:
    """Return the date from which a policy file says it holds; None where it does not say."""
    given = read_toml("", text)[0].get("effective")
    return given if type(given) is date else None


def _told(name: str, text: str, raw: Mapping[str, Any], merchant: Merchant | None) -> list[str]:
    source = Source(name, text)
    found = sorted(_policy_mistakes(name, raw, merchant), key=lambda mistake: source.line(mistake.loc))
    return [source.shown(mistake, raw) for mistake in found]


def _policy_mistakes(name: str, raw: Mapping[str, Any], merchant: Merchant | None) -> list[Mistake]:
    listed = raw.get("clauses")
    tables: list[Any] = listed if isinstance(listed, list) else []
    declared = raw.get("conditions")
    conditions: dict[str, Any] = declared if isinstance(declared, dict) else {}
    found = [*_frame(raw, tables, conditions), *_effective(name, raw)]
    clauses, good = [], {}
    for place, table in enumerate(tables):
        wrong = shape_mistakes(Clause, table, ("clauses", place))
        found += wrong
        if not wrong:
            clauses.append((place, Clause.model_validate(table)))
    for key, table in conditions.items():
        wrong = shape_mistakes(Condition, table, ("conditions", key))
        found += wrong
        if not wrong:
            good[key] = Condition.model_validate(table)
    found += _texts(tables, conditions, merchant)
    found += _same_ids(tables)
    found += _dangling(tables, conditions)
    found += senseless(clauses, merchant)
    outcomes = raw.get("outcomes")
    whole = len(clauses) == len(tables) and len(good) == len(conditions)
    if whole and isinstance(outcomes, list) and all(kind in KINDS for kind in outcomes):
        found += unfounded(outcomes, good, clauses)
    return found


def _frame(raw: Mapping[str, Any], tables: Sequence[Any], conditions: Mapping[str, Any]) -> list[Mistake]:
    """Return what is wrong around the clauses and conditions, which are read one by one so that no mistake hides another."""
    plain: dict[str, Any] = {"clauses": [{"id": "x", "group": "money", "text": {}}]} if tables else {}
    if conditions:
        plain["conditions"] = {name: {"text": {}} for name in conditions}
    return shape_mistakes(PolicyFile, {**raw, **plain})


def _effective(name: str, raw: Mapping[str, Any]) -> list[Mistake]:
    named = _POLICY_NAME.fullmatch(name.replace("\\", "/").rsplit("/", 1)[-1])
    if named is None or not _is_date(named[1]):
        return [Mistake((), "a policy file is called policy-<date>.toml, such as policy-2026-01-31.toml; rename it")]
    effective = raw.get("effective")
    if isinstance(effective, date) and str(effective) != named[1]:
        return [Mistake(("effective",), f"{effective} is not the date in the file's name; write {named[1]} or rename the file")]
    return []


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _texts(tables: Sequence[Any], conditions: Mapping[str, Any], merchant: Merchant | None) -> list[Mistake]:
    texts = [(("clauses", place, "text"), table.get("text")) for place, table in enumerate(tables) if isinstance(table, dict)]
    asked = [(("conditions", key), table) for key, table in conditions.items() if isinstance(table, dict)]
    languages = merchant.languages if merchant else sorted({key for _, one in texts if isinstance(one, dict) for key in one})
    return [mistake for loc, words in [*texts, *asked] for mistake in texts_mistakes(words, languages, loc)]


def _same_ids(tables: Sequence[Any]) -> list[Mistake]:
    ids = [table.get("id") if isinstance(table, dict) else None for table in tables]
    return [
        Mistake(("clauses", place, "id"), f'another clause is called "{name}" already; give this one an id of its own')
        for place, name in enumerate(ids)
        if name is not None and name in ids[:place]
    ]


def _dangling(tables: Sequence[Any], conditions: Mapping[str, Any]) -> Iterator[Mistake]:
    """Yield names that lead nowhere, also from clauses that are otherwise not in shape."""
    ids = [table["id"] for table in tables if isinstance(table, dict) and isinstance(table.get("id"), str)]
    for place, table in enumerate(tables):
        if not isinstance(table, dict):
            continue
        rules = table["rules"] if isinstance(table.get("rules"), list) else [table]
        for number, rule in enumerate(rules):
            loc: Loc = ("clauses", place, "rules", number)
            for key in ("overrides", "with", "extends"):
                for name in _names(rule, key, but=ids if key == "with" else (*ids, *EVERYTHING)):
                    yield Mistake((*loc, key), f'there is no clause "{name}"; {nearest(name, ids)}')
            when = rule.get("when") if isinstance(rule, dict) else None
            unknown = [("requires", name) for name in _names(rule, "requires", but=conditions)]
            unknown += [("unconfirmed", name) for name in _names(when, "unconfirmed", but=conditions)]
            for key, name in unknown:
                yield Mistake((*loc, key), f'nothing says what "{name}" asks; {_nearest_condition(name, conditions)}')


def _names(rule: Any, key: str, but: Container[str]) -> list[str]:
    given = rule.get(key, []) if isinstance(rule, dict) else []
    return [name for name in (given if isinstance(given, list) else [given]) if isinstance(name, str) and name not in but]


def _nearest_condition(name: str, conditions: Mapping[str, Any]) -> str:
    advice = nearest(name, conditions)
    return advice if advice.startswith("did") else f"add [conditions.{name}] with its question in each language"


def _merchant_texts(raw: Mapping[str, Any]) -> list[Mistake]:
    languages = raw.get("languages")
    if not isinstance(languages, list) or not all(isinstance(language, str) for language in languages):
        return []
    found = [
        Mistake(("languages",), f'"{language}" is there twice; take one away')
        for place, language in enumerate(languages)
        if language in languages[:place]
    ]
    found += texts_mistakes(raw.get("order_number_hint"), languages, ("order_number_hint",))
    money = raw.get("currency")
    if isinstance(money, dict):
        found += texts_mistakes(money.get("unit"), languages, ("currency", "unit"))
    stores = raw.get("stores")
    for place, store in enumerate(stores if isinstance(stores, list) else []):
        if isinstance(store, dict):
            found += texts_mistakes(store.get("hours"), languages, ("stores", place, "hours"))
    return [*found, *_instruction_texts(raw.get("instructions"), languages, ("instructions",))]


def _instruction_texts(table: Any, languages: Sequence[str], loc: Loc) -> Iterator[Mistake]:
    """Yield the languages that a step's words lack, for everybody and below each country."""
    for key, steps in table.items() if isinstance(table, dict) else ():
        for step, words in steps.items() if isinstance(steps, dict) else ():
            if key == "countries":
                yield from _instruction_texts(words, languages, (*loc, key, step))
            else:
                yield from texts_mistakes(words, languages, (*loc, key, step))


def _folder(name: str, raw: Mapping[str, Any]) -> list[Mistake]:
    """Return a mistake where a shop's folder is not called as its slug, by which addresses and orders find it."""
    parts = name.replace("\\", "/").split("/")
    slug = raw.get("slug")
    if len(parts) < 2 or not isinstance(slug, str) or not _SLUG.fullmatch(slug) or parts[-2] == slug:
        return []
    return [Mistake(("slug",), f'the folder is called "{parts[-2]}"; write that, or rename the folder to "{slug}"')]
