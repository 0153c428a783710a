"""Alustoora's demo: exchanges only, within fourteen days of the purchase."""

from __future__ import annotations

from datetime import time

from chalicelib.local.demo.shapes import Days, DemoOrder, Record, line, variant

CURRENCY = "USD"


def _lamp(number: int) -> Record:
    return line(number, "LAMP-BRASS", "Reading lamp, brass", "89.00", "lighting", product="lamp")


def _throw(number: int, quantity: int = 1) -> Record:
    return line(number, "THROW-GREY", "Wool throw, grey", "64.50", "textiles", quantity=quantity, product="throw")


def _order(number: str, placed: str, delivered: str | None, *lines: Record) -> Record:
    return {
        "number": number,
        "channel": "online",
        "placed_at": placed,
        "delivered_at": delivered,
        "country": "US",
        "currency": CURRENCY,
        "lines": list(lines),
    }


def orders(days: Days) -> list[DemoOrder]:
    """Return the shop's orders."""
    engraved = line(1, "BOX-ENGRAVED", "Walnut box with your initials", "48.00", "storage", tags=("custom_made",))
    vase = line(2, "VASE-BLUE", "Stoneware vase, blue", "37.25", "decoration", tags=("final_sale",))
    return [
        DemoOrder(
            "alustoora",
            "jamie@example.com",
            "Approved: exchange a lamp, one or both of two throws. Wishing for the white lamp, out of stock, opens store credit.",
            {"1": "approved", "2": "approved"},
            _order("AL-1001", days.ago(5), days.ago(2, time(15, 10)), _lamp(1), _throw(2, 2)),
        ),
        DemoOrder(
            "alustoora",
            "morgan@example.com",
            "The last day: the fourteen days end tonight, at midnight in Chicago.",
            {"1": "approved"},
            _order("AL-1002", days.ago(14), days.ago(10), _throw(1)),
        ),
        DemoOrder(
            "alustoora",
            "casey@example.com",
            "Refused, too late: bought twenty days ago.",
            {"1": "late"},
            _order("AL-1003", days.ago(20), days.ago(16), _lamp(1)),
        ),
        DemoOrder(
            "alustoora",
            "riley@example.com",
            "A person decides on a box made to order and a final-sale vase, while the throw is approved.",
            {"1": "review", "2": "review", "3": "approved"},
            _order("AL-1004", days.ago(4), days.ago(1), engraved, vase, _throw(3)),
        ),
    ]


CATALOGUE = [
    variant("lamp", "LAMP-BRASS", "Reading lamp", "89.00", 6, colour="brass"),
    variant("lamp", "LAMP-BLACK", "Reading lamp", "89.00", 3, colour="black"),
    variant("lamp", "LAMP-WHITE", "Reading lamp", "89.00", 0, colour="white"),
    variant("throw", "THROW-GREY", "Wool throw", "64.50", 12, colour="grey"),
    variant("throw", "THROW-RUST", "Wool throw", "64.50", 4, colour="rust"),
]
