"""A language is complete or the build fails: nothing missing, stale, fuzzy, misfilled or misspelt in any catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from chalicelib.i18n import LANGUAGES
from infra import catalogues

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
            # A singular may leave its number out, so what a form needs is what all English forms share.
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


def words_of(text: str) -> str:
    """Return the text without placeholders, markup and Latin words such as RMA, which keep their own letters."""
    return re.sub(r"[A-Za-z][A-Za-z0-9.@/-]*", "", MARKUP.sub("", PLACEHOLDER.sub("", text)))


@pytest.mark.parametrize(
    ("mistake", "example"),
    [
        ("[\u064a\u0643\u0649]", "Arabic yeh or kaf for the Persian ones"),
        ("[0-9\u0660-\u0669]", "digits that are not Persian"),
        ("[,;?%]", "Latin punctuation for the Persian marks"),
        (r"\u0640", "a tatweel"),
        (r"\b(ن?می) (?=[\u0600-\u06ff])", "می with a space where a half-space belongs"),
        (r"(?<=[\u0600-\u06ff]) (ها|های|هایی|هایتان|ای|اید|ایم|تر|ترین)(?![\u0600-\u06ff])", "an ending with a space before it"),
        (" \u200c|\u200c |\u200c\u200c", "a half-space beside a space"),
        (" [.،؛:؟!»]|« ", "a space on the wrong side of a mark"),
    ],
)
def test_persian_is_spelt_with_persian_letters_digits_marks_and_half_spaces(mistake: str, example: str) -> None:
    found = [form for _, _, forms in messages("fa") for form in forms if re.search(mistake, words_of(form))]
    assert not found, example


def test_spanish_speaks_to_the_customer_as_usted() -> None:
    familiar = re.compile(
        r"\b(tú|tu|tus|te|ti|contigo|tienes|puedes|quieres|debes|haz|elige|escribe|revisa|envía|vosotros)\b", re.I
    )
    found = [form for _, _, forms in messages("es") for form in forms if familiar.search(form)]
    assert not found


@pytest.mark.parametrize("opening", ["¿", "¡"])
def test_spanish_questions_and_exclamations_are_opened(opening: str) -> None:
    closing = {"¿": "?", "¡": "!"}[opening]
    for _, _, forms in messages("es"):
        for form in forms:
            assert form.count(opening) == form.count(closing), form
