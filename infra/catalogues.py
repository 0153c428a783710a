"""Keeps the gettext catalogues true: collects the messages of code and templates, updates every language, compiles.

Run as `python -m infra.catalogues`. A new language begins with `python -m infra.catalogues de`.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LOCALES = ROOT / "chalicelib" / "locales"
TEMPLATE = LOCALES / "messages.pot"
METHODS = {"chalicelib": [("**.py", "python")], "templates": [("**.html", "jinja2"), ("**.txt", "jinja2")]}
JINJA = {
    "extensions": "jinja2.ext.i18n",
    "newstyle_gettext": "true",
    "trimmed": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
# What the headers of a catalogue would say that changes with every run, or that we do not know.
_NOISE = re.compile(
    rb'^"(POT-Creation-Date|PO-Revision-Date|Report-Msgid-Bugs-To|Last-Translator|Language-Team|Generated-By): .*\n', re.MULTILINE
)
_ALWAYS = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def extract() -> Catalog:
    """Return the messages of all Python modules and templates, in the order of their files."""
    catalog = Catalog(header_comment="# The messages of Vuelta.", project="Vuelta", version="1", fuzzy=False)
    for folder, methods in METHODS.items():
        options = {pattern: JINJA for pattern, method in methods if method == "jinja2"}
        found = extract_from_dir(ROOT / folder, methods, options, comment_tags=("Translators:",), strip_comment_tags=True)
        for path, line, message, comments, context in found:
            catalog.add(message, None, [(f"{folder}/{path}", line)], auto_comments=comments, context=context)
    return catalog


def po_path(language: str) -> Path:
    """Return where the catalogue of a language is kept for people; the compiled one stands beside it."""
    return LOCALES / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """Read a language's catalogue as it was last written."""
    with po_path(language).open("rb") as file:
        catalog = read_po(file, locale=language)
    catalog.creation_date = catalog.revision_date = _ALWAYS
    return catalog


def updated(language: str, template: Catalog) -> Catalog:
    """Return a language's catalogue with the template's messages: known ones kept, new ones empty, others dropped."""
    catalog = (
        read(language)
        if po_path(language).exists()
        else Catalog(language, header_comment=f"# Vuelta in {language}.", project="Vuelta", version="1", fuzzy=False)
    )
    catalog.update(copy.deepcopy(template), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    if language == "en":
        # The messages are English: each is its own translation.
        for message in catalog:
            if message.id:
                message.string = message.id
    return catalog


def as_po(catalog: Catalog) -> bytes:
    """Write a catalogue as text, the same for the same messages."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=0, include_lineno=False, ignore_obsolete=True)
    return _NOISE.sub(b"", buffer.getvalue())


def as_mo(catalog: Catalog) -> bytes:
    """Compile a catalogue, leaving out what is not translated."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def main(new_languages: list[str]) -> None:
    """Bring the template, every language's catalogue and its compiled form up to date."""
    template = extract()
    TEMPLATE.write_bytes(as_po(template))
    languages = {path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/messages.po")} | set(new_languages)
    for language in sorted(languages):
        catalog = updated(language, template)
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalog))
        path.with_suffix(".mo").write_bytes(as_mo(read(language)))
        missing = sum(1 for message in catalog if message.id and not _translated(message))
        print(f"{language}: {len(catalog)} messages, {missing} to translate")


def _translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings)


if __name__ == "__main__":
    main(sys.argv[1:])
