"""Remembers which sessions this program has found open, so that it need not look for them alone before it reads their orders."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

MOST = 1000


class KnownSessions:
    """Sessions of late, each by its shop and the digest of its cookie, which says nothing of an order at another shop.

    To be known opens nothing: whether one is open is read each time.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = Lock()

    def add(self, merchant: str, digest: str) -> None:
        """Remember a session, instead of the one that was not added for the longest time."""
        with self._lock:
            self._known[merchant, digest] = None
            self._known.move_to_end((merchant, digest))
            if len(self._known) > MOST:
                self._known.popitem(last=False)

    def has(self, merchant: str, digest: str) -> bool:
        """Say whether a session is known at this shop."""
        return (merchant, digest) in self._known
