"""A part of something larger that is made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast, overload

Whole = TypeVar("Whole")
Part = TypeVar("Part")


class Later(Generic[Part]):
    """A field of a dataclass: what was given for it, or else what `make` makes of the whole, once, when it is first read."""

    def __init__(self, make: Callable[[Any], Part]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, whole: None, owner: type) -> None: ...
    @overload
    def __get__(self, whole: object, owner: type) -> Part: ...

    def __get__(self, whole: object | None, owner: type) -> Part | None:
        if whole is None:
            return None  # This is what a dataclass takes as the field's default: nothing was given.
        parts: dict[str, Part] = whole.__dict__
        if self._name not in parts:
            parts[self._name] = self._make(whole)
        return parts[self._name]

    def __set__(self, whole: object, given: Part | None) -> None:
        if given is not None:
            whole.__dict__[self._name] = given


class _Stand:
    """Passes on what is asked of a part."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        return getattr(self._make(), name)


def deferred(make: Callable[[], Part]) -> Part:
    """Return what can be given away in place of a part, which is asked for only when something of it is."""
    return cast("Part", _Stand(make))
