"""Cases in the contract's form: a plain one for each shop, and drawn ones whose moments hug every boundary of the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")
Choose = Callable[[Sequence[T]], T]
Case = dict[str, Any]

MICROSECOND, SECOND = timedelta(microseconds=1), timedelta(seconds=1)
NUDGES = (-SECOND, -MICROSECOND, timedelta(), MICROSECOND, SECOND)
DAYS = (0, 6, 7, 8, 13, 14, 15, 29, 30, 31)
DELAYS = tuple(timedelta(hours=hours) for hours in (0, 1, 23, 24, 25, 70, 73, 24 * 5, 24 * 16))
OFFSETS = (UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=3, minutes=30)), timezone(timedelta(hours=14)))
TIMES = (time(0), time(0, 0, 0, 1), time(1, 30), time(2, 30), time(12, 34, 56), time(18, 59, 59), time(23, 59, 59, 999999))
REASONS = (
    *("changed_mind", "size", "colour", "arrived_late", "other"),
    *("damaged", "defective", "wrong_item", "not_as_described"),
)


@dataclass(frozen=True)
class Setting:
    """What a shop's cases are drawn from: its clock, its money, its words, and orders placed around changes of the clocks."""

    zone: ZoneInfo
    country: str
    currency: str
    prices: tuple[str, ...]
    dearer: str
    cheaper: str
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    conditions: tuple[str, ...]
    days: tuple[str, ...]


SETTINGS: Mapping[str, Setting] = {
    "alustoora": Setting(
        zone=ZoneInfo("America/Chicago"),
        country="US",
        currency="USD",
        prices=("79.90", "0.05", "120.00", "1999.99"),
        dearer="2500.00",
        cheaper="0.01",
        categories=("watch",),
        tags=("custom_made", "final_sale"),
        conditions=("unused", "original_packaging", "accessories_included"),
        days=("2026-10-25", "2026-10-18", "2026-11-01", "2026-02-22", "2026-03-08", "2026-06-10"),
    ),
    "azulu": Setting(
        zone=ZoneInfo("America/Bogota"),
        country="CO",
        currency="COP",
        prices=("199000", "199005", "14", "15", "99999"),
        dearer="250000",
        cheaper="10",
        categories=("jewelry", "swimwear", "gift_card"),
        tags=("sale", "final_sale", "personalized"),
        conditions=("unused", "tags_attached", "receipt", "original_packaging"),
        days=("2026-03-01", "2026-02-20", "2024-12-18", "2024-12-25", "2024-06-01"),
    ),
    "nurana": Setting(
        zone=ZoneInfo("Asia/Tehran"),
        country="IR",
        currency="IRR",
        prices=("18500000", "4200000", "1"),
        dearer="21000000",
        cheaper="0",
        categories=(
            *("accessories", "underwear", "hat", "shawl", "scarf", "belt", "socks", "leggings", "gloves", "shoes"),
            "mantle",
        ),
        tags=("sale", "out_of_season"),
        conditions=("unused", "tags_attached", "no_stains_or_tears", "unwashed", "no_odour", "original_packaging", "invoice"),
        days=("2026-05-04", "2022-03-20", "2022-09-20", "2026-02-28"),
    ),
}


def plain_case(
    shop: str, *, line: Case | None = None, wish: Case | None = None, request: Case | None = None, **order: Any
) -> Case:
    """Return an ordinary one-line case of the shop, asked one day after delivery, with the given fields put in.

    Keywords other than `line`, `wish` and `request` go into the order, but `at` into the case. The order is placed at noon of
    1 April 2026 in UTC and delivered four days later.
    """
    setting = SETTINGS[shop]
    at = order.pop("at", "2026-04-06T12:00:00+00:00")
    bought = {"id": "1", "sku": "SKU-1", "name": "Example", "quantity": 2, "unit_price": setting.prices[0]}
    return {
        "case": f"{shop}, drawn",
        "at": at,
        "order": {
            "merchant": shop,
            "number": "EX-1",
            "channel": "online",
            "placed_at": "2026-04-01T12:00:00+00:00",
            "delivered_at": "2026-04-05T12:00:00+00:00",
            "country": setting.country,
            "currency": setting.currency,
            **order,
            "lines": [{**bought, "lowest_price_14d": None, "categories": ["dress"], "tags": [], **(line or {})}],
        },
        "request": {
            "method": "mail",
            "country": setting.country,
            "proof": "receipt",
            **(request or {}),
            "lines": [{"id": "1", "quantity": 1, "reason": "changed_mind", **(wish or {})}],
        },
    }


def drawn_case(choose: Choose[Any], shop: str) -> Case:
    """Draw a case of the shop; `choose` picks one of several values and is all the chance that there is."""
    setting = SETTINGS[shop]
    placed = datetime.combine(datetime.fromisoformat(choose(setting.days)), choose(TIMES), setting.zone)
    delivered = None if choose((True, False, False, False)) else placed.astimezone(UTC) + choose(DELAYS) + choose(NUDGES[2:])
    at = max(
        placed, _boundary(choose, placed if delivered is None else choose((placed, delivered)), setting.zone) + choose(NUDGES)
    )
    lines = [_drawn_line(choose, setting, str(number)) for number in range(choose((1, 1, 2)))]
    case = plain_case(
        shop,
        at=_written(choose, at),
        channel=choose(("online", "store")),
        placed_at=_written(choose, placed),
        delivered_at=None if delivered is None else _written(choose, delivered),
        tags=choose(([], [], ["member_gold"], ["gift", "wholesale"])),
        request={
            "method": choose(("mail", "store")),
            "country": choose((setting.country, setting.country, "DE")),
            "proof": choose(("receipt", "receipt", "gift_receipt", "none")),
        },
    )
    case["order"]["lines"] = lines
    case["request"]["lines"] = [_drawn_wish(choose, setting, line) for line in lines]
    return case


def _boundary(choose: Choose[Any], anchor: datetime, zone: ZoneInfo) -> datetime:
    """Draw a moment at which some window could end, with the anchor as its start."""
    if choose((True, False)):
        return anchor.astimezone(UTC) + timedelta(hours=choose((0, 47, 48, 49, 72, 73, 14 * 24, 30 * 24)))
    midnight = datetime.combine(anchor.astimezone(zone).date() + timedelta(days=choose(DAYS) + 1), time(0), zone)
    return midnight.astimezone(UTC) - MICROSECOND


def _written(choose: Choose[Any], moment: datetime) -> str:
    return moment.astimezone(choose(OFFSETS)).isoformat()


def _drawn_line(choose: Choose[Any], setting: Setting, line_id: str) -> Case:
    price = choose(setting.prices)
    return {
        "id": line_id,
        "sku": f"SKU-{line_id}",
        "name": "Example",
        "quantity": 3,
        "unit_price": price,
        "lowest_price_14d": choose((None, price, setting.prices[1])),
        "categories": choose((["dress"], ["dress"], [], ["dress", choose(setting.categories)])),
        "tags": choose(([], [], [], ["new", choose(setting.tags)])),
    }


def _drawn_wish(choose: Choose[Any], setting: Setting, line: Case) -> Case:
    wish = {"id": line["id"], "quantity": choose((1, 2, 3)), "reason": choose(REASONS)}
    names = list(setting.conditions)
    missing = choose(names)
    attested = choose((None, names, [*names, "smiled"], [name for name in names if name != missing], []))
    if attested is not None:
        wish["attested"] = attested
    price = choose((None, line["unit_price"], setting.dearer, setting.cheaper))
    if price is not None:
        wish["replacement"] = {"price": price, "in_stock": choose((True, False))}
    return wish
