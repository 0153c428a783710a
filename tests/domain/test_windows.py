"""When windows close: by days, hours, business days and last dates, in any zone, whatever the clocks do."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.domain.windows import Window, end_of_day
from tests.domain.shopmaking import merchant

INSTANT = timedelta(microseconds=1)
ZONES = (
    *("America/Chicago", "America/Bogota", "Asia/Tehran", "Europe/Madrid", "America/Santiago", "Africa/Cairo"),
    *("Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Kiritimati", "America/St_Johns", "Asia/Pyongyang"),
)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- the zone is beside


def closes(window: Window, anchor: str, **shop: Any) -> str:
    """Return the end of a window on the shop's clock."""
    made = merchant(**shop)
    end = window.end(datetime.fromisoformat(anchor), made)
    assert end is not None
    return made.local(end).isoformat()


def test_a_window_of_days_closes_at_the_end_of_the_last_day() -> None:
    window = Window(days=14, from_="purchase")
    assert closes(window, "2026-04-01T00:00:00-05:00", zone="America/Bogota") == "2026-04-15T23:59:59.999999-05:00"
    assert closes(window, "2026-04-01T23:59:59-05:00", zone="America/Bogota") == "2026-04-15T23:59:59.999999-05:00"


@pytest.mark.parametrize(
    ("bought", "months", "last"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-03-05", 24, "2028-03-05"),
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_a_window_of_months_closes_on_the_same_day_of_a_later_month_or_its_last(bought: str, months: int, last: str) -> None:
    window = Window(months=months, from_="purchase")
    assert closes(window, f"{bought}T12:00:00+00:00", zone="Europe/London").startswith(f"{last}T23:59:59.999999")


def test_day_zero_is_the_anchors_date_in_the_shops_zone() -> None:
    window = Window(days=1, from_="delivery")
    assert closes(window, "2026-04-01T23:30:00Z", zone="Asia/Tehran") == "2026-04-03T23:59:59.999999+03:30"
    assert closes(window, "2026-04-01T23:30:00Z", zone="America/Chicago") == "2026-04-02T23:59:59.999999-05:00"


def test_a_window_of_days_keeps_its_last_day_when_the_clocks_change_within_it() -> None:
    window = Window(days=14, from_="purchase")
    assert closes(window, "2026-10-25T10:00:00-05:00", zone="America/Chicago") == "2026-11-08T23:59:59.999999-06:00"
    assert closes(window, "2026-02-25T10:00:00-06:00", zone="America/Chicago") == "2026-03-11T23:59:59.999999-05:00"


def test_a_window_of_hours_is_exact_when_the_clocks_change_within_it() -> None:
    window = Window(hours=48, from_="delivery")
    assert closes(window, "2026-10-31T12:00:00-05:00", zone="America/Chicago") == "2026-11-02T11:00:00-06:00"
    assert closes(window, "2026-03-07T12:00:00-06:00", zone="America/Chicago") == "2026-03-09T13:00:00-05:00"


def test_business_days_pass_over_weekends_and_holidays_of_the_shop() -> None:
    window = Window(business_days=3, from_="delivery")
    friday = "2026-04-03T10:00:00Z"
    assert closes(window, friday, zone="UTC").startswith("2026-04-08T23:59:59")
    assert closes(window, friday, zone="UTC", holidays={date(2026, 4, 7)}).startswith("2026-04-09T23:59:59")
    iranian = ("sat", "sun", "mon", "tue", "wed")
    assert closes(window, friday, zone="UTC", business_days=iranian).startswith("2026-04-06T23:59:59")


def test_a_business_day_window_that_starts_on_a_holiday_counts_from_the_next_business_day() -> None:
    window = Window(business_days=1, from_="delivery")
    assert closes(window, "2026-04-04T10:00:00Z", zone="UTC").startswith("2026-04-06T23:59:59")


def test_a_last_date_includes_the_whole_of_that_day() -> None:
    window = Window(until=date(2027, 1, 31))
    assert window.end(None, merchant(zone="America/Bogota")) == datetime.fromisoformat("2027-01-31T23:59:59.999999-05:00")


def test_a_window_whose_anchor_is_unknown_has_no_end() -> None:
    assert Window(days=1, from_="delivery").end(None, merchant()) is None


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        ("Asia/Tehran", date(2021, 3, 21), "2021-03-21T23:59:59.999999+03:30"),  # Midnight did not exist.
        ("Asia/Tehran", date(2021, 9, 21), "2021-09-21T23:59:59.999999+03:30"),  # The last hour came twice.
        ("Africa/Cairo", date(2026, 10, 29), "2026-10-29T23:59:59.999999+02:00"),
        ("Asia/Pyongyang", date(2018, 5, 4), "2018-05-04T23:29:59.999999+08:30"),  # The last half hour was left out.
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-29T23:59:59.999999-10:00"),  # The whole day was left out.
    ],
)
def test_a_day_ends_right_where_clocks_change_at_midnight(zone: str, day: date, end: str) -> None:
    assert end_of_day(day, ZoneInfo(zone)).astimezone(ZoneInfo(zone)).isoformat() == end


def test_clocks_change_as_the_pinned_package_says_however_old_the_systems_zones_are() -> None:
    assert [Path(folder).parent.name for folder in zoneinfo.TZPATH] == ["tzdata"]
    # Since 2026 British Columbia puts its clocks back no more.
    assert end_of_day(date(2027, 1, 31), ZoneInfo("America/Vancouver")).isoformat() == "2027-02-01T06:59:59.999999+00:00"


@given(zone=st.sampled_from(ZONES), day=st.dates(date(1990, 1, 1), date(2037, 12, 1)))
def test_the_instant_after_the_end_of_a_day_belongs_to_a_later_day_in_every_zone(zone: str, day: date) -> None:
    end = end_of_day(day, ZoneInfo(zone))

    assert end.astimezone(ZoneInfo(zone)).date() <= day
    assert (end + INSTANT).astimezone(ZoneInfo(zone)).date() > day


@given(zone=st.sampled_from(ZONES), anchor=MOMENTS, days=st.integers(1, 400))
def test_a_longer_window_never_closes_sooner(zone: str, anchor: datetime, days: int) -> None:
    shop = merchant(zone=zone)
    shorter, longer = (Window(days=count, from_="purchase").end(anchor, shop) for count in (days, days + 1))
    business = Window(business_days=days, from_="purchase").end(anchor, shop)

    assert shorter is not None
    assert longer is not None
    assert business is not None
    assert anchor <= shorter <= longer
    assert shorter <= business


@given(zone=st.sampled_from(ZONES), anchor=MOMENTS, hours=st.integers(1, 1000))
def test_hours_are_the_same_instant_in_every_zone(zone: str, anchor: datetime, hours: int) -> None:
    end = Window(hours=hours, from_="delivery").end(anchor.astimezone(ZoneInfo(zone)), merchant(zone=zone))

    assert end is not None
    assert end - anchor == timedelta(hours=hours)


@pytest.mark.parametrize(
    "given",
    [
        {"days": 14},
        {"days": 14, "hours": 2, "from": "purchase"},
        {"from": "purchase"},
        {"until": date(2026, 1, 1), "from": "purchase"},
        {"days": 0, "from": "purchase"},
        {"days": "14", "from": "purchase"},
        {"days": True, "from": "purchase"},
    ],
)
def test_a_window_needs_one_length_and_its_anchor(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Window.model_validate(given)
