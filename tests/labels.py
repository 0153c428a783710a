"""What tests of labels need: a shop that buys some, a return that waits for one, and a seller that counts what it charges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from chalicelib.domain.label_rules import LabelRule, Labels
from chalicelib.domain.labels import BoughtLabel, LabelWish, Quote, Rate
from chalicelib.domain.orders import Address
from chalicelib.domain.returns import LineStatus, Return
from chalicelib.shops import Shop, load_shops
from tests import made as plain

CUSTOMER = Address(name="Ana Ruiz", street="Carrera 7 # 71-21", city="Bogotá", region="DC", postcode="110231", country="CO")
SHOP = Address(name="Azulu", street="Calle 10 # 4-40", city="Cali", region="VAC", postcode="760044", country="CO")
RULE = LabelRule(carrier="Servientrega")
PDF = b"%PDF-1.4\n% a label\n%%EOF\n"


def shops(**labels: Any) -> Mapping[str, Shop]:
    """Return the demo's shops, with azulu buying labels."""
    found = dict(load_shops())
    asked: dict[str, Any] = {"provider": "easypost", "address": SHOP, "rules": (RULE,)}
    merchant = found["azulu"].merchant.model_copy(update={"labels": Labels(**asked | labels)})
    return found | {"azulu": replace(found["azulu"], merchant=merchant)}


def made_prepaid(*statuses: LineStatus, **changes: Any) -> Return:
    """Return a new return as `made.made`, sent back at the shop's expense."""
    usual = plain.made(*statuses, **changes)
    lines = tuple(line.model_copy(update={"decision": replace(line.decision, shipping="merchant")}) for line in usual.lines)
    return plain.made(lines=lines, **changes)


@dataclass
class Seller:
    """Fulfils `ports.LabelPort` without a network: rates, what it sold and took back, and answers that never arrive."""

    rates: tuple[tuple[str, str, str], ...] = (("Servientrega", "Standard", "9.50"), ("Servientrega", "Express", "14.00"))
    asked: list[LabelWish] = field(default_factory=list)
    sold: dict[str, str] = field(default_factory=dict)
    charges: list[str] = field(default_factory=list)
    voided: list[str] = field(default_factory=list)
    refusal: str | None = None

    def quote(self, wish: LabelWish) -> Quote:
        self.asked.append(wish)
        rates = tuple(
            Rate(id=f"rate_{index}", carrier=carrier, service=service, cost=Decimal(cost), currency="USD")
            for index, (carrier, service, cost) in enumerate(self.rates)
        )
        return Quote(shipment=f"shp_{len(self.asked)}", rates=rates, problems=("Other: no such town",))

    def buy(self, shipment: str, rate: str) -> BoughtLabel:
        if shipment not in self.sold:
            self.sold[shipment] = rate
            self.charges.append(shipment)
        carrier, service, cost = self.rates[int(self.sold[shipment].removeprefix("rate_"))]
        return BoughtLabel(
            shipment=shipment, body=PDF, content_type="application/pdf", carrier=carrier, service=service,
            tracking=f"T-{shipment}", cost=Decimal(cost), currency="USD", charged="at_purchase",
        )  # fmt: skip

    def void(self, shipment: str) -> str | None:
        if shipment in self.sold and self.refusal is None and shipment not in self.voided:
            self.voided.append(shipment)
        return self.refusal if shipment in self.sold else None
