"""What the tables of the three shops' policies say of a case, written out by hand and knowing nothing of the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.domain.asks import Ask, deadline, end_of_day, hours_after

UNSETTLED = "unsettled"
"""Stands where the tables can honestly be read in two ways; such a field is compared with nothing."""

CHICAGO, BOGOTA, TEHRAN = ZoneInfo("America/Chicago"), ZoneInfo("America/Bogota"), ZoneInfo("Asia/Tehran")

Reading = dict[str, Any]


def outcome(kind: str, approval: str, value: str, due: str = "0", expires_days: int | None = None) -> Reading:
    """Return one outcome that remains open."""
    return {"kind": kind, "approval": approval, "value": value, "due": due, "expires_days": expires_days}


def opened(outcomes: Sequence[Reading], shipping: str, request_by: str | None, ship_by: str | None, required: Any) -> Reading:
    """Return a line that is not refused, with the verdict that its outcomes make (R9)."""
    automatic = any(one["approval"] == "automatic" for one in outcomes)
    return {
        "verdict": "approved" if automatic else "review",
        "outcomes": list(outcomes),
        "shipping": shipping,
        "request_by": request_by,
        "ship_by": ship_by,
        "required": required,
        "cause": None,
    }


def refused(cause: str, request_by: str | None = None, required: Any = UNSETTLED) -> Reading:
    """Return a refused line; only one refused as late shows a deadline, the one that it missed.

    What `required` holds for a line refused for something else than a condition is nowhere said.
    """
    return {
        "verdict": "refused",
        "outcomes": [],
        "shipping": None,
        "request_by": request_by,
        "ship_by": None,
        "required": required,
        "cause": cause,
    }


def nothing_settled() -> Reading:
    """Return the reading of a line of which the tables settle nothing."""
    return dict.fromkeys(("verdict", "outcomes", "shipping", "request_by", "ship_by", "required", "cause"), UNSETTLED)


def alustoora(ask: Ask) -> Reading:
    """Read A1 to A8."""
    last = end_of_day(ask.placed, 14, CHICAGO)
    conditions = [] if ask.fault else ["unused", "original_packaging", "accessories_included"]
    if ask.at > last:
        return refused("late", request_by=deadline(last, CHICAGO))
    if not ask.confirms(*conditions):
        return refused("conditions", required=conditions)
    approval = "review" if ask.marked("tags", "custom_made", "final_sale") else "automatic"
    value = ask.money(ask.amount(Decimal(ask.line["unit_price"])))
    kinds = ["exchange", "store_credit"] if ask.out_of_stock else ["exchange"]
    by = deadline(last, CHICAGO)
    return opened([outcome(kind, approval, value) for kind in kinds], "customer", by, by, conditions)


def azulu(ask: Ask) -> Reading:
    """Read Z1 to Z18 and the unnamed row on excluded goods that are the shop's fault."""
    final = ask.marked("tags", "sale", "final_sale", "personalized") or ask.marked("categories", "jewelry", "swimwear")
    if ask.marked("categories", "gift_card") or (final and not ask.fault):
        return refused("excluded")
    if ask.in_hand is None:
        return refused(UNSETTLED if final else "not_delivered")  # Final goods that came wrong are excluded as well.
    if ask.at < ask.in_hand:
        return nothing_settled()  # A delivery later than the moment of asking is known or unknown, as one likes.
    return azulu_in_hand(ask, ask.in_hand, final=final)


def azulu_in_hand(ask: Ask, in_hand: datetime, *, final: bool) -> Reading:
    """Read the windows and conditions of Z4, Z6, Z7, Z11, Z14 and Z16 for goods that are there and not shut out."""
    gift = ask.request.get("proof", "receipt") != "receipt"
    abroad = ask.request["country"] != ask.order["country"]
    broken = ask.wish["reason"] in ("damaged", "defective")
    # The prompt window is the one that grants without a person: Z16's for what broke, else that of Z4 and Z7.
    fortnight = end_of_day(ask.placed if ask.order["channel"] == "store" else in_hand, 14, BOGOTA)
    prompt = end_of_day(in_hand, 7, BOGOTA) if broken else fortnight
    month = end_of_day(in_hand, 30, BOGOTA)
    last = prompt if final else month
    if ask.at > last:
        # Final goods asked back too late are again what they were, and nothing says which refusal the line shows.
        # A gift from abroad is refused by Z1 as well, whose rank R6 does not name.
        if final or (gift and abroad):
            return refused(UNSETTLED, request_by=UNSETTLED)
        return refused("late", request_by=deadline(last, BOGOTA))

    goods = ["unused", "tags_attached"] if gift else ["unused", "tags_attached", "receipt"]
    month_goods = ["unused", "original_packaging", "tags_attached"]
    conditions: Any = [] if ask.fault else goods if ask.at <= fortnight else month_goods
    if abroad and gift:
        return refused(UNSETTLED)  # Z1 leaves nothing of Z9; R6 does not rank it against a condition.
    if abroad and not ask.fault and ask.at <= fortnight:
        # Only Z14's refund remains, and no row says whether Z6's conditions or Z11's go with it inside the 14 days.
        if not ask.confirms(*goods, *month_goods):
            return nothing_settled()
        conditions = UNSETTLED
    elif not ask.confirms(*conditions):
        return refused("conditions", required=conditions)

    automatic = ask.at <= prompt and not final
    outcomes = azulu_outcomes(ask, automatic=automatic, gift=gift, abroad=abroad)
    shipping = "none" if ask.request["method"] == "store" else "merchant" if ask.fault else "customer"
    by = deadline(prompt if outcomes[0]["approval"] == "automatic" else last, BOGOTA)
    return opened(outcomes, shipping, by, by, conditions)


