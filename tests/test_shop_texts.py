"""The shops' own texts are in every language the shop speaks, and spelt as its customers spell."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.i18n import LANGUAGES
from tests.spelling import persian_mistakes, spanish_mistakes

SHOPS = Path(__file__).resolve().parents[1] / "chalicelib" / "merchants"
FILES = sorted(SHOPS.glob("*/*.toml"))


def texts(value: object) -> Iterator[dict[str, str]]:
    """Yield every table of words by language, however deep it stands."""
    if isinstance(value, dict):
        words = {code: text for code, text in value.items() if code in LANGUAGES and isinstance(text, str)}
        if words:
            yield words
        # A shop goes by its one name wherever `names` has no other.
        for key, inner in value.items():
            if key != "names":
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def read(path: Path) -> list[dict[str, str]]:
    """Return the texts of a shop's file."""
    return list(texts(tomllib.loads(path.read_text("utf-8"))))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_text_of_a_shop_is_there_in_every_language_it_speaks(path: Path) -> None:
    spoken = set(tomllib.loads((path.parent / "merchant.toml").read_text("utf-8"))["languages"])
    for words in read(path):
        assert set(words) == spoken, words


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_shops_persian_and_spanish_are_spelt_well(path: Path) -> None:
    for words in read(path):
        assert not persian_mistakes(words.get("fa", "")), words["fa"]
        assert not spanish_mistakes(words.get("es", "")), words["es"]
