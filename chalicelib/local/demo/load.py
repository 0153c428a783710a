"""Brings the demo into the tables the way a shop would: its files through the import, its first return through the desk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING

from chalicelib.adapters.bulk import open_bulk_table
from chalicelib.domain.comparisons import fingerprint
from chalicelib.domain.drafts import DraftLine
from chalicelib.domain.identifiers import fold_email, fold_order_number
from chalicelib.domain.visits import SESSION_LIFE, Session
from chalicelib.imports.batches import Tally, bring_in
from chalicelib.imports.catalogue_files import read_catalogue
from chalicelib.imports.lines import Line, Rejected
from chalicelib.imports.order_files import read_orders
from chalicelib.imports.records import Terms
from chalicelib.local.demo import alustoora, azulu, nurana
from chalicelib.local.demo.shapes import Days, DemoOrder, Record
from chalicelib.shops import load_shops

if TYPE_CHECKING:
    from chalicelib.bootstrap import Portal

SHOPS: dict[str, ModuleType] = {"alustoora": alustoora, "azulu": azulu, "nurana": nurana}


def demo_orders(now: datetime) -> list[DemoOrder]:
    """Return every order of the demo as it is at this moment."""
    shops = load_shops()
    return [order for slug, shop in SHOPS.items() for order in shop.orders(Days(shops[slug].merchant.timezone, now))]


def load(portal: Portal) -> list[DemoOrder]:
    """Fill the tables and return the orders that are in them now."""
    now = portal.clock()
    orders = demo_orders(now)
    shelf = open_bulk_table(portal.settings.returns_table)
    for slug, shop in SHOPS.items():
        merchant = portal.shops[slug].merchant
        terms = Terms(slug, merchant.currency.code, now, now)
        own = [
            {**order.record, "email": order.email, "language": merchant.languages[0]} for order in orders if order.shop == slug
        ]
        bring_in(read_orders(_lines(own), "jsonl", terms), shelf, now, _refuse, Tally())
        offered = [{**variant, "currency": shop.CURRENCY} for variant in shop.CATALOGUE]
        bring_in(read_catalogue(_lines(offered), "jsonl", terms), shelf, now, _refuse, Tally())
    for order in orders:
        if order.returned:
            _return_some(portal, order)
    return orders


def _lines(records: Sequence[Record]) -> Iterator[Line]:
    return (Line(number, json.dumps(record, ensure_ascii=False)) for number, record in enumerate(records, 1))


def _refuse(rejected: Rejected) -> None:
    raise ValueError(f"the demo's record {rejected.text} is rejected: {rejected.reason}")


def _return_some(portal: Portal, order: DemoOrder) -> None:
    """Make a return of what the order says has come back already, by mail, for its first outcome."""
    session = Session(
        digest="demo",
        merchant=order.shop,
        number=fold_order_number(order.number),
        email=fold_email(order.email),
        language=portal.shops[order.shop].merchant.languages[0],
        expires_at=portal.clock() + SESSION_LIFE,
    )
    desk = portal.desk
    visit = desk.choose_items(desk.visit(session), order.returned, "receipt", None)
    lines = [DraftLine(id=line_id, quantity=quantity, reason="changed_mind") for line_id, quantity in order.returned.items()]
    visit = desk.describe(visit, visit.draft.id, lines)
    decision = desk.decisions(visit)["mail"]
    confirmed = [line.model_copy(update={"answers": dict.fromkeys(decision.line(line.id).required, True)}) for line in lines]
    visit = desk.describe(visit, visit.draft.id, confirmed)
    outcomes = {line.id: line.outcomes[0].kind for line in decision.lines}
    visit = desk.choose_outcomes(visit, visit.draft.id, outcomes, "mail", None)
    _, seen, _ = desk.check(visit)
    desk.submit(visit, visit.draft.id, fingerprint(seen))
