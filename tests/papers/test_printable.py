"""What a font lacks never becomes an empty box without a word, and no text steers another's direction."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.papers.printable import GAP, printable
from chalicelib.papers.sheet import letters

ALLOWED = set("\u2066\u2067\u2068\u2069\u200c\u200d ")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Camisa de algodón, 44–46", "Camisa de algodón, 44–46"),
        ("مانتو می‌شود «سپیده» ۱۲", "مانتو می‌شود «سپیده» ۱۲"),
        ("Huế · Ｆｕｌｌ", "Hue · Full"),
        ("Ṇ\u0303andú", "Ñandú"),
        ("ب\u064b\u064b\u064b\u200b\u064b\u064b", "ب\u064b\u064b\u064b"),
        ("१२ ٣", "12 ٣"),
        ("東京 タワー dress", f"{GAP} dress"),
        ("Dress 💃🏽 red ❤️", "Dress red"),
        ("a\u202eb\u202cc\u200f\u061c", "abc"),
        ("one\ttwo\r\nthree\x00\x1b", "one two three"),
        ("x\ud800y\ufdd0z\ue000", "xyz"),
        ("12\u00a0500", "12\u00a0500"),
        ("", ""),
    ],
)
def test_text_is_printed_as_near_to_itself_as_the_font_can(text: str, shown: str) -> None:
    assert printable(text, letters()) == shown


@given(st.text())
def test_whatever_is_written_the_font_has_it_and_nothing_in_it_steers(text: str) -> None:
    shown = printable(text, letters())
    assert all(char in ALLOWED or ord(char) in letters() for char in shown)
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Cn", "Co"} for char in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u200e\u200f\u061c\n\r")
    assert shown == printable(shown, letters())


@given(st.text(alphabet="abcأبپ ۱۲3(), -\u200c", max_size=60))
def test_what_the_font_has_is_left_as_it_is(text: str) -> None:
    assert printable(text, letters()) == " ".join(unicodedata.normalize("NFC", text).split())
