"""Three shops that write money in three ways, and wordings of theirs, for tests that only speak."""

from __future__ import annotations

from chalicelib.domain.merchant import Contact, Merchant, Money, Postal
from chalicelib.i18n import LANGUAGES
from chalicelib.wording import Wording


def shop(slug: str, zone: str, country: str, money: Money, *languages: str) -> Merchant:
    """Return a shop of which only what it speaks, counts and pays in matters."""
    return Merchant(
        slug=slug,
        name=slug.title(),
        zone=zone,
        country=country,
        languages=languages,
        business_days=("mon", "tue", "wed", "thu", "fri"),
        accent="#1f4e5f",
        sender="returns@example.com",
        contact=Contact(email="hello@example.com"),
        currency=money,
        return_address=Postal(name=slug.title(), lines=("1 Main Street",), country=country),
    )


SHOPS = {
    "chicago": shop("chicago", "America/Chicago", "US", Money(code="USD"), "en", "es", "fa"),
    "bogota": shop("bogota", "America/Bogota", "CO", Money(code="COP"), "es", "en", "fa"),
    "tehran": shop(
        "tehran",
        "Asia/Tehran",
        "IR",
        Money(code="IRR", divide_by=10, unit={"en": "toman", "es": "tomanes", "fa": "تومان"}),
        *("fa", "en", "es"),
    ),
}


def wording(language: str, slug: str) -> Wording:
    """Return how the shop in this city words things in a language."""
    return Wording(LANGUAGES[language], SHOPS[slug])
