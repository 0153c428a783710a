"""What a customer reads of deadlines, time left, money and lists, in each language and shop."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.i18n import LANGUAGES
from chalicelib.wording import Wording
from tests.wordings import wording


def plain(text: str) -> str:
    """Return the text with ordinary spaces, as one would type it."""
    return text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("language", "shop", "said"),
    [
        ("en", "bogota", "Wednesday 18 March, end of the day in Bogotá"),
        ("es", "bogota", "el miércoles 18 de marzo, al final del día (hora de Bogotá)"),
        ("fa", "tehran", "پایان روز چهارشنبه ۲۷ اسفند ۱۴۰۴ (به وقت تهران)"),
        ("en", "chicago", "Wednesday, March 18, end of the day in Chicago"),
    ],
)
def test_a_deadline_at_the_end_of_a_day_says_the_day(language: str, shop: str, said: str) -> None:
    speaker = wording(language, shop)
    end = dt.datetime(2026, 3, 18, 23, 59, 59, 999999, tzinfo=speaker.zone)
    assert speaker.deadline(end) == said
    assert speaker.deadline(end.astimezone(dt.UTC)) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Wednesday 18 March, 9:35 am (Tehran time)"),
        ("es", "el miércoles 18 de marzo, 9:35 (hora de Teherán)"),
        ("fa", "چهارشنبه ۲۷ اسفند ۱۴۰۴، ساعت ۰۹:۳۵ (به وقت تهران)"),
    ],
)
def test_a_deadline_in_hours_says_the_time_on_the_shops_clock_rounded_down(language: str, said: str) -> None:
    moment = dt.datetime(2026, 3, 18, 6, 5, 59, tzinfo=dt.UTC)
    assert plain(wording(language, "tehran").deadline(moment)) == said


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (dt.timedelta(days=8, hours=14), ("8 days left", "Quedan 8 días", "۸ روز مانده")),
        (dt.timedelta(days=1, hours=23), ("1 day left", "Queda 1 día", "۱ روز مانده")),
        (dt.timedelta(hours=5, minutes=59), ("5 hours left", "Quedan 5 horas", "۵ ساعت مانده")),
        (dt.timedelta(hours=1), ("1 hour left", "Queda 1 hora", "۱ ساعت مانده")),
        (dt.timedelta(minutes=59, seconds=59), ("59 minutes left", "Quedan 59 minutos", "۵۹ دقیقه مانده")),
        (dt.timedelta(seconds=59), ("Less than a minute left", "Queda menos de un minuto", "کمتر از یک دقیقه مانده")),
        (dt.timedelta(), ("Time is up", "El plazo terminó", "مهلت تمام شده")),
        (dt.timedelta(days=-3), ("Time is up", "El plazo terminó", "مهلت تمام شده")),
    ],
)
def test_the_time_left_is_rounded_down_and_counts_in_the_right_form(left: dt.timedelta, said: tuple[str, str, str]) -> None:
    now = dt.datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("America/Bogota"))
    assert tuple(wording(language, "bogota").time_left(now + left, now) for language in ("en", "es", "fa")) == said


@pytest.mark.parametrize(
    ("language", "shop", "amount", "currency", "said"),
    [
        ("en", "chicago", "79.9", "USD", "$79.90"),
        ("es", "chicago", "79.90", "USD", "$79.90"),
        ("fa", "chicago", "79.90", "USD", "۷۹٫۹۰ دلار آمریکا"),
        ("es", "bogota", "199000", "COP", "$ 199.000"),
        ("en", "bogota", "199000", "COP", "COP 199,000"),
        ("fa", "bogota", "199000", "COP", "۱۹۹٬۰۰۰ پزوی کلمبیا"),
        ("es", "bogota", "79.90", "USD", "US$ 79,90"),
        ("fa", "tehran", "18500000", "IRR", "۱٬۸۵۰٬۰۰۰ تومان"),
        ("en", "tehran", "18500000", "IRR", "1,850,000 toman"),
        ("es", "tehran", "18500000", "IRR", "1.850.000 tomanes"),
        ("fa", "tehran", "18500005", "IRR", "۱٬۸۵۰٬۰۰۰٫۵ تومان"),
        ("es", "bogota", "0", "COP", "$ 0"),
        ("es", "bogota", "19900.5", "COP", "$ 19.900,5"),
    ],
)
def test_money_is_shown_as_the_shop_shows_it(language: str, shop: str, amount: str, currency: str, said: str) -> None:
    assert plain(wording(language, shop).money(Decimal(amount), currency)) == said


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_shown_tomans_are_the_exact_tenth_of_the_rials(rials: Decimal) -> None:
    shown = wording("en", "tehran").money(rials, "IRR").removesuffix("\xa0toman").replace(",", "")
    assert Decimal(shown) * 10 == rials


def test_a_moment_says_whose_clock_it_is_on() -> None:
    at = dt.datetime(2026, 3, 18, 20, 5, tzinfo=dt.UTC)
    assert plain(wording("es", "bogota").moment(at)) == "18 de marzo de 2026, 3:05 p. m. (hora de Bogotá)"
    assert plain(Wording(LANGUAGES["en"]).moment(at)) == "18 March 2026, 8:05 pm (UTC time)"


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], ("", "", "")),
        (["A"], ("A", "A", "A")),
        (["A", "B"], ("A and B", "A y B", "A و B")),
        (["A", "B", "C", "D"], ("A, B, C and D", "A, B, C y D", "A، B، C و D")),
    ],
)
def test_a_list_reads_as_a_sentence_does(items: list[str], said: tuple[str, str, str]) -> None:
    assert tuple(wording(language, "bogota").list_of(items) for language in ("en", "es", "fa")) == said


def test_words_by_language_fall_back_to_the_shops_own() -> None:
    texts = {"es": "hola", "fa": "سلام"}
    assert wording("fa", "bogota").words(texts) == "سلام"
    assert wording("en", "bogota").words(texts) == "hola"
    assert wording("en", "chicago").words({}) == ""


def test_numbers_in_messages_are_written_in_the_languages_digits_and_text_is_left_alone() -> None:
    assert wording("fa", "tehran").gettext("%(list)s, %(item)s", list=12, item="A-12") == "۱۲، A-12"
