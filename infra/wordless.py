"""Stands in the package for botocore's `docs/docstring.py`: what AWS's operations are called, without the words on them."""

from __future__ import annotations

from typing import Self


class Wordless(str):
    """The words on an operation, which are none."""

    __slots__ = ()

    def __new__(cls, *_: object, **__: object) -> Self:
        """Take what the words would be made of."""
        return super().__new__(cls)


ClientMethodDocstring = PaginatorDocstring = WaiterDocstring = Wordless
