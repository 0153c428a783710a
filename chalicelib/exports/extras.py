"""What some formats need besides, and how it is said that it is missing."""

from __future__ import annotations

from chalicelib.domain.errors import VueltaError


class MissingLibrary(VueltaError):
    """A format needs a library that is not installed; the message says how to install it."""
