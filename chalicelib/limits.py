"""How many lookups are answered within an hour, whichever function answers: so that neither guessing nor flooding goes far."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.seats import digest

if TYPE_CHECKING:
    from chalicelib.domain.visits import Lookup
    from chalicelib.ports import Sessions

HOUR = 3600
LIMITS_AN_HOUR = {"order": 5, "address": 10, "staff": 60, "staff_from": 10, "source": 30}
"""How many lookups are answered within one hour for one order, to one address or one of the staff, and from one source.

To one of the staff go ten from any one source, so that nobody can keep them out by asking in their name."""


def too_many(sessions: Sessions, kind: str, whom: str, lookup: Lookup) -> bool:
    """Count a lookup against one of the limits, once however often it is asked about; True if it is over the limit."""
    start = datetime.fromtimestamp(lookup.asked_at.timestamp() // HOUR * HOUR, UTC)
    return not sessions.admit(f"{kind}/{digest(whom)}", lookup.id, LIMITS_AN_HOUR[kind], start, HOUR)
