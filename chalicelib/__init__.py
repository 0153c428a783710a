"""Vuelta. Clocks change as the pinned package says: Python would ask the system first, whose time zones may be years old."""

import zoneinfo
from pathlib import Path

import tzdata  # type: ignore[import-untyped]

zoneinfo.reset_tzpath(to=[str(Path(tzdata.__file__).parent / "zoneinfo")])
