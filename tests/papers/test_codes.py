"""Codes hold what they should: read back from the page as a scanner would, with a reader of other origin."""

from __future__ import annotations

import io
from collections.abc import Iterable
from urllib.request import urlopen

import pytest
from barcode.codex import Code128
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from chalicelib.domain.rma import new_rma, parse_rma
from chalicelib.papers.codes import bar_modules, qr_address, qr_png, receiving_address
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
@example("9900-0000-0000-000K")
@example("99ZZ-0000-0000-0007")
@given(NUMBERS)
def test_every_number_can_be_read_from_its_bars(rma: str) -> None:
    assert scanned(bar_modules(rma)) == {("Code128", rma)}


def test_the_library_still_drops_99_without_which_ours_is_not_needed() -> None:
    (modules,) = Code128("9900-0000-0000-000K").build()
    assert scanned(module == "1" for module in modules) == {("Code128", "00-0000-0000-000K")}


def scanned(modules: Iterable[bool]) -> set[tuple[str, str]]:
    """Return what a scanner reads in bars, with their light margins."""
    line = bytes(0 if dark else 255 for dark in (*[False] * 10, *modules, *[False] * 10))
    return codes(Image.frombytes("L", (len(line), 1), line).resize((len(line) * 2, 60), Image.Resampling.NEAREST))


@settings(max_examples=30, deadline=None)
@given(NUMBERS)
def test_every_number_can_be_read_from_the_picture_for_a_phone(rma: str) -> None:
    address = receiving_address(PORTAL_URL, "azulu", rma)
    with Image.open(io.BytesIO(qr_png(address))) as picture:
        assert picture.width >= 400
        assert codes(picture.convert("L")) == {("QRCode", address)}
    with urlopen(qr_address(address)) as on_a_page, Image.open(on_a_page) as picture:
        assert codes(picture.convert("L")) == {("QRCode", address)}
    assert qr_png(address) == qr_png(address)
    assert parse_rma(address.partition("rma=")[2]) == rma
