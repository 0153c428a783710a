"""How one language, in one country, writes dates, clock times, numbers and amounts of money."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location
from babel.numbers import NumberPattern, format_percent, get_currency_name, get_currency_symbol, parse_pattern
from persiantools.jdatetime import JalaliDate

_NO_BREAK = "\N{NO-BREAK SPACE}"
# CLDR's numbering systems with digits of their own, whose names Babel knows but whose digits it does not.
_DIGITS: Mapping[str, Mapping[int, int]] = MappingProxyType(
    {"arab": str.maketrans("0123456789%", "٠١٢٣٤٥٦٧٨٩٪"), "arabext": str.maketrans("0123456789%", "۰۱۲۳۴۵۶۷۸۹٪")}
)

# Where the shops of a country write otherwise than Babel's edition of CLDR says.
_CURRENCY_PATTERNS: Mapping[str, str] = MappingProxyType({"es_CO": f"¤{_NO_BREAK}#,##0.00"})
_PERSIAN_ALPHABET = {letter: chr(order) for order, letter in enumerate("ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی", ord("ا"))}
# CLDR names these beside the countries of ISO 3166-1: unions, parts of countries, pseudo-locales and what is unknown.
_NO_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())
_CITIES: Mapping[tuple[str, str], str] = MappingProxyType({("en", "America/Bogota"): "Bogotá"})


@cache
def formats(language: str, country: str | None) -> Formats:
    """Return the formats of a language as people of this country (ISO 3166) write it, or as most of its speakers do."""
    return (PersianFormats if language == "fa" else Formats)(_locale(language, country))


def _locale(language: str, country: str | None) -> Locale:
    for region in filter(None, (country, "001")):
        try:
            return Locale(language, region)
        except UnknownLocaleError:
            continue
    return Locale(language)


class Formats:
    """The Gregorian calendar and the CLDR data of `locale`."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale
        self._digits = _DIGITS.get(locale.default_numbering_system, {})
        self._cities: dict[str, str] = {}

    def digits(self, text: str) -> str:
        """Return the text with the language's own digits and percent sign for the ASCII ones."""
        return text.translate(self._digits)

    def number(self, value: int | Decimal) -> str:
        """Write a number with all its decimals and its groups set off: 12,500."""
        return self.digits(_pattern(_decimals(value)).apply(value, self.locale, numbering_system="default"))

    def percent(self, value: int | Decimal) -> str:
        """Write a percentage that is given in per cent: 10 for 10 %."""
        share = Decimal(value) / 100
        return self.digits(format_percent(share, locale=self.locale, decimal_quantization=False, numbering_system="default"))

    def date(self, day: dt.date) -> str:
        """Write a date with its year: 18 March 2026."""
        return self.digits(format_date(day, "long", self.locale))

    def month(self, day: dt.date) -> str:
        """Write the month of a date with its year: March 2026."""
        return self.digits(format_skeleton("yMMMM", day, locale=self.locale))

    def short_date(self, day: dt.date) -> str:
        """Write a date for an axis: 18 Mar."""
        return self.digits(format_skeleton("MMMd", day, locale=self.locale))

    def day_and_date(self, day: dt.date) -> str:
        """Write a date near enough to need no year, with its weekday: Wednesday 18 March."""
        skeletons = self.locale.datetime_skeletons
        pattern = str(skeletons.get("MMMMEd") or skeletons["MMMEd"])
        full = re.sub("E+", "EEEE", re.sub("M+", "MMMM", pattern))
        if self.locale.language in {"en", "es"}:
            # In a sentence such as "until Wednesday 18 March, end of the day" CLDR's comma is one too many.
            full = full.replace("EEEE, d", "EEEE d")
        return self.digits(format_date(day, full, self.locale))

    def clock(self, at: dt.time) -> str:
        """Write a time of day to the minute."""
        written = format_time(at, "short", locale=self.locale)
        return self.digits(re.sub(r"[\s\u202f]", _NO_BREAK, written))

    def amount(self, value: Decimal, currency: str) -> str:
        """Write an amount in a currency (ISO 4217) with all its decimals: $79.90."""
        pattern = _CURRENCY_PATTERNS.get(str(self.locale)) or self.locale.currency_formats["standard"].pattern
        symbol = get_currency_symbol(currency, self.locale)
        # A code of letters stands apart from its number (CLDR's currency spacing, which Babel leaves out).
        pattern = pattern.split(";")[0].replace("¤#", f"¤{_NO_BREAK}#" if symbol[-1].isalpha() else "¤#")
        return re.sub("[#0,.]+", self.number(value), pattern).replace("¤", symbol)

    def city(self, zone: ZoneInfo) -> str:
        """Name the city whose clocks a time zone follows."""
        if zone.key not in self._cities:
            exception = _CITIES.get((self.locale.language, zone.key)) or self._city_by_first_name(zone.key)
            self._cities[zone.key] = exception or get_timezone_location(zone, self.locale, return_city=True).rpartition("/")[2]
        return self._cities[zone.key]

    def _city_by_first_name(self, zone: str) -> str | None:
        """Return the city of a zone that was renamed, if CLDR has it by its first name alone; Babel looks for its last."""
        newest: Mapping[str, str] = get_global("zone_aliases")
        name = newest.get(zone, zone)
        cities = {key: str(said["city"]) for key, said in self.locale.time_zones.items() if "city" in said}
        return None if name in cities else next((cities[key] for key in cities if newest.get(key) == name), None)

    def countries(self) -> dict[str, str]:
        """Return the names of all countries by code (ISO 3166-1), in the order of the alphabet."""
        return dict(self._countries)

    @cached_property
    def _countries(self) -> dict[str, str]:
        names = {code: name for code, name in self.locale.territories.items() if len(code) == 2 and code not in _NO_COUNTRIES}
        return dict(sorted(names.items(), key=lambda entry: self._alphabetical(entry[1])))

    def _alphabetical(self, word: str) -> str:
        """Return a key that orders words as the alphabet does, accents aside."""
        plain = unicodedata.normalize("NFKD", word).casefold()
        return "".join(letter for letter in plain if not unicodedata.combining(letter))


