"""Views that routes name: every one is there, whoever is first to ask for it."""

from __future__ import annotations

import pytest

from chalicelib.web import customer, staff, views

NAMES = sorted({route[2] for route in (*customer.ROUTES, *staff.ROUTES)} | {"staff_errors.page_for"})


@pytest.mark.parametrize("name", NAMES)
def test_what_a_route_names_is_there(name: str) -> None:
    found = views.found(name)
    assert f"{found.__module__}.{found.__name__}" == f"chalicelib.web.{name}"
