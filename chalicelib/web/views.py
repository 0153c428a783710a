"""Views by name: their module is imported when one is first called, since an instance that wakes up has one page to answer."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from chalice import Response

View = Callable[..., Response]


def view(name: str) -> View:
    """Return the view of this name, such as `door.returns_page`, without importing it."""

    def called(*call: Any, **path: str) -> Response:
        response: Response = found(name)(*call, **path)
        return response

    return called


def found(name: str) -> Any:
    """Return what this package defines under a name, such as `door.returns_page`; ImportError or AttributeError if nothing."""
    module, _, function = name.partition(".")
    return getattr(import_module(f"{__package__}.{module}"), function)
