"""Keep count of what an export holds that cannot be read, and of the first places where."""

from __future__ import annotations

from dataclasses import dataclass

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that cannot be read as it should: the file, the line counted from 1 if it is one line, and what is wrong."""

    file: str
    line: int | None
    why: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.why}" if self.line else f"{self.file}: {self.why}"


class Damages:
    """All damages of one reading: how many, and the first of them, since a broken file may bring a million."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[Damage] = []

    def add(self, file: str, line: int | None, why: str) -> None:
        """Count one damage."""
        self.count += 1
        if len(self.first) < _SHOWN:
            self.first.append(Damage(file, line, why))
