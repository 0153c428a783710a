"""A language is complete or the build fails: nothing missing, stale, fuzzy, misfilled or misspelt in any catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from chalicelib.i18n import LANGUAGES
from infra import catalogues
from tests.spelling import persian_mistakes, spanish_mistakes

PLACEHOLDER = re.compile(r"%(?:\(\w+\)[sd]|.|$)", re.DOTALL)
MARKUP = re.compile(r"</?\w+[^>]*>|&\w+;")


def messages(language: str) -> Iterator[tuple[Message, tuple[str, ...], tuple[str, ...]]]:
    """Yield each message of a language with its English forms and its translated ones."""
    for message in catalogues.read(language):
        if message.id:
            yield message, as_tuple(message.id), as_tuple(message.string)


def as_tuple(strings: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Return the forms of a message, one for what has no plural."""
    return (strings,) if isinstance(strings, str) else tuple(strings or ("",))


def test_the_template_holds_exactly_the_messages_of_code_and_pages() -> None:
    fresh = catalogues.as_po(catalogues.extract())
    assert catalogues.TEMPLATE.read_bytes() == fresh, "run `make messages`, then translate what is new"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_up_to_date_with_the_template_and_compiled(language: str) -> None:
    path = catalogues.po_path(language)
    assert path.read_bytes() == catalogues.as_po(catalogues.updated(language, catalogues.extract())), "run `make messages`"
    assert path.with_suffix(".mo").read_bytes() == catalogues.as_mo(catalogues.read(language)), "run `make messages`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_in_every_plural_form_and_none_is_fuzzy(language: str) -> None:
    forms = catalogues.read(language).num_plurals
    for message, english, translated in messages(language):
        assert not message.fuzzy, message.id
        assert all(form.strip() for form in translated), message.id
        assert len(translated) == (forms if len(english) > 1 else 1), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_in_what_its_message_fills_in_and_keeps_its_markup(language: str) -> None:
    for _, english, translated in messages(language):
        for pattern in (PLACEHOLDER, MARKUP):
            # An English singular may leave its number out; what a form needs is what all English forms share.
            needed = set.intersection(*(set(pattern.findall(form)) for form in english))
            known = set.union(*(set(pattern.findall(form)) for form in english))
            for form in translated:
                assert needed <= set(pattern.findall(form)) <= known, form


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_begins_and_ends_as_its_message_does(language: str) -> None:
    for _, english, translated in messages(language):
        for form in translated:
            assert form[:1].isspace() == english[0][:1].isspace(), form
            assert form[-1:].isspace() == english[0][-1:].isspace(), form


def test_persian_is_spelt_as_persian() -> None:
    for _, _, forms in messages("fa"):
        for form in forms:
            assert not persian_mistakes(MARKUP.sub("", PLACEHOLDER.sub("□", form))), form


def test_spanish_is_written_as_spanish_and_speaks_to_the_customer_as_usted() -> None:
    for _, _, forms in messages("es"):
        for form in forms:
            assert not spanish_mistakes(form), form
