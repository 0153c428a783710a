"""Azulu's policy as a decision model for zen-engine: the same verdict, outcomes, values, conditions and shipping for one line.

It is written to suit that engine: the windows that matter are worked out once, and two tables of which the first hit counts
say what stands. It names no clause and gives no deadline, which `decide` does besides.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

ZONE = "'America/Bogota'"


def model() -> str:
    """Return the model as the JSON that `zen.ZenEngine.create_decision` takes."""
    nodes = [
        {"id": "given", "type": "inputNode", "name": "given"},
        _expressions("facts", _FACTS),
        _table("goods", ("swap", "required"), ("abroad", "card", "fault", "excluded", "soon", "short", "long"), _GOODS),
        _table("money", ("refund",), ("proof", "card", "fault", "excluded", "soon", "short", "long"), _MONEY),
        _expressions("answer", _ANSWER),
        {"id": "told", "type": "outputNode", "name": "told"},
    ]
    names = [node["id"] for node in nodes]
    edges = [
        {"id": f"{one}-{other}", "type": "edge", "sourceId": one, "targetId": other} for one, other in itertools.pairwise(names)
    ]
    return json.dumps({"nodes": nodes, "edges": edges})


def _until(anchor: str, days: int) -> str:
    """Say in the engine's words whether a window is open: through the end of a day in the shop's zone, while it has an anchor."""
    return f"{anchor} != null and d(at).isSameOrBefore(d({anchor}).tz({ZONE}).add({days}, 'day').endOf('day'))"


_FACTS = {
    "handed": "order.delivered_at ?? (order.channel == 'store' ? order.placed_at : null)",
    "abroad": "country != order.country",
    "card": "'gift_card' in line.categories",
    "excluded": (
        "some(line.tags, # in ['sale', 'final_sale', 'personalized']) or some(line.categories, # in ['jewelry', 'swimwear'])"
    ),
    "fault": "reason in ['damaged', 'defective'] ? 'broken' : reason in ['wrong_item', 'not_as_described'] ? 'wrong' : 'none'",
    "soon": _until("$.handed", 7),
    "short": f"order.channel == 'online' ? ({_until('$.handed', 14)}) : ({_until('order.placed_at', 14)})",
    "long": _until("$.handed", 30),
    "price": "proof == 'none' ? line.lowest_price_14d ?? line.unit_price : line.unit_price",
    "doubtful": "proof == 'none' and line.lowest_price_14d == null",
    "fee": "method == 'mail' and $.fault == 'none' ? round(number($.price) * quantity * 0.1, decimals) : 0",
    "worth": "number($.price) * quantity - $.fee",
}

_ASKED = "proof == 'receipt' ? ['unused', 'tags_attached', 'receipt'] : ['unused', 'tags_attached']"
_ASKED_LATE = "['unused', 'original_packaging', 'tags_attached']"
# abroad, card, fault, excluded, soon, short, long -> swap (exchange and store credit), required
_GOODS = (
    ("true", "", "'none'", "", "", "", "", "'none'", _ASKED_LATE),
    ("true", "", "", "", "", "", "", "'none'", "[]"),
    ("", "true", "", "", "", "", "", "'none'", "[]"),
    ("", "", "'broken'", "true", "true", "", "", "'review'", "[]"),
    ("", "", "'broken'", "false", "true", "", "", "'automatic'", "[]"),
    ("", "", "'wrong'", "true", "", "true", "", "'review'", "[]"),
    ("", "", "'wrong'", "false", "", "true", "", "'automatic'", "[]"),
    ("", "", "'none'", "false", "", "true", "", "'automatic'", _ASKED),
    ("", "", "'none'", "false", "", "", "true", "'review'", _ASKED_LATE),
    ("", "", "", "false", "", "", "true", "'review'", "[]"),
    ("", "", "", "", "", "", "", "'none'", "[]"),
)
# proof, card, fault, excluded, soon, short, long -> refund
_MONEY = (
    ("'gift_receipt', 'none'", "", "", "", "", "", "", "'none'"),
    ("", "true", "", "", "", "", "", "'none'"),
    ("", "", "'broken'", "true", "true", "", "", "'review'"),
    ("", "", "'wrong'", "true", "", "true", "", "'review'"),
    ("", "", "", "false", "", "", "true", "'review'"),
    ("", "", "'wrong'", "", "", "true", "", "'review'"),
    ("", "", "", "", "", "", "", "'none'"),
)
_ANSWER = {
    "swapped": "swap == 'automatic' and doubtful ? 'review' : swap",
    "unmet": "attested != null and some(required, not(# in attested))",
    "outcomes": (
        "$.unmet ? [] : flatten(["
        "$.swapped == 'none' ? [] : [{kind: 'exchange', approval: $.swapped, value: worth},"
        " {kind: proof == 'receipt' ? 'store_credit' : 'gift_card', approval: $.swapped, value: worth}],"
        "refund == 'none' ? [] : [{kind: 'refund', approval: refund, value: worth}]])"
    ),
    "verdict": "len($.outcomes) == 0 ? 'refused' : $.swapped == 'automatic' ? 'approved' : 'review'",
    "shipping": "len($.outcomes) == 0 ? null : method == 'store' ? 'none' : fault == 'none' ? 'customer' : 'merchant'",
}


def context(case: dict[str, Any], decimals: int = 0) -> dict[str, Any]:
    """Return a case of `decide` with one line as the model takes it."""
    (asked,), order = case["request"]["lines"], case["order"]
    bought = next(line for line in order["lines"] if line["id"] == asked["id"])
    return {
        "at": case["at"], "decimals": decimals, "line": bought,
        "order": {key: order[key] for key in ("channel", "placed_at", "delivered_at", "country")},
        "method": case["request"]["method"], "country": case["request"]["country"],
        "proof": case["request"].get("proof", "receipt"), "quantity": asked["quantity"], "reason": asked["reason"],
        "attested": asked.get("attested"),
    }  # fmt: skip


def _expressions(name: str, expressions: dict[str, str]) -> dict[str, Any]:
    told = [{"id": key, "key": key, "value": value} for key, value in expressions.items()]
    return {"id": name, "type": "expressionNode", "name": name, "content": {"expressions": told, "passThrough": True}}


def _table(name: str, gives: tuple[str, ...], asks: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    columns = (*asks, *gives)
    rules = [{"_id": str(place), **dict(zip(columns, row, strict=True))} for place, row in enumerate(rows)]
    content = {
        "hitPolicy": "first", "passThrough": True, "rules": rules,
        "inputs": [{"id": each, "name": each, "field": each} for each in asks],
        "outputs": [{"id": each, "name": each, "field": each} for each in gives],
    }  # fmt: skip
    return {"id": name, "type": "decisionTableNode", "name": name, "content": content}