def azulu_outcomes(ask: Ask, *, automatic: bool, gift: bool, abroad: bool) -> list[Reading]:
    """Read the money of Z8 and Z9, and which outcomes Z1, Z9 and Z14 leave to a line that some window has opened."""
    counted = paid = Decimal(ask.line["unit_price"])
    if ask.request.get("proof") == "none":
        lowest = ask.line.get("lowest_price_14d")
        automatic = automatic and lowest is not None
        counted = paid if lowest is None else Decimal(lowest)
    value = ask.money(ask.amount(counted))
    if ask.request["method"] == "mail" and not ask.fault:
        fee = Decimal(ask.money(ask.amount(counted) / 10))
        # "10 % of the purchase price" and "of the line's price" differ where Z9 puts another price in its place.
        value = ask.money(ask.amount(counted) - fee) if counted == paid else UNSETTLED
    approval = "automatic" if automatic else "review"
    credit = outcome("gift_card", approval, value) if gift else outcome("store_credit", approval, value, expires_days=30)
    same_country = [] if abroad else [outcome("exchange", approval, value), credit]
    return same_country if gift else [*same_country, outcome("refund", "review", value)]


def nurana(ask: Ask) -> Reading:
    """Read N0 to N14."""
    final = ask.marked("tags", "sale", "out_of_season") or ask.marked(
        "categories",
        *("accessories", "underwear", "hat", "shawl", "scarf", "belt", "socks", "leggings", "gloves", "shoes"),
    )
    if final and not ask.fault:
        return refused("excluded")
    if ask.in_hand is not None and ask.at < ask.in_hand:
        return nothing_settled()

    # N1 opens everything; the 72 hours of N4 open an exchange besides, where they end later or N1 has not begun (R3).
    n1 = None if ask.in_hand is None else hours_after(ask.in_hand, 48)
    n4 = hours_after(ask.placed, 72)
    exchange_until = n4 if n1 is None or n4 > n1 else n1
    in_n1 = n1 is not None and ask.at <= n1
    if ask.at > exchange_until:
        if final:
            return refused(UNSETTLED, request_by=None if n1 is None else UNSETTLED)  # As with azulu's final goods.
        return refused("not_delivered") if n1 is None else refused("late", request_by=deadline(exchange_until, TEHRAN))

    goods = ["unused", "tags_attached", "no_stains_or_tears", "unwashed", "no_odour", "original_packaging", "invoice"]
    conditions = [] if ask.fault else goods
    replacement = ask.wish.get("replacement")
    price = Decimal(ask.line["unit_price"])
    wanted = price if replacement is None else Decimal(replacement["price"])
    if wanted < price and not in_n1:
        # N13 refuses the exchange, and the rest is late or not delivered yet: R6 does not rank N13 against a window.
        return refused(UNSETTLED, request_by=None if n1 is None else UNSETTLED)
    if not ask.confirms(*conditions):
        return refused("conditions", required=conditions)

    value = ask.money(ask.amount(price))
    outcomes = []
    if wanted >= price:
        due = ask.money(ask.amount(wanted - price)) if wanted > price else "0"
        outcomes.append(outcome("exchange", "review", value, due))
    if in_n1:
        outcomes.append(outcome("store_credit", "review", value))
        if ask.fault or (ask.wish["reason"] in ("size", "colour", "wrong_item") and ask.out_of_stock):
            outcomes.append(outcome("refund", "review", value))
    request_by = exchange_until if outcomes[0]["kind"] == "exchange" else n1
    ship_by = None if ask.in_hand is None else hours_after(ask.in_hand, 72)
    shipping = "merchant" if ask.fault else "customer"
    return opened(outcomes, shipping, deadline(request_by, TEHRAN), deadline(ship_by, TEHRAN), conditions)


SHOPS: Mapping[str, Callable[[Ask], Reading]] = {"alustoora": alustoora, "azulu": azulu, "nurana": nurana}


def read(case: Mapping[str, Any]) -> list[Reading]:
    """Read one case in the contract's form and return one reading a line asked back, in the request's order."""
    order, request = case["order"], case["request"]
    lines = {line["id"]: line for line in order["lines"]}
    at = datetime.fromisoformat(case["at"])
    shop = SHOPS[order["merchant"]]
    return [{"id": wish["id"], **shop(Ask(at, order, request, lines[wish["id"]], wish))} for wish in request["lines"]]
