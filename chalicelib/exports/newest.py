"""Remember the newest image of each item across incremental exports, on disk, so that memory stays bounded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b

from chalicelib.exports.typed import Typed


class Newest:
    """For each key that some increment tells of: when the item was last written, in microseconds."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute("CREATE TABLE newest (key BLOB PRIMARY KEY, at INTEGER NOT NULL, taken INTEGER) WITHOUT ROWID")
        self._names: tuple[str, ...] = ()

    def note(self, images: Iterable[tuple[Typed, int]]) -> None:
        """Take in the keys of images, each with the time of its writing."""
        keep = "INSERT INTO newest VALUES (?, ?, 0) ON CONFLICT (key) DO UPDATE SET at = max(at, excluded.at)"
        self._database.executemany(keep, ((self._digest(keys), at) for keys, at in images))

    def take(self, keys: Typed, at: int) -> bool:
        """Say whether this is the newest image of its item and was not taken before."""
        take = "UPDATE newest SET taken = 1 WHERE key = ? AND at = ? AND taken = 0"
        return self._database.execute(take, (self._digest(keys), at)).rowcount == 1

    def changed(self, item: Typed) -> bool:
        """Say whether some increment tells of this item, so that an older picture of it no longer counts."""
        if not self._names:
            return False
        keys = {name: item.get(name) for name in self._names}
        return self._database.execute("SELECT 1 FROM newest WHERE key = ?", (self._digest(keys),)).fetchone() is not None

    def _digest(self, keys: Typed) -> bytes:
        self._names = self._names or tuple(sorted(keys))
        told = repr([keys.get(name) for name in self._names])
        return blake2b(told.encode("utf-8", "backslashreplace"), digest_size=16).digest()


@contextmanager
def opened_newest() -> Iterator[Newest]:
    """Give an empty memory of images, which vanishes afterwards."""
    # A database without a name lives in memory until it grows past SQLite's cache of 2 MB, then in a file that vanishes with it.
    database = sqlite3.connect("", isolation_level=None)
    try:
        database.execute("BEGIN")
        yield Newest(database)
    finally:
        database.close()
