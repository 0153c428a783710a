"""What a customer prints or shows: the return slip as a file and as a page, and its code for a phone's screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice import Response

from chalicelib.domain.returns import Return
from chalicelib.visit import Visit
from chalicelib.web import http
from chalicelib.web.call import Call

if TYPE_CHECKING:
    from chalicelib.papers.words import Slip

# What makes papers and codes takes a quarter of a second to load: only where one is made.


def slip_file(call: Call, slot: str) -> Response:
    """Answer with the return slip as a PDF, or lead to the return if there is nothing to send."""
    from chalicelib.papers.slip import slip_pdf

    slip = _slip(call, *call.made(slot))
    if slip is None:
        return call.go(f"/returns/{slot}")
    return http.file(slip_pdf(slip), "application/pdf", f"RMA-{slip.rma}.pdf", call.cookies)


def slip_page(call: Call, slot: str) -> Response:
    """Show the return slip as a page to print, or lead to the return if there is nothing to send."""
    from chalicelib.papers.codes import bar_picture, qr_address
    from chalicelib.papers.words import from_lines

    slip = _slip(call, *call.made(slot))
    if slip is None:
        return call.go(f"/returns/{slot}")
    sender = from_lines(slip.sender, slip.to.country, slip.wording) if slip.sender else ()
    return call.page(
        "slip",
        made=slip.made,
        slip=slip,
        qr=qr_address(slip.receiving),
        bars=bar_picture(slip.rma),
        sender=sender,
        signed_in=True,
    )


def code(call: Call, slot: str) -> Response:
    """Answer with the return's QR code as a picture, large enough for a phone held to a scanner."""
    from chalicelib.papers.codes import qr_png

    slip = _slip(call, *call.made(slot))
    if slip is None:
        return call.go(f"/returns/{slot}")
    return http.file(qr_png(slip.receiving), "image/png", f"RMA-{slip.rma}.png", call.cookies)


def code_to_show(call: Call, visit: Visit, made: Return) -> str | None:
    """Return the QR code for a page as an address that holds it whole: where the goods are handed in at a counter."""
    from chalicelib.papers.codes import qr_address

    slip = _slip(call, visit, made) if made.method == "store" else None
    return qr_address(slip.receiving) if slip else None


def _slip(call: Call, visit: Visit, made: Return) -> Slip | None:
    from chalicelib.papers.words import Slip, has_slip

    if not has_slip(made):
        return None
    return Slip(made, call.wording, visit.number, visit.stored.ship_to, call.portal.settings.portal_url)
