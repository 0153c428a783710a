"""Slips look as somebody approved them: a rendered page against a small picture of it in `approved/`.

A picture that differs is left beside the approved one as `….rejected`; look at it, and rename it if it is right.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

from chalicelib.domain.orders import Address
from chalicelib.domain.returns import Return
from chalicelib.papers.slip import slip_pdf
from tests.papers.slips import HOME, american, by_mail, persian, pictures, slip, to_store

APPROVED = Path(__file__).parent / "approved"
TILE = 6
"""Points across a tile: about half the height of a line."""
UNLIKE = 32
"""Shades (of 255) by which the mean of a tile may differ: another way of smoothing makes 24, a word that moved by 2 points 45."""


def page(made: Return, sender: Address | None = None, finer: int = 3) -> Image.Image:
    """Return the only page of a slip, one pixel a point, smoothed from so many times that."""
    (picture,) = pictures(slip_pdf(slip(made, sender)), finer)
    return picture.reduce(finer)


def difference(seen: Image.Image, approved: Image.Image) -> int:
    """Return by how many shades the tile that differs most does."""
    if seen.size != approved.size:
        return 255
    smooth = ImageFilter.GaussianBlur(1)
    return int(ImageChops.difference(seen.filter(smooth), approved.filter(smooth)).reduce(TILE).getextrema()[1])


@pytest.mark.parametrize(
    ("name", "made", "sender"),
    [
        ("by-mail-es", by_mail("es"), HOME),
        ("to-store-en", to_store("en"), None),
        ("by-mail-fa", persian("fa"), None),
        ("american-fa", american("fa"), None),
    ],
)
def test_a_slip_looks_as_it_was_approved(name: str, made: Return, sender: Address | None) -> None:
    seen = page(made, sender)
    path = APPROVED / f"{name}.png"
    with Image.open(path) if path.exists() else Image.new("L", seen.size) as approved:
        unlike = difference(seen, approved.convert("L"))
    if unlike > UNLIKE:
        seen.quantize(16).save(path.with_suffix(".png.rejected"), format="png", optimize=True)
        pytest.fail(f"{name} looks otherwise, by {unlike} shades: see {path.name}.rejected")


def test_the_comparison_sees_a_word_that_moved_and_no_other_smoothing() -> None:
    made = by_mail("es")
    seen = page(made)
    assert difference(page(made, finer=2), seen) <= UNLIKE
    words = (60, 379, 160, 392)
    for across, down in ((2, 0), (0, 2), (-2, 0)):
        moved = seen.copy()
        moved.paste(255, words)
        moved.paste(seen.crop(words), (words[0] + across, words[1] + down))
        assert difference(moved, seen) > UNLIKE
    with Image.open(APPROVED / "to-store-en.png") as other:
        assert difference(seen, other.convert("L")) > UNLIKE
