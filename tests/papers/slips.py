"""Return slips of the three shops, and what can be seen on their pages once they are rendered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image

from chalicelib.domain.lifecycle import decided
from chalicelib.domain.merchant import Merchant
from chalicelib.domain.orders import Address, Line
from chalicelib.domain.returns import Return
from chalicelib.i18n import LANGUAGES
from chalicelib.papers.slip import slip_pdf
from chalicelib.papers.words import Slip
from chalicelib.shops import load_shops
from chalicelib.wording import Wording
from tests.letters import DRESS, LAMP, MANTO, NOON, PORTAL_URL, SHIRT, asked

HOME = Address(
    name="Ana María Gómez", street="Carrera 7 # 45-12, apto 301", street2="Edificio El Nogal", city="Bogotá", region="D. C.",
    postcode="110231", country="CO",
)  # fmt: skip


def by_mail(language: str) -> Return:
    """Return a return that the customer sends at their own expense."""
    return asked("azulu", (DRESS, "size", "store_credit"), language=language)


def to_store(language: str) -> Return:
    """Return a return that is handed in at a store."""
    return asked("azulu", (DRESS, "size", "store_credit"), language=language, method="store", store="bogota-zona-t")


def prepaid(language: str) -> Return:
    """Return a return that the shop pays for."""
    return asked("azulu", (SHIRT, "damaged", "store_credit"), language=language)


def persian(language: str = "fa") -> Return:
    """Return a return that nurana's expert approved."""
    made = asked("nurana", (MANTO, "size", "exchange"), language=language)
    return decided(made, ("1",), approve=True, by="Neda", note="", at=NOON + timedelta(hours=5))


def american(language: str = "en") -> Return:
    """Return a return of alustoora's."""
    return asked("alustoora", (LAMP, "other", "exchange"), language=language)


def named(*names: str, **changes: Any) -> Return:
    """Return a return of one line for each of these names, all of which may be sent."""
    made = by_mail("es")
    lines = [
        made.lines[0].model_copy(update={"line": Line(**DRESS.model_dump() | {"id": str(i), "sku": f"SKU-{i:03}", "name": name})})
        for i, name in enumerate(names)
    ]
    return made.model_copy(update={"lines": tuple(lines), **changes})


def slip(made: Return, sender: Address | None = None, merchant: Merchant | None = None) -> Slip:
    """Return the slip of a return, in the return's language."""
    shop = merchant or load_shops()[made.merchant].merchant
    number = f"{made.order_number[:2]}-{made.order_number[2:]}"
    return Slip(made, Wording(LANGUAGES[made.language], shop), number, sender, PORTAL_URL)


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF file."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()


def pictures(pdf: bytes, scale: float = 3) -> list[Image.Image]:
    """Return every page as a picture in shades of grey, so many pixels a point."""
    with opened(pdf) as document:
        return [page.render(scale=scale).to_pil().convert("L") for page in document]


def codes(picture: Image.Image) -> set[tuple[str, str]]:
    """Return the kind and the text of every code on a picture."""
    return {(found.format.name, found.text) for found in zxingcpp.read_barcodes(picture)}


def texts(made: Return, **more: Any) -> list[str]:
    """Return the text of every page of a return's slip, in the order in which it was written, blanks folded."""
    with opened(slip_pdf(slip(made, **more))) as document:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def boxes(pdf: bytes) -> Iterator[tuple[int, str, tuple[float, float, float, float]]]:
    """Yield page, character and box (left, bottom, right, top, in points) of everything that is written."""
    with opened(pdf) as document:
        for number, page in enumerate(document):
            text = page.get_textpage()
            for place in range(text.count_chars()):
                char = text.get_text_range(place, 1)
                if char.strip():
                    yield number, char, text.get_charbox(place)
