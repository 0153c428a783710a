"""Cut the time since the last export into the windows that DynamoDB exports increments of."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from itertools import pairwise

from chalicelib.exports.places import ExportRefused

# DynamoDB API reference, ExportTableToPointInTime: an increment spans a quarter of an hour to a day, and nothing older than
# point-in-time recovery reaches can be asked for.
SHORTEST, LONGEST, REACH = timedelta(minutes=15), timedelta(days=1), timedelta(days=35)
# The cuts between windows are whole seconds.
_ROUNDING = timedelta(seconds=1)

Window = tuple[datetime, datetime]
"""From when, inclusive, to when, exclusive."""


def windows(since: datetime, until: datetime) -> tuple[Window, ...]:
    """Return windows of equal length, as few as may be, that cover the time without a gap; ExportRefused if none can."""
    whole = until - since
    if whole < SHORTEST:
        raise ExportRefused(f"{_written(since)} is less than 15 minutes ago, and an increment spans 15 minutes at least")
    if whole > REACH:
        raise ExportRefused(f"{_written(since)} is more than 35 days ago, further than recovery reaches: request a full export")
    count = math.ceil(whole / (LONGEST - _ROUNDING))
    cuts = [since + whole * place / count for place in range(count)]
    starts = [since, *(cut.replace(microsecond=0) for cut in cuts[1:]), until]
    return tuple(pairwise(starts))


def _written(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
