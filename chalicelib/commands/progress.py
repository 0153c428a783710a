"""Show on a terminal how far a command has come."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(size: int | None, label: str, unit: str = "B") -> Iterator[Callable[[int], object]]:
    """Give what is to be told of the bytes passed, of `size` in all if known; a bar on standard error if that is a terminal.

    The bar needs tqdm, which is no part of what is deployed: without it a command is only silent. `unit` is for what is counted
    otherwise than in bytes.
    """
    if not sys.stderr.isatty():
        yield _say_nothing
        return
    try:
        from tqdm import tqdm
    except ImportError:
        yield _say_nothing
        return
    with tqdm(total=size, desc=label, unit=unit, unit_scale=True, leave=False, file=sys.stderr) as bar:
        yield bar.update


def _say_nothing(_size: int) -> None:
    pass
