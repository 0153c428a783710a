"""What each page weighs on its way to the browser: compressed as the gateway does it, styles and pictures in it."""

from __future__ import annotations

import contextlib
import gzip
import io

from tests.bench.table import Figure
from tests.bench.warm import PAPER, PICTURE, pages
from tests.conftest import emulated_aws
from tests.web.conftest import new_site

MOST, MOST_OF_THE_FIRST = 14.0, 5.0
SHOPS = {"azulu": ("es", "en", "fa"), "alustoora": ("en", "es", "fa"), "nurana": ("fa", "en", "es")}


def measured() -> list[Figure]:
    """Weigh the first page of every shop in every language, and every other kind of page."""
    with emulated_aws(), contextlib.redirect_stdout(io.StringIO()):
        site = new_site()
        first = {
            f"/{shop} ({language})": kilobytes(site.browser(language).get(f"/{shop}").body)
            for shop, languages in SHOPS.items()
            for language in languages
        }
        others = {
            address: kilobytes(browser.get(address).body)
            for browser, address in pages(site)
            if not address.endswith((PICTURE, PAPER))
        }
    heaviest = max(first, key=first.__getitem__)
    others = {("/azulu/link/…" if "/link/" in address else address): size for address, size in others.items()}
    largest = max(others, key=others.__getitem__)
    return [
        Figure(f"first page, the heaviest of {len(first)}: {heaviest}", first[heaviest], "kB gzipped", at_most=MOST_OF_THE_FIRST),
        Figure(f"any page, the heaviest of {len(others)}: {largest}", others[largest], "kB gzipped", at_most=MOST),
    ]


def kilobytes(body: str) -> float:
    """Return how many thousand bytes a page is once compressed."""
    return len(gzip.compress(body.encode(), 6)) / 1000
