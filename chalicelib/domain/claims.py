"""Who has taken it upon them to send what waits, and how long others leave it to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from chalicelib.domain.orders import Shape

Claimant = Literal["stream", "sweep"]
CLAIM_LIFE = timedelta(minutes=2)
"""Longer than a function may run: whoever claimed something so long ago sends nothing any more."""


class Claim(Shape):
    """A try to send something: by whom, begun when."""

    by: Claimant
    at: AwareDatetime


def free(claim: Claim | None, by: Claimant, at: datetime) -> bool:
    """Say whether somebody may try to send what was last tried under this claim.

    A stream brings an item's records one after another, so that where it meets its own claim, that try has ended; sweeps may
    overlap.
    """
    return claim is None or at - claim.at >= CLAIM_LIFE or claim.by == by == "stream"
