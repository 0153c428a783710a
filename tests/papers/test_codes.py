"""Codes hold what they should: read back from the page as a scanner would, with a reader of other origin."""

from __future__ import annotations

import io
from random import Random

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from segno.encoder import mask_scores

from chalicelib.domain.rma import new_rma, parse_rma
from chalicelib.papers.codes import bar_modules, qr_png, qr_rows, receiving_address
from chalicelib.papers.masks import lines_of
from chalicelib.papers.slip import slip_pdf
from tests.letters import PORTAL_URL
from tests.papers.slips import american, by_mail, codes, persian, pictures, prepaid, slip, to_store

NUMBERS = st.integers(min_value=0, max_value=2**75 - 1).map(new_rma)


@pytest.mark.parametrize("language", ["en", "es", "fa"])
@pytest.mark.parametrize("make", [by_mail, to_store, prepaid, persian, american])
def test_both_codes_are_read_back_from_the_rendered_page(make: object, language: str) -> None:
    made = make(language)  # type: ignore[operator]
    (picture,) = pictures(slip_pdf(slip(made)))
    assert codes(picture) == {
        ("Code128", made.rma),
        ("QRCode", f"{PORTAL_URL}/{made.merchant}/staff/receive?rma={made.rma}"),
    }


def test_the_label_that_is_cut_off_has_its_own_code() -> None:
    (picture,) = pictures(slip_pdf(slip(by_mail("en"))))
    label = picture.crop((0, picture.height * 2 // 3, picture.width, picture.height))
    assert codes(label) == {("Code128", by_mail("en").rma)}


def test_a_worn_copy_is_still_read() -> None:
    (picture,) = pictures(slip_pdf(slip(by_mail("en"))), 2)
    worn = picture.point(lambda shade: 60 + shade * 150 // 255).rotate(1.5, fillcolor=210)
    assert {text for _, text in codes(worn)} >= {by_mail("en").rma}


@settings(max_examples=30, deadline=None)
@given(NUMBERS)
def test_every_number_can_be_read_from_its_bars(rma: str) -> None:
    modules = bar_modules(rma)
    line = bytes(0 if dark else 255 for dark in (*[False] * 10, *modules, *[False] * 10))
    picture = Image.frombytes("L", (len(line), 1), line).resize((len(line) * 2, 60), Image.Resampling.NEAREST)
    assert codes(picture) == {("Code128", rma)}


@settings(max_examples=30, deadline=None)
@given(NUMBERS)
def test_every_number_can_be_read_from_the_picture_for_a_phone(rma: str) -> None:
    address = receiving_address(PORTAL_URL, "azulu", rma)
    with Image.open(io.BytesIO(qr_png(address))) as picture:
        assert picture.width >= 400
        assert codes(picture.convert("L")) == {("QRCode", address)}
    assert parse_rma(address.partition("rma=")[2]) == rma


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(codec="latin-1"), min_size=1, max_size=150) | NUMBERS.map(lambda rma: f"https://a.example/b?rma={rma}")
)
def test_a_code_is_the_one_that_a_search_module_by_module_finds(text: str) -> None:
    expected = segno.make_qr(text, error="m")
    assert qr_rows(text) == tuple(tuple(module == 1 for module in row) for row in expected.matrix)
    written = io.BytesIO()
    expected.save(written, kind="png", scale=12, border=4)
    with Image.open(io.BytesIO(qr_png(text))) as ours, Image.open(written) as theirs:
        assert (ours.mode, ours.size, ours.tobytes()) == (theirs.mode, theirs.size, theirs.tobytes())


def test_what_looks_like_the_corner_of_a_code_is_counted_as_often_as_a_scanner_could_take_it_for_one() -> None:
    lines = ["1011101011101", "1011101110100", "0000101110100", "1101011101011", "1110111010000", "0010111010001"]
    chance = Random(18004)
    squares = [[chance.choice(lines) for _ in range(13)] for _ in range(40)]
    for rows in squares:
        square = [bytearray(map(int, row)) for row in rows]
        expected = mask_scores(square, 13, 13)[2] // 40
        bits = int("".join(rows), 2)
        turned = int("".join(map("".join, zip(*rows, strict=True))), 2)
        assert lines_of(13).finders(bits) + lines_of(13).finders(turned) == expected
