"""What the engine tells of a plain case, in words short enough to stand in a test."""

from __future__ import annotations

from typing import Any

from tests.domain.answering import answered_lines
from tests.domain.cases import plain_case

PLACED = "2026-04-01T12:00:00+00:00"
DELIVERED = "2026-04-05T12:00:00+00:00"


def told(shop: str, **changes: Any) -> dict[str, Any]:
    """Return the engine's answer to a plain one-line case of the shop, with changes as `plain_case` takes them."""
    return answered_lines(plain_case(shop, **changes))[0]


def brief(shop: str, **changes: Any) -> str:
    """Return the verdict, then each outcome with `?` where a person decides; for a refusal its cause."""
    line = told(shop, **changes)
    kinds = (one["kind"] + ("" if one["approval"] == "automatic" else "?") for one in line["outcomes"])
    return " ".join((line["verdict"], *kinds, *([line["cause"]] if line["cause"] else [])))


def says(shop: str, **changes: Any) -> set[str]:
    """Return the clauses that had a say, each as `Z4 refuses`."""
    return {f"{say['id']} {say['effect']}" for say in told(shop, **changes)["clauses"]}


def first_refusal(shop: str, **changes: Any) -> str:
    """Return the clause of the refusal that is shown first (R6)."""
    return str(next(say["id"] for say in told(shop, **changes)["clauses"] if say["effect"] == "refuses"))


def value(shop: str, kind: str = "exchange", **changes: Any) -> str:
    """Return what the customer gets as this outcome."""
    return str(next(one["value"] for one in told(shop, **changes)["outcomes"] if one["kind"] == kind))
