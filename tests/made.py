"""Orders, drafts and returns for tests: plain ones, to be changed where a test cares."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.domain.lifecycle import born
from chalicelib.domain.orders import Line, Order, StoredOrder
from chalicelib.domain.returns import LineStatus, Return, ReturnLine
from chalicelib.domain.rma import new_rma
from chalicelib.domain.verdicts import ClauseSay, LineDecision, Outcome

NOON = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
"""Noon in Bogotá."""
EMAIL = "ana@example.com"


def line(line_id: str = "1", **changes: Any) -> Line:
    """Return two linen dresses at 199,000 pesos."""
    plain: dict[str, Any] = {
        "id": line_id, "sku": f"DR-{line_id}", "product": "DR", "name": "Linen dress", "quantity": 2,
        "unit_price": Decimal(199000), "categories": ("dress",),
    }  # fmt: skip
    return Line(**plain | changes)


def order(*lines: Line, **changes: Any) -> Order:
    """Return an order at azulu that was delivered six days before noon."""
    plain: dict[str, Any] = {
        "merchant": "azulu", "number": "AZ-1001", "channel": "online", "placed_at": NOON - timedelta(days=9),
        "delivered_at": NOON - timedelta(days=6), "country": "CO", "currency": "COP", "lines": lines or (line(),),
    }  # fmt: skip
    return Order(**plain | changes)


def stored(placed: Order | None = None, **changes: Any) -> StoredOrder:
    """Return an order as it is kept, Ana's."""
    return StoredOrder(**{"order": placed or order(), "email": EMAIL, "updated_at": NOON - timedelta(days=1)} | changes)


def made(*statuses: LineStatus, **changes: Any) -> Return:
    """Return a new return with one line in each of these statuses (authorised or under review)."""
    lines = tuple(_line(str(number), status) for number, status in enumerate(statuses or ("authorised",), start=1))
    plain: dict[str, Any] = {
        "merchant": "azulu", "order_number": "AZ-1001", "slot": 1, "draft_id": "draft", "reserved_rma": new_rma(12345),
        "policy_id": "azulu@2024-12-18", "policy_sha256": "0" * 64, "email": EMAIL, "language": "es", "method": "mail",
        "country": "CO", "proof": "receipt", "currency": "COP", "placed_at": NOON - timedelta(days=9), "lines": lines,
        "charges": (), "created_at": NOON, "timeline": (), "outbox": (),
    }  # fmt: skip
    return born(Return(**plain | changes))


def _line(line_id: str, status: LineStatus) -> ReturnLine:
    approval = "automatic" if status == "authorised" else "review"
    outcome = Outcome("exchange", approval, Decimal(179100), (), Decimal(0), None)
    ship_by = NOON + timedelta(days=8)
    clause = ClauseSay("Z7", "grants", {"en": "Fourteen days.", "es": "Catorce días.", "fa": "چهارده روز."})
    decision = LineDecision(
        id=line_id, verdict="approved" if approval == "automatic" else "review", outcomes=(outcome,), shipping="customer",
        request_by=ship_by, ship_by=ship_by, required=("unused",), clauses=(clause,), quantity=1, price=Decimal(199000),
    )  # fmt: skip
    return ReturnLine(
        line=line(line_id), quantity=1, reason="size", decision=decision, outcome="exchange", status=status, ship_by=ship_by
    )
