"""Azulu's demo: fourteen days from delivery, a fee by mail and none in a store, and another clause that says thirty days."""

from __future__ import annotations

from datetime import time
from typing import Any

from chalicelib.local.demo.shapes import Days, DemoOrder, Record, line, variant

CURRENCY = "COP"


def _dress(number: int, quantity: int = 1) -> Record:
    return line(
        number, "VL-77-M", "Vestido de lino Cartagena, talla M", "199000", "dress", quantity=quantity, product="vestido-cartagena"
    )


def _shirt(number: int, quantity: int = 1) -> Record:
    name = "Camisa de algodón Palenque, azul"
    return line(number, "CP-12-AZ", name, "129900", "shirt", quantity=quantity, product="camisa-palenque")


def _order(number: str, placed: str, delivered: str | None, *lines: Record, **more: Any) -> Record:
    return {
        "number": number,
        "channel": "online",
        "placed_at": placed,
        "delivered_at": delivered,
        "country": "CO",
        "currency": CURRENCY,
        "lines": list(lines),
        **more,
    }


def orders(days: Days) -> list[DemoOrder]:
    """Return the shop's orders."""
    return [
        DemoOrder(
            "azulu",
            "valentina@example.com",
            "Approved: exchange or store credit; by mail 10 % is kept, in a store nothing; a refund is a person's decision. "
            "Size L is out of stock. Say that it arrived damaged: no questions, no fee, the shop pays.",
            {"1": "approved", "2": "approved"},
            _order("AZ-1001", days.ago(7), days.ago(3, time(16, 20)), _dress(1, 2), _shirt(2)),
        ),
        DemoOrder(
            "azulu",
            "mateo@example.com",
            "A person decides: delivered twenty days ago, where one clause says fourteen days and another thirty.",
            {"1": "review"},
            _order("AZ-1002", days.ago(24), days.ago(20), _dress(1)),
        ),
        DemoOrder(
            "azulu",
            "camila@example.com",
            "Refused, too late: delivered forty days ago.",
            {"1": "late"},
            _order("AZ-1003", days.ago(44), days.ago(40), _shirt(1)),
        ),
        DemoOrder(
            "azulu",
            "lucia@example.com",
            "Many lines: a dress approved; a sale top, swimwear, earrings, a gift card and an embroidered bag refused.",
            {"1": "approved", "2": "excluded", "3": "excluded", "4": "excluded", "5": "excluded", "6": "excluded"},
            _order(
                "AZ-1004",
                days.ago(8),
                days.ago(5),
                _dress(1),
                line(2, "TP-03", "Top tejido, en oferta", "79900", "top", tags=("sale",)),
                line(3, "BK-21", "Bikini Barú", "159000", "swimwear"),
                line(4, "AR-08", "Aretes de filigrana", "89000", "jewelry"),
                line(5, "GC-100", "Tarjeta de regalo", "100000", "gift_card"),
                line(6, "BO-55", "Bolso bordado con su nombre", "210000", "bag", tags=("personalized",)),
            ),
        ),
        DemoOrder(
            "azulu",
            "andres@example.com",
            "Refused for now: not delivered yet, so nothing has begun to run.",
            {"1": "not_delivered"},
            _order("AZ-1005", days.ago(2), None, _shirt(1, 2)),
        ),
        DemoOrder(
            "azulu",
            "isabela@example.com",
            "A gift: an exchange or a gift card, at its price with the gift receipt, at the lowest price lately without. Whoever "
            "got it opens it by its code, REGALO-7K2M-94, at the address that ends in /gift.",
            {"1": "approved"},
            _order(
                "AZ-1006",
                days.ago(9),
                days.ago(6),
                _dress(1) | {"lowest_price_14d": "159000"},
                tags=["gift"],
                gift_code="REGALO-7K2M-94",
            ),
        ),
        DemoOrder(
            "azulu",
            "santiago@example.com",
            "Bought in a store four days ago: approved, the days count from the purchase.",
            {"1": "approved"},
            _order("AZ-1007", days.ago(4, time(17, 45)), None, _shirt(1), channel="store"),
        ),
        DemoOrder(
            "azulu",
            "daniela@example.com",
            "Partly returned: one of three shirts is on its way back already; two are left to ask for.",
            {"1": "approved"},
            _order("AZ-1008", days.ago(10), days.ago(6), _shirt(1, 3)),
            returned={"1": 1},
        ),
    ]


CATALOGUE = [
    variant("vestido-cartagena", "VL-77-S", "Vestido de lino Cartagena", "199000", 3, talla="S"),
    variant("vestido-cartagena", "VL-77-M", "Vestido de lino Cartagena", "199000", 5, talla="M"),
    variant("vestido-cartagena", "VL-77-L", "Vestido de lino Cartagena", "199000", 0, talla="L"),
    variant("camisa-palenque", "CP-12-AZ", "Camisa de algodón Palenque", "129900", 7, color="azul"),
    variant("camisa-palenque", "CP-12-BL", "Camisa de algodón Palenque", "129900", 2, color="blanco"),
    variant("camisa-palenque", "CP-12-NE", "Camisa de algodón Palenque", "139900", 4, color="negro"),
]
