"""Which languages Vuelta speaks, and which of them one customer is answered in."""

from __future__ import annotations

import gettext
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from chalicelib.compiled import made_ready

LOCALES = Path(__file__).resolve().parent / "locales"
DOMAIN = "messages"
READY = "languages.json"


@dataclass(frozen=True, slots=True)
class Language:
    """A language with a catalogue: its ISO 639 code, its name in itself, and the direction of its script."""

    code: str
    name: str
    direction: Literal["ltr", "rtl"]


def _known() -> dict[str, Language]:
    if ready := made_ready(READY):
        return {code: Language(code, *said) for code, *said in json.loads(ready.read_text("utf-8"))}
    return discover()


def discover() -> dict[str, Language]:
    """Return every language that has a catalogue, by code, as CLDR describes it."""
    from babel import Locale

    found = {}
    for catalogue in sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")):
        locale = Locale.parse(catalogue.parent.parent.name)
        name = locale.get_display_name(locale) or locale.language
        direction: Literal["ltr", "rtl"] = "rtl" if locale.character_order == "right-to-left" else "ltr"
        found[locale.language] = Language(locale.language, name[:1].upper() + name[1:], direction)
    return found


LANGUAGES: Mapping[str, Language] = _known()
"""Every language that has a catalogue, by code: to add one, add its catalogue."""


@cache
def translations(code: str) -> gettext.NullTranslations:
    """Return the catalogue of one of `LANGUAGES`; what it lacks comes back in English, the language of the messages."""
    return gettext.translation(DOMAIN, LOCALES, [code])


def negotiate(link: str | None, chosen: str | None, accept_language: str | None, shop_languages: Sequence[str]) -> Language:
    """Choose the language of an answer: the link's, else the customer's choice, else the browser's, else the shop's own.

    `shop_languages` are codes, the shop's own first; only these are answered in. Whatever else the customer's side sends
    is passed over, never an error.
    """
    offered = {code: LANGUAGES[code] for code in shop_languages if code in LANGUAGES} or LANGUAGES
    for wish in (link, chosen):
        if wish and wish.strip().lower() in offered:
            return offered[wish.strip().lower()]
    for wish in _wishes(accept_language or ""):
        if wish == "*":
            break
        if wish in offered:
            return offered[wish]
    return next(iter(offered.values()))


_RANGE = re.compile(r"(\*|[a-z]{1,8})(?:-[a-z0-9]{1,8})*(?:\s*;\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?", re.ASCII)
_LONGEST_HEADER = 1000


def _wishes(header: str) -> Iterator[str]:
    """Yield the primary languages of an Accept-Language header (RFC 9110, 12.5.4), the most wanted first."""
    weighted = []
    for part in header[:_LONGEST_HEADER].lower().split(","):
        match = _RANGE.fullmatch(part.strip())
        if match:
            weighted.append((float(match[2] or 1), match[1]))
    unwanted = {language for weight, language in weighted if weight == 0}
    for _, language in sorted(weighted, key=lambda wish: -wish[0]):
        if language not in unwanted:
            yield language
