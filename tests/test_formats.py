"""Dates, digits and numbers of each language; the Jalali calendar against ICU's, day by day."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.formats import formats

FIRST, LAST = dt.date(1960, 1, 1), dt.date(2101, 1, 1)
ICU = f"""
const persian = new Intl.DateTimeFormat("fa-IR-u-ca-persian", {{
  weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }})
for (let day = Date.parse("{FIRST}"); day < Date.parse("{LAST}"); day += 86400000) {{
  const named = Object.fromEntries(persian.formatToParts(day).map(part => [part.type, part.value]))
  console.log(`${{named.weekday}} ${{named.day}} ${{named.month}} ${{named.year}}`)
}}
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed: its ICU checks the Jalali calendar")
def test_every_persian_date_of_a_lifetime_is_the_one_that_icu_writes() -> None:
    expected = subprocess.run(["node", "-e", ICU], capture_output=True, text=True, check=True).stdout.splitlines()
    persian = formats("fa", "IR")
    days = [FIRST + dt.timedelta(days=n) for n in range((LAST - FIRST).days)]
    assert [persian.day_and_date(day) for day in days] == expected


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (dt.date(2026, 3, 18), "چهارشنبه ۲۷ اسفند ۱۴۰۴"),
        (dt.date(2025, 3, 20), "پنجشنبه ۳۰ اسفند ۱۴۰۳"),  # 1403 is a leap year
        (dt.date(2026, 3, 21), "شنبه ۱ فروردین ۱۴۰۵"),
        (dt.date(2026, 11, 20), "جمعه ۲۹ آبان ۱۴۰۵"),
    ],
)
def test_persian_dates_are_jalali_with_persian_digits(day: dt.date, written: str) -> None:
    assert formats("fa", "IR").day_and_date(day) == written


@pytest.mark.parametrize(
    ("language", "country", "date", "day_and_date", "clock"),
    [
        ("en", "US", "March 8, 2026", "Sunday, March 8", "3:05 PM"),
        ("en", "CO", "8 March 2026", "Sunday 8 March", "3:05 pm"),
        ("en", None, "8 March 2026", "Sunday 8 March", "3:05 pm"),
        ("es", "CO", "8 de marzo de 2026", "domingo 8 de marzo", "3:05 p. m."),
        ("es", "IR", "8 de marzo de 2026", "domingo 8 de marzo", "15:05"),
        ("fa", "IR", "۱۷ اسفند ۱۴۰۴", "یکشنبه ۱۷ اسفند ۱۴۰۴", "۱۵:۰۵"),
    ],
)
def test_dates_and_times_are_written_as_the_country_writes_them(
    language: str, country: str | None, date: str, day_and_date: str, clock: str
) -> None:
    written = formats(language, country)
    day = dt.date(2026, 3, 8)
    assert written.date(day) == date
    assert written.day_and_date(day) == day_and_date
    assert written.clock(dt.time(15, 5, 59)).replace("\xa0", " ") == clock


@pytest.mark.parametrize(
    ("language", "country", "number", "percent"),
    [("en", "US", "12,500.50", "12.5%"), ("es", "CO", "12.500,50", "12,5%"), ("fa", "IR", "۱۲٬۵۰۰٫۵۰", "۱۲٫۵٪")],
)
def test_numbers_keep_their_decimals_and_group_their_thousands(language: str, country: str, number: str, percent: str) -> None:
    written = formats(language, country)
    assert written.number(Decimal("12500.50")) == number
    assert written.percent(Decimal("12.5")).replace("\xa0", "") == percent


@pytest.mark.parametrize("language", ["en", "es", "fa"])
@given(value=st.decimals(min_value=0, max_value=10**15, places=6))
def test_a_number_that_is_written_can_be_read_back_to_the_last_digit(language: str, value: Decimal) -> None:
    shown = formats(language, None).number(value)
    whole, _, decimals = shown.translate({ord(digit): str(n) for n, digit in enumerate("۰۱۲۳۴۵۶۷۸۹")}).rpartition(
        {"en": ".", "es": ",", "fa": "٫"}[language]
    )
    assert Decimal("".join(filter(str.isdigit, whole)) + "." + decimals) == value


def test_what_is_no_finite_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        formats("en", None).number(Decimal("NaN"))


@pytest.mark.parametrize(
    ("zone", "names"),
    [
        ("America/Bogota", ("Bogotá", "Bogotá", "بوگوتا")),
        ("America/Chicago", ("Chicago", "Chicago", "شیکاگو")),
        ("Asia/Tehran", ("Tehran", "Teherán", "تهران")),
        ("Europe/Berlin", ("Berlin", "Berlín", "برلین")),
        ("America/Argentina/Buenos_Aires", ("Buenos Aires", "Buenos Aires", "بوئنوس\u200cآیرس")),
        ("America/Argentina/Cordoba", ("Cordoba", "Córdoba", "کوردووا")),
        ("America/Cordoba", ("Cordoba", "Córdoba", "کوردووا")),
    ],
)
def test_a_zone_is_named_by_its_city(zone: str, names: tuple[str, str, str]) -> None:
    assert tuple(formats(language, None).city(ZoneInfo(zone)) for language in ("en", "es", "fa")) == names


def test_countries_stand_in_the_order_of_the_languages_alphabet() -> None:
    spanish = list(formats("es", "CO").countries().values())
    assert spanish.index("Baréin") < spanish.index("Bélgica") < spanish.index("Belice")
    persian = list(formats("fa", "IR").countries().values())
    assert persian.index("آلمان") < persian.index("ایران") < persian.index("پاکستان") < persian.index("ترکیه")
    assert (
        persian.index("قطر") < persian.index("کلمبیا") < persian.index("گرجستان") < persian.index("لبنان") < persian.index("یمن")
    )
    assert {"CO", "IR", "US", "ES"} <= set(formats("en", None).countries())
    assert not {"EU", "IC", "ZZ"} & set(formats("en", None).countries())
