"""Where a command's result goes: a file that appears whole or not at all, or standard output."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.domain.errors import VueltaError

STDOUT = "-"


class UnwritableOutput(VueltaError):
    """The result cannot be written where it was asked for; the message says why."""


@contextmanager
def written_to(output: str, *, binary: bool) -> Iterator[Path]:
    """Give a path to write to; afterwards what stands there is at `output`, or has been printed where that is `-`.

    Where writing fails, whatever stood at `output` before stays. `binary` keeps what is no text from a terminal.
    """
    if output == STDOUT:
        if binary and sys.stdout.isatty():
            raise UnwritableOutput("this format is not for a terminal: name a file with --output")
        with TemporaryDirectory(prefix="vuelta-") as folder:
            path = Path(folder) / "output"
            yield path
            with path.open("rb") as stream:
                sys.stdout.flush()
                shutil.copyfileobj(stream, sys.stdout.buffer)
                sys.stdout.buffer.flush()
        return
    target = Path(output)
    if target.is_dir():
        raise UnwritableOutput(f"{output} is a folder: name a file in it")
    if not target.parent.is_dir():
        raise UnwritableOutput(f"there is no folder {target.parent} to write {target.name} to")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(target)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise UnwritableOutput(f"cannot write {output}: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)
