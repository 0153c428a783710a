"""Keep what was rejected in a file beside the import: a JSON object a line, none if nothing was."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from chalicelib.domain.errors import Unavailable
from chalicelib.imports.lines import Rejected

_FIRST = 10


class Rejections:
    """The file of rejections; it replaces an older one, and an import that rejects nothing leaves none behind.

    `first` holds the first few of them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.first: list[Rejected] = []
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file:
            self._file.close()
        elif error is None:
            self.path.unlink(missing_ok=True)

    def add(self, rejected: Rejected) -> None:
        """Write one rejection: its line, the reason, and the text as it stood in the file."""
        entry = {"line": rejected.line, "reason": rejected.reason, "text": rejected.text}
        if len(self.first) < _FIRST:
            self.first.append(rejected)
        try:
            if not self._file:
                self._file = self.path.open("w", encoding="utf-8")
            # A half of a character has no UTF-8; the escapes of JSON write it.
            self._file.write(json.dumps(entry, ensure_ascii=not _encodable(rejected)) + "\n")
        except OSError as error:
            why = f"{error.strerror}; name another file by --rejected"
            raise Unavailable(f"the file {self.path} for what is rejected", why) from None


def _encodable(rejected: Rejected) -> bool:
    try:
        (rejected.text + rejected.reason).encode()
    except UnicodeEncodeError:
        return False
    return True
