"""What a shop says of itself in `merchant.toml`: name, address, zone, calendar, money, languages, colours, stores."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, Strict, model_validator

from chalicelib.domain.countries import KnownCountry
from chalicelib.domain.identifiers import fold_email
from chalicelib.domain.instructions import Instructions
from chalicelib.domain.label_rules import Labels
from chalicelib.domain.money import usual_decimals
from chalicelib.domain.orders import Currency, Language
from chalicelib.domain.sections import Section

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Day = Annotated[date, Strict()]
"""A date as TOML writes it, without quotes."""

Texts = dict[str, str]
"""Words by language code: `{"en": "…", "es": "…", "fa": "…"}`."""

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
Email = Annotated[str, Field(pattern=r"^[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+$", max_length=254)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone of the IANA database, such as America/Bogota") from None
    return name


class Contact(Section):
    """How a customer reaches the shop's people; mails are answered to `email`."""

    email: Email
    phone: str | None = None
    url: str | None = None


class Money(Section):
    """The shop's currency and how its amounts are shown.

    `decimals` are the digits after the point (the usual ones if absent). `divide_by` and `unit` let a shop show another
    unit than the currency's: nurana counts in rials (IRR) and shows tomans, ten rials each.
    """

    code: Currency
    decimals: Annotated[int, Field(ge=0, le=3)] | None = None
    divide_by: Annotated[int, Field(ge=1)] = 1
    unit: Texts | None = None


class Postal(Section):
    """A postal address as its lines are written on a parcel, in the script of its country."""

    name: str
    lines: Annotated[tuple[str, ...], Field(min_length=1)]
    country: KnownCountry


class Store(Section):
    """A place where goods can be handed in; `hours` in words, by language."""

    id: Slug
    name: str
    address: Postal
    hours: Texts = Field(default_factory=dict)


class Review(Section):
    """How soon the shop's people answer what they must decide: business days, counted in the shop's calendar."""

    answer_business_days: Annotated[int, Field(ge=1, le=60)] = 2


class Time(Section):
    """What happens as time passes: hours before a deadline when the customer is reminded, 0 for never; days after it until
    what was not sent expires; days after a return has come to its end until its photos are deleted.
    """

    remind_hours: Annotated[int, Field(ge=0, le=24 * 30)] = 48
    grace_days: Annotated[int, Field(ge=0, le=365)] = 7
    photos_days: Annotated[int, Field(ge=1, le=3650)] = 180


Role = Literal["read", "decide", "settle", "admin"]
ROLES: tuple[Role, ...] = ("read", "decide", "settle", "admin")
"""What the shop's people may do, each with all before it: look, decide on returns, receive and settle them, and everything."""


class Staff(Section):
    """One of the shop's people: the address that sign-in links go to, the name that colleagues know, and what they may do."""

    email: Annotated[Email, AfterValidator(fold_email)]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    role: Role
    language: Language | None = None

    def may(self, role: Role) -> bool:
        """Say whether this person may do what takes this role."""
        return ROLES.index(self.role) >= ROLES.index(role)


class Merchant(Section):
    """A shop. `languages` lists the codes it speaks, its own first; `holidays` are dates in its zone.

    `names` holds the languages in which the shop is called otherwise than `name`, such as its name in another script.
    """

    slug: Slug
    name: Annotated[str, Field(min_length=1, max_length=60)]
    names: Texts = Field(default_factory=dict)
    zone: Annotated[str, AfterValidator(_known_zone)]
    country: KnownCountry
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    business_days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    holidays: frozenset[Day] = frozenset()
    accent: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
    order_number_hint: Texts = Field(default_factory=dict)
    sender: Email
    contact: Contact
    currency: Money
    return_address: Postal
    instructions: Instructions = Field(default_factory=Instructions)
    stores: tuple[Store, ...] = ()
    review: Review = Field(default_factory=Review)
    staff: tuple[Staff, ...] = ()
    time: Time = Field(default_factory=Time)
    labels: Labels = Field(default_factory=Labels)

    @model_validator(mode="after")
    def _store_ids_differ(self) -> Self:
        ids = [store.id for store in self.stores]
        if len(set(ids)) < len(ids):
            raise ValueError("two stores have the same id; give each one an id of its own")
        return self

    @model_validator(mode="after")
    def _staff_differ(self) -> Self:
        addresses = [person.email for person in self.staff]
        if len(set(addresses)) < len(addresses):
            raise ValueError("two of the staff have the same address; keep one entry with the role that counts")
        return self

    def member(self, email: str) -> Staff | None:
        """Return who of the shop's people has this folded address."""
        return next((person for person in self.staff if person.email == email), None)

    @cached_property
    def timezone(self) -> ZoneInfo:
        """The shop's zone, in which its days begin and end."""
        return ZoneInfo(self.zone)

    def called_in(self, language: str) -> Merchant:
        """Return the shop under the name that it has in this language."""
        name = self.names.get(language)
        return self.model_copy(update={"name": name}) if name else self

    def local(self, at: datetime) -> datetime:
        """Return the moment on the shop's clock."""
        return at.astimezone(self.timezone)

    def is_business_day(self, day: date) -> bool:
        """Say whether the shop works on this date of its own calendar."""
        return WEEKDAYS[day.weekday()] in self.business_days and day not in self.holidays

    def decimals(self, currency: str) -> int:
        """Return the digits after the point that the shop writes in this currency."""
        if currency == self.currency.code and self.currency.decimals is not None:
            return self.currency.decimals
        return usual_decimals(currency)

    @property
    def methods(self) -> tuple[Literal["mail", "store"], ...]:
        """The ways in which goods can come back to this shop."""
        return ("mail", "store") if self.stores else ("mail",)

    @property
    def accent_text(self) -> str:
        """Black or white, whichever reads better on the accent colour (WCAG contrast; one always passes 4.5 : 1)."""
        return "#000000" if _luminance(self.accent) > 0.179 else "#ffffff"


def _luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2, relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
