"""How Vuelta words things to one customer: the messages of a language, with the zone and the money of a shop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.domain.merchant import Merchant
from chalicelib.domain.money import usual_decimals
from chalicelib.i18n import Language, translations

if TYPE_CHECKING:
    from chalicelib.formats import Formats

_LAST_SECOND = (23, 59, 59)


class Wording:
    """A language bound to a shop, or to none on pages that belong to no shop; these keep UTC."""

    def __init__(self, language: Language, merchant: Merchant | None = None) -> None:
        self.language = language
        self.merchant = merchant.called_in(language.code) if merchant else None
        self.zone: dt.tzinfo = merchant.timezone if merchant else dt.UTC
        self._country = merchant.country if merchant else None
        self._translations = translations(language.code)

    @cached_property
    def _formats(self) -> Formats:
        from chalicelib.formats import formats

        return formats(self.language.code, self._country)

    def gettext(self, message: str, /, **values: object) -> str:
        """Translate a message and fill its `%(name)s` in; whole numbers in the language's digits. A `%` is written `%%`."""
        return self.translated(message) % self.shown(values)

    def ngettext(self, singular: str, plural: str, count: int, /, **values: object) -> str:
        """Translate a message in the form that the count asks for and fill it in, as `gettext` does."""
        return self.translated(singular, plural, count) % self.shown(values)

    _ = gettext

    def translated(self, message: str, plural: str | None = None, count: int = 1) -> str:
        """Return the catalogue's words for a message, its placeholders still open."""
        if plural is None:
            return self._translations.gettext(message)
        return self._translations.ngettext(message, plural, count)

    def shown(self, values: Mapping[str, object]) -> dict[str, object]:
        """Return values for placeholders, numbers written as the language writes them."""
        return {name: self.number(value) if isinstance(value, int | Decimal) else value for name, value in values.items()}

    def words(self, texts: Mapping[str, str]) -> str:
        """Choose from words by language (a shop's own texts): this language's, else the shop's first that is there."""
        wanted = (self.language.code, *(self.merchant.languages if self.merchant else ()), *texts)
        return next((texts[code] for code in wanted if code in texts), "")

    def digits(self, text: str) -> str:
        """Return the text with the language's own digits; not for identifiers, which people copy."""
        return self._formats.digits(text)

    def number(self, value: int | Decimal) -> str:
        """Write a number: 12,500."""
        return self._formats.number(value)

    def percent(self, value: int | Decimal) -> str:
        """Write a percentage that is given in per cent: 10 for 10 %."""
        return self._formats.percent(value)

    def money(self, amount: Decimal, currency: str) -> str:
        """Write an exact amount as the shop shows it, in the shop's unit where it has one; nothing is rounded away."""
        shop = self.merchant
        decimals = shop.decimals(currency) if shop else usual_decimals(currency)
        if shop is None or currency != shop.currency.code:
            return self._formats.amount(_with_decimals(amount, decimals), currency)
        shown = _with_decimals(amount / shop.currency.divide_by, decimals)
        if shop.currency.unit is None:
            return self._formats.amount(shown, currency)
        return f"{self.number(shown)}\N{NO-BREAK SPACE}{self.words(shop.currency.unit)}"

    def date(self, day: dt.date | dt.datetime) -> str:
        """Write a date with its year; of a moment, its date on the shop's calendar."""
        return self._formats.date(self._day(day))

    def month(self, day: dt.date) -> str:
        """Write the month of a date, of the language's own calendar, with its year."""
        return self._formats.month(day)

    def short_date(self, day: dt.date) -> str:
        """Write a date for an axis, without its year."""
        return self._formats.short_date(day)

    def day_and_date(self, day: dt.date | dt.datetime) -> str:
        """Write a date with its weekday: Wednesday 18 March."""
        return self._formats.day_and_date(self._day(day))

    def moment(self, at: dt.datetime) -> str:
        """Write a moment on the shop's clock, and whose clock that is."""
        # Translators: a moment, such as "18 March 2026, 3:05 pm (Bogotá time)"
        return self.gettext("%(date)s, %(time)s (%(city)s time)", date=self.date(at), time=self._clock(at), city=self.city)

    def deadline(self, at: dt.datetime) -> str:
        """Write a last moment so that it can follow "until": a whole day by its end, else to the minute, rounded down."""
        local = at.astimezone(self.zone)
        day = self.day_and_date(local)
        if (local.hour, local.minute, local.second) == _LAST_SECOND:
            # Translators: a deadline that can follow "until"
            return self.gettext("%(day)s, end of the day in %(city)s", day=day, city=self.city)
        # Translators: a deadline that can follow "until"
        return self.gettext("%(day)s, %(time)s (%(city)s time)", day=day, time=self._clock(at), city=self.city)

    def time_left(self, at: dt.datetime, now: dt.datetime) -> str:
        """Say how long there is from now until a last moment, rounded down: never more than there is."""
        left = at - now
        if left >= dt.timedelta(days=1):
            return self.ngettext("%(n)s day left", "%(n)s days left", left.days, n=left.days)
        hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
        if hours >= 1:
            return self.ngettext("%(n)s hour left", "%(n)s hours left", hours, n=hours)
        if minutes >= 1:
            return self.ngettext("%(n)s minute left", "%(n)s minutes left", minutes, n=minutes)
        if left > dt.timedelta():
            return self.gettext("Less than a minute left")
        return self.gettext("Time is up")

    def time_since(self, at: dt.datetime, now: dt.datetime) -> str:
        """Say how long ago a moment was, so that it can follow "waiting for": rounded down, in days or hours."""
        passed = max(now - at, dt.timedelta())
        if passed >= dt.timedelta(days=1):
            # Translators: how long somebody has waited; can follow "waiting for"
            return self.ngettext("%(n)s day", "%(n)s days", passed.days, n=passed.days)
        hours = int(passed.total_seconds()) // 3600
        if hours:
            # Translators: how long somebody has waited; can follow "waiting for"
            return self.ngettext("%(n)s hour", "%(n)s hours", hours, n=hours)
        # Translators: how long somebody has waited; can follow "waiting for"
        return self.gettext("less than an hour")

    def list_of(self, items: Sequence[str]) -> str:
        """Join items as a sentence does: "a, b and c"."""
        if not items:
            return ""
        joined = items[0]
        for item in items[1:-1]:
            # Translators: a list of three or more, all but its last item
            joined = self.gettext("%(list)s, %(item)s", list=joined, item=item)
        if len(items) > 1:
            # Translators: the end of a list of two or more
            joined = self.gettext("%(list)s and %(item)s", list=joined, item=items[-1])
        return joined

    def countries(self) -> dict[str, str]:
        """Return the names of all countries by code (ISO 3166-1), in the order of the alphabet."""
        return self._formats.countries()

    @property
    def city(self) -> str:
        """The city on whose clock the shop's times are, as the language names it."""
        return self._formats.city(self.merchant.timezone) if self.merchant else "UTC"

    def _day(self, day: dt.date | dt.datetime) -> dt.date:
        return day.astimezone(self.zone).date() if isinstance(day, dt.datetime) else day

    def _clock(self, at: dt.datetime) -> str:
        return self._formats.clock(at.astimezone(self.zone).time())


def _with_decimals(amount: Decimal, usual: int) -> Decimal:
    """Return the amount with the usual decimals, or with as many as it takes to hide nothing."""
    exponent = amount.normalize().as_tuple().exponent
    needed = -exponent if isinstance(exponent, int) else 0
    return amount.quantize(Decimal(1).scaleb(-max(usual, needed)))
