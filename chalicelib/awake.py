"""Lets garbage be collected rarely, for an instance that wakes up makes a hundred thousand objects and keeps them all.

Imported before the rest, for this effect alone: a tenth of the time to the first page went into looking through them. What is
freed by its last reference, nearly everything that a request makes, waits for no collection.
"""

from __future__ import annotations

import gc

gc.set_threshold(100_000)
