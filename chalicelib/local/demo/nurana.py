"""Nurana's demo: an expert decides on everything, within forty-eight hours of delivery, before anything is sent."""

from __future__ import annotations

from chalicelib.local.demo.shapes import Days, DemoOrder, Record, line, variant

CURRENCY = "IRR"


def _coat(number: int) -> Record:
    return line(number, "MN-40", "مانتو لینن نیلوفر، سایز ۴۰", "18500000", "coat", product="manto-niloofar")


def _blouse(number: int) -> Record:
    return line(number, "SH-11", "شومیز ابریشمی، سبز", "12400000", "blouse", product="shomiz")


def _order(number: str, placed: str, delivered: str | None, *lines: Record) -> Record:
    return {
        "number": number,
        "channel": "online",
        "placed_at": placed,
        "delivered_at": delivered,
        "country": "IR",
        "currency": CURRENCY,
        "lines": list(lines),
    }


def orders(days: Days) -> list[DemoOrder]:
    """Return the shop's orders."""
    return [
        DemoOrder(
            "nurana",
            "sara@example.com",
            "A person decides: delivered ten hours ago. Size 42 is gone (with the reason size: a refund), size 44 costs more "
            "(the difference is paid), the beige one less (no exchange). Only an approval gives the RMA number.",
            {"1": "review", "2": "review"},
            _order("NU-1001", days.ago(5), days.hours_ago(10), _coat(1), _blouse(2)),
        ),
        DemoOrder(
            "nurana",
            "maryam@example.com",
            "Refused, too late: delivered four days ago.",
            {"1": "late"},
            _order("NU-1002", days.ago(9), days.ago(4), _coat(1)),
        ),
        DemoOrder(
            "nurana",
            "narges@example.com",
            "Refused for hygiene: shoes and a scarf, while a person decides on the blouse, and on shoes that arrived damaged.",
            {"1": "excluded", "2": "excluded", "3": "review"},
            _order(
                "NU-1003",
                days.ago(4),
                days.hours_ago(20),
                line(1, "KF-38", "کفش چرم، سایز ۳۸", "22900000", "shoes"),
                line(2, "RS-07", "روسری نخی", "4200000", "scarf"),
                _blouse(3),
            ),
        ),
        DemoOrder(
            "nurana",
            "leila@example.com",
            "Refused, final sale: one bought in a sale, one out of season.",
            {"1": "excluded", "2": "excluded"},
            _order(
                "NU-1004",
                days.ago(4),
                days.hours_ago(16),
                line(1, "PL-19", "پلیور بافت، حراج", "7900000", "pullover", tags=("sale",)),
                line(2, "PT-02", "پالتو پشمی", "34500000", "coat", tags=("out_of_season",)),
            ),
        ),
        DemoOrder(
            "nurana",
            "zahra@example.com",
            "Refused for now: not delivered yet.",
            {"1": "not_delivered"},
            _order("NU-1005", days.ago(5), None, _blouse(1)),
        ),
    ]


CATALOGUE = [
    variant("manto-niloofar", "MN-38", "مانتو لینن نیلوفر", "18500000", 2, سایز="۳۸"),
    variant("manto-niloofar", "MN-40", "مانتو لینن نیلوفر", "18500000", 4, سایز="۴۰"),
    variant("manto-niloofar", "MN-42", "مانتو لینن نیلوفر", "18500000", 0, سایز="۴۲"),
    variant("manto-niloofar", "MN-44", "مانتو لینن نیلوفر", "19800000", 3, سایز="۴۴"),
    variant("manto-niloofar", "MN-40-BG", "مانتو لینن نیلوفر، کرم", "15900000", 2, سایز="۴۰"),
    variant("shomiz", "SH-11", "شومیز ابریشمی", "12400000", 3, رنگ="سبز"),
    variant("shomiz", "SH-12", "شومیز ابریشمی", "12400000", 5, رنگ="سرمه‌ای"),
]
