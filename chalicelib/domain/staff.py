"""The shop's people at the door: the link that was mailed to one of them, and the session that it opened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from chalicelib.domain.orders import Shape

STAFF_LINK_LIFE = timedelta(minutes=10)
STAFF_SESSION_LIFE = timedelta(hours=8)
"""How long somebody stays signed in at most: a working day, so that a forgotten browser does not stay open overnight."""
STAFF_IDLE = timedelta(hours=1)
"""How long a session stays open while nobody uses it."""
STAFF_RENEWAL = timedelta(minutes=5)
"""How long a session was used before its use is written down: not with every page."""


class StaffLink(Shape):
    """A link that signs one of a shop's people in, once; `digest` is the SHA-256 of its secret, which is stored nowhere."""

    digest: str
    merchant: str
    email: str
    language: str
    expires_at: AwareDatetime
    used_at: AwareDatetime | None = None

    def trouble(self, at: datetime) -> Literal["used", "expired"] | None:
        """Say why the link opens nothing at this moment, or None if it does."""
        if self.used_at is not None:
            return "used"
        return "expired" if at >= self.expires_at else None


class StaffSession(Shape):
    """One browser of one of a shop's people; what they may do is not kept here but read from the shop's file each time."""

    digest: str
    merchant: str
    email: str
    expires_at: AwareDatetime
    idle_at: AwareDatetime

    def over(self, at: datetime) -> bool:
        """Say whether the session has ended, by its age or because nobody used it."""
        return at >= min(self.expires_at, self.idle_at)

    def used(self, at: datetime) -> StaffSession:
        """Return the session after it was used; the same one where that is not worth writing down."""
        idle_at = at + STAFF_IDLE
        return self if idle_at - self.idle_at < STAFF_RENEWAL else self.model_copy(update={"idle_at": idle_at})
