"""Where a package holds what packaging made ready, so that nothing is parsed when an instance wakes up.

In a checkout nothing is made ready and everything is read from its source; `infra/compile.py` makes it, for both must agree.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "compiled"


def made_ready(name: str) -> Path | None:
    """Return where a file or folder of this name lies made ready; None where its source is to be read."""
    place = FOLDER / name
    return place if place.exists() else None
