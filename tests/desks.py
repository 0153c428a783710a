"""A desk on real tables for tests: azulu with Ana's order, a clock that can be set, secrets that can be foretold."""

from __future__ import annotations

import itertools
from datetime import datetime
from random import Random

from chalicelib.adapters.dynamodb import Table, packed
from chalicelib.adapters.items import order_to_item, product_to_item
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.adapters.sessions_table import SessionsTable
from chalicelib.catalogue import Catalogue
from chalicelib.desk import Desk
from chalicelib.domain.comparisons import fingerprint
from chalicelib.domain.drafts import DraftLine
from chalicelib.domain.orders import StoredOrder, Variant
from chalicelib.domain.visits import SESSION_LIFE, Session
from chalicelib.shops import load_shops
from chalicelib.visit import Visit
from tests.conftest import Tables
from tests.made import NOON, stored

YES = {"unused": True, "tags_attached": True, "receipt": True}


class AtTheDesk:
    """What a test needs to play a customer, and the shop behind them."""

    def __init__(self, tables: Tables, *orders: StoredOrder) -> None:
        self.at = NOON
        self.tables = tables
        self.shops = load_shops()
        self.returns = ReturnsTable(Table(tables.client, tables.returns))
        expiring, beside = (Table(tables.client, name) for name in (tables.sessions, tables.returns))
        self.sessions = SessionsTable(expiring, beside, self.clock)
        numbers = itertools.count()
        self.desk = Desk(
            self.shops,
            self.returns,
            Catalogue(self.returns, self.clock),
            self.clock,
            lambda: f"secret-{next(numbers)}",
            Random(7).getrandbits,
        )
        for placed in orders or (stored(),):
            self.import_order(placed)

    def clock(self) -> datetime:
        return self.at

    def import_order(self, placed: StoredOrder) -> None:
        """Write an order as an import does, over the one that was there."""
        self.tables.client.put_item(TableName=self.tables.returns, Item=packed(order_to_item(placed)))

    def stock(self, *variants: Variant) -> None:
        """Write variants into the catalogue."""
        for variant in variants:
            self.tables.client.put_item(TableName=self.tables.returns, Item=packed(product_to_item(variant, NOON)))

    def session(self, placed: StoredOrder | None = None) -> Session:
        """Return an open session of an order's owner."""
        owned = placed or stored()
        number = owned.order.number.replace("-", "")
        return Session(
            digest="s",
            merchant=owned.order.merchant,
            number=number,
            email=owned.email,
            language="es",
            expires_at=NOON + SESSION_LIFE,
        )

    def visit(self, placed: StoredOrder | None = None) -> Visit:
        """Return what the owner's next page would be made from."""
        return self.desk.visit(self.session(placed))

    def ready(self, quantities: dict[str, int] | None = None, placed: StoredOrder | None = None) -> tuple[Visit, str]:
        """Go the whole way to the check page; return the visit and the fingerprint that its form carries."""
        visit = self.desk.choose_items(self.visit(placed), quantities or {"1": 1}, "receipt", None)
        described = [DraftLine(id=line.id, quantity=1, reason="size", answers=YES) for line in visit.draft.lines]
        visit = self.desk.describe(visit, visit.draft.id, described)
        chosen = {line.id: "exchange" for line in visit.draft.lines}
        visit = self.desk.choose_outcomes(visit, visit.draft.id, chosen, "mail", None)  # type: ignore[arg-type]
        _, seen, changed = self.desk.check(visit)
        assert not changed
        return visit, fingerprint(seen)

    def slots(self) -> list[str]:
        """Return the keys of every return there is."""
        items = self.tables.client.scan(TableName=self.tables.returns)["Items"]
        return sorted(item["sk"]["S"] for item in items if item["type"]["S"] == "return")
