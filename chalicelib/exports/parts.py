"""Read one file of an export line by line, in bounded memory, and say of it what is damaged."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from chalicelib.exports.damages import Damages
from chalicelib.exports.manifests import Part
from chalicelib.exports.places import Place

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# An item has at most 400 KiB and comes at most twice on a line. As JSON with escapes and types it may grow sixfold.
LONGEST_LINE = 8 * 1024 * 1024
_BUFFER = 64 * 1024

Line = tuple[str, int, bytes]
"""The file's name, the line counted from 1, and its bytes."""


def read_part(place: Place, part: Part, damages: Damages) -> Iterator[Line]:
    """Yield the lines of a file as far as it can be read, telling afterwards of what was wrong with the file as a whole.

    Lines are yielded before the checksum of the file is known: whoever takes them must look at the damages in the end.
    """
    opened = _opened(place, part.names)
    if opened is None:
        damages.add(part.names[0], None, "is missing, though the manifest lists it")
        return
    name, stream = opened
    digested = _Digested(stream)
    lines = 0
    with stream:
        try:
            with io.BufferedReader(_Plain(digested), _BUFFER) as plain:
                for raw in _lines(plain):
                    lines += 1
                    if len(raw) > LONGEST_LINE:
                        damages.add(name, lines, f"is longer than {LONGEST_LINE // 1024**2} MiB")
                    elif not raw.isspace():
                        yield name, lines, raw
            _compare(digested, part, name, lines, damages)
        except (EOFError, zlib.error, OSError) as error:
            damages.add(name, lines + 1, f"{_broken(error)}; what stands before it was read")


def _compare(digested: _Digested, part: Part, name: str, lines: int, damages: Damages) -> None:
    """Tell where a file that was read to its end differs from what the manifest says of it."""
    if not digested.size:
        damages.add(name, None, "is empty, not even a compressed file without items")
    elif part.items is not None and part.items != lines:
        damages.add(name, None, f"holds {lines} items, the manifest says {part.items}")
    md5 = digested.md5_of_all()
    if part.md5 is not None and part.md5 != md5:
        damages.add(name, None, f"its MD5 is {md5}, the manifest says {part.md5}; its items were read all the same")


def _opened(place: Place, names: tuple[str, ...]) -> tuple[str, BinaryIO] | None:
    for name in names:
        try:
            return name, place.open(name)
        except FileNotFoundError:
            continue
    return None


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; of one that is too long only so much that it shows."""
    readline, most = stream.readline, LONGEST_LINE + 1
    while raw := readline(most):
        if len(raw) == most and not raw.endswith(b"\n"):
            while (rest := readline(most)) and not rest.endswith(b"\n"):
                pass
        yield raw


def _broken(error: Exception) -> str:
    match error:
        case EOFError():
            return "the compressed file ends here, in the middle"
        case gzip.BadGzipFile() if "Not a gzipped file" in str(error):
            return "what follows is not compressed by gzip"
        case gzip.BadGzipFile() | zlib.error():
            return "the compressed file is damaged"
        case OSError():
            return f"the file cannot be read on: {error.strerror or error}"
    return str(error)


class _Plain(io.RawIOBase):
    """What a compressed stream holds. Read through a buffer, it gives all that can be had before it tells of damage."""

    def __init__(self, stream: io.RawIOBase) -> None:
        self._gzip = gzip.GzipFile(fileobj=stream, mode="rb")

    def readable(self) -> bool:
        return True

    def readinto(self, into: WriteableBuffer) -> int:
        # GzipFile's own readinto would fill the whole of it first, and lose what it had when the file breaks off.
        raw = self._gzip.read1(len(memoryview(into)))
        memoryview(into)[: len(raw)] = raw
        return len(raw)


class _Digested(io.RawIOBase):
    """A stream that computes the MD5 of what is read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.md5(usedforsecurity=False)
        self.size = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        raw = self._stream.read(size)
        self._digest.update(raw)
        self.size += len(raw)
        return raw

    def md5_of_all(self) -> str:
        """Read what is left and return the MD5 of the whole, in base 64 as manifests write it."""
        while self.read(_BUFFER):
            pass
        return base64.b64encode(self._digest.digest()).decode()
