"""When a window of days, months, hours or business days closes in a shop's zone."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, Strict, model_validator

from chalicelib.domain.merchant import Day, Merchant
from chalicelib.domain.sections import Section

Anchor = Literal["purchase", "delivery", "request"]
Count = Annotated[int, Strict(), Field(ge=1, le=3660)]

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


class Window(Section):
    """A length counted from an anchor, or a last date: exactly one of `days`, `months`, `hours`, `business_days`, `until`."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", populate_by_name=True)

    days: Count | None = None
    months: Annotated[Count, Field(le=120)] | None = None
    hours: Count | None = None
    business_days: Count | None = None
    until: Day | None = None
    from_: Anchor | None = Field(default=None, alias="from")

    @model_validator(mode="after")
    def _one_length_and_its_anchor(self) -> Self:
        lengths = [self.days, self.months, self.hours, self.business_days]
        if sum(length is not None for length in [*lengths, self.until]) != 1:
            raise ValueError("a window has exactly one of days, months, hours, business_days and until; keep one of them")
        if self.until is None and self.from_ is None:
            raise ValueError('nothing says from when the window counts; add from = "purchase" or from = "delivery"')
        if self.until is not None and self.from_ is not None:
            raise ValueError('a last date counts from nothing; leave out "from"')
        return self

    def end(self, anchor: datetime | None, merchant: Merchant) -> datetime | None:
        """Return the last instant, in UTC, at which the window is open (R1); None while its anchor is unknown.

        Day 0 is the anchor's date in the shop's zone; hours are exact, whatever the clocks do.
        """
        if self.until is not None:
            return end_of_day(self.until, merchant.timezone)
        if anchor is None:
            return None
        if self.hours is not None:
            return anchor.astimezone(UTC) + timedelta(hours=self.hours)
        day = merchant.local(anchor).date()
        if self.days is not None:
            return end_of_day(day + self.days * _DAY, merchant.timezone)
        if self.months is not None:
            return end_of_day(_months_later(day, self.months), merchant.timezone)
        return end_of_day(_business_day(day, self.business_days or 0, merchant), merchant.timezone)


class Between(Section):
    """Two dates in the shop's zone, both included; either may be left open."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", populate_by_name=True)

    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ is None and self.to is None:
            raise ValueError("neither from nor to is given; give one of them or both")
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError(f"from {self.from_} is after to {self.to}; exchange them")
        return self


def _business_day(day: date, count: int, merchant: Merchant) -> date:
    """Return the date of the shop's `count`-th business day after `day`."""
    while count:
        day += _DAY
        if merchant.is_business_day(day):
            count -= 1
    return day


def _months_later(day: date, count: int) -> date:
    """Return the same day of the month `count` months later, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=4096)
def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the last microsecond of a date in a zone, in UTC, also where clocks change at midnight.

    In UTC, because Python compares two times of one zone by what the clock shows, which is wrong while clocks change.
    """
    # fold=1: where an hour before midnight happens twice, the day ends with the second one.
    end = datetime.combine(day, time.max, tzinfo=zone).replace(fold=1)
    instant = end.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == end.replace(tzinfo=None):
        return instant
    return _last_instant_before_gap(day, zone)


def _last_instant_before_gap(day: date, zone: ZoneInfo) -> datetime:
    """Return the last instant whose local date is not after `day`, where the clocks skip the end of that day."""
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    early, late = noon - 3 * _DAY, noon + 3 * _DAY
    while late - early > _INSTANT:
        middle = early + (late - early) // 2
        if middle.astimezone(zone).date() <= day:
            early = middle
        else:
            late = middle
    return early
