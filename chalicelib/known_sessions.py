"""Remembers which sessions this program has found open, so that it need not look for them alone before it reads their orders."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

MOST = 1000


class KnownSessions:
    """Sessions of late, by the digests of their cookies. To be known opens nothing: whether one is open is read each time."""

    def __init__(self) -> None:
        self._digests: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def add(self, digest: str) -> None:
        """Remember a session, instead of the one that was not added for the longest time."""
        with self._lock:
            self._digests[digest] = None
            self._digests.move_to_end(digest)
            if len(self._digests) > MOST:
                self._digests.popitem(last=False)

    def __contains__(self, digest: str) -> bool:
        """Say whether a session is known."""
        return digest in self._digests