class PersianFormats(Formats):
    """The Jalali calendar, a clock of 24 hours, currencies by name, and the Persian alphabet."""

    def date(self, day: dt.date) -> str:
        """Write a date of the Jalali calendar: ۲۷ اسفند ۱۴۰۴."""
        jalali = _jalali(day)
        return self.digits(f"{jalali.day} {jalali.strftime('%B', locale='fa')} {jalali.year}")

    def month(self, day: dt.date) -> str:
        """Write the Jalali month of a date with its year: اسفند ۱۴۰۴."""
        jalali = _jalali(day)
        return self.digits(f"{jalali.strftime('%B', locale='fa')} {jalali.year}")

    def short_date(self, day: dt.date) -> str:
        """Write a Jalali date for an axis: ۲۷ اسفند."""
        jalali = _jalali(day)
        return self.digits(f"{jalali.day} {jalali.strftime('%B', locale='fa')}")

    def day_and_date(self, day: dt.date) -> str:
        """Write a Jalali date with its weekday and, as Persian likes it, its year: چهارشنبه ۲۷ اسفند ۱۴۰۴."""
        return f"{_jalali(day).strftime('%A', locale='fa')} {self.date(day)}"

    def clock(self, at: dt.time) -> str:
        """Write a time of day in two and two digits, so that a morning is none of the afternoon: ۰۲:۲۱."""
        return self.digits(at.strftime("%H:%M"))

    def amount(self, value: Decimal, currency: str) -> str:
        """Write an amount with the currency's name after it: ۷۹٫۹۰ دلار آمریکا."""
        return f"{self.number(value)}{_NO_BREAK}{get_currency_name(currency, locale=self.locale)}"

    def _alphabetical(self, word: str) -> str:
        # The letters that Persian has beyond Arabic come last in Unicode, but not in the alphabet.
        letters = super()._alphabetical(word).replace("\N{ZERO WIDTH NON-JOINER}", "")
        return "".join(_PERSIAN_ALPHABET.get(letter, letter) for letter in letters)


def _jalali(day: dt.date) -> JalaliDate:
    return JalaliDate(day)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=32)
def _pattern(decimals: int) -> NumberPattern:
    """Return how a number with so many decimals is written."""
    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


def _decimals(value: int | Decimal) -> int:
    exponent = Decimal(value).as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"{value} is not a finite number")
    return max(0, -exponent)
