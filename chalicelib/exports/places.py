"""Where exports lie: a folder of this machine, or whatever else can list and open files by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from chalicelib.domain.errors import VueltaError


class ExportRefused(VueltaError):
    """An export cannot be read, or not as it was asked for; the message says what, where, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as a listing tells of it: its name from the place on, parts separated by `/`, its size and last change."""

    name: str
    size: int
    changed_at: datetime


class Place(Protocol):
    """A tree of files. Names are relative, separated by `/`; the place itself is called the empty string."""

    @property
    def title(self) -> str:
        """How a person names the place."""

    def folders(self, under: str) -> Iterable[str]:
        """Return the names of the folders directly in a folder, the last part alone, sorted."""

    def files(self, under: str) -> Iterable[Stored]:
        """Return the files directly in a folder, by name."""

    def open(self, name: str, start: int = 0) -> BinaryIO:
        """Open a file to be read from a byte on; FileNotFoundError if there is none, a VueltaError if it cannot be read."""

    def within(self, name: str) -> Place:
        """Return a folder of this place as a place of its own."""

    def parent(self) -> tuple[Place, str] | None:
        """Return the place above and this one's name in it; None where there is nothing above."""


class Folder:
    """A folder of this machine, as a place."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def title(self) -> str:
        """The folder's path, as it was given."""
        return str(self._path)

    def folders(self, under: str) -> list[str]:
        """Return the folders in a folder; none if it is not there."""
        return [path.name for path in self._listed(under) if path.is_dir()]

    def files(self, under: str) -> list[Stored]:
        """Return the files in a folder; none if it is not there."""
        found = []
        for path in self._listed(under):
            if path.is_file():
                status = path.stat()
                name = path.relative_to(self._path).as_posix()
                found.append(Stored(name, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC)))
        return found

    def open(self, name: str, start: int = 0) -> BinaryIO:
        """Open a file; what cannot be opened for another reason than absence is refused by name."""
        try:
            stream = (self._path / name).open("rb")
            stream.seek(start)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise FileNotFoundError(name) from None
        except OSError as error:
            raise ExportRefused(f"cannot read {self._path / name}: {error.strerror or error}") from None
        return stream

    def path(self, name: str) -> Path:
        """Return where a file lies on this machine."""
        return self._path / name

    def within(self, name: str) -> Folder:
        """Return a folder in this one."""
        return Folder(self._path / name)

    def parent(self) -> tuple[Folder, str]:
        """Return the folder above."""
        path = self._path.resolve()
        return Folder(path.parent), path.name

    def _listed(self, under: str) -> list[Path]:
        try:
            return sorted((self._path / under).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise ExportRefused(f"cannot list {self._path / under}: {error.strerror or error}") from None


def folder(path: str) -> Folder:
    """Return a folder as a place; ExportRefused if there is none."""
    found = Path(path).expanduser()
    if not found.exists():
        raise ExportRefused(f"there is no folder {path}: give the folder that holds AWSDynamoDB, or s3://bucket/prefix")
    if not found.is_dir():
        raise ExportRefused(f"{path} is a file: give the folder of the export, which holds manifest-summary.json and data")
    return Folder(found)
