"""Shops and policies made up for a test, from the same text that a shop would write."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from chalicelib.domain.contract import answer, read_case
from chalicelib.domain.decisions import decide
from chalicelib.domain.merchant import Contact, Merchant, Money, Postal, Store
from chalicelib.domain.policy import Policy
from chalicelib.domain.policy_check import read_policy
from chalicelib.domain.verdicts import Decision


def merchant(**changes: Any) -> Merchant:
    """Return a small shop in Berlin that speaks English, with changes put in."""
    currency = changes.pop("currency", "EUR")
    plain: dict[str, Any] = {
        "slug": "corner",
        "name": "Corner",
        "zone": "Europe/Berlin",
        "country": "DE",
        "languages": ("en",),
        "business_days": ("mon", "tue", "wed", "thu", "fri"),
        "holidays": frozenset[date](),
        "accent": "#345678",
        "sender": "returns@corner.example",
        "contact": Contact(email="hello@corner.example"),
        "currency": Money(code=currency),
        "return_address": Postal(name="Corner", lines=("Street 1",), country="DE"),
        "stores": (Store(id="mitte", name="Mitte", address=Postal(name="Corner", lines=("Street 2",), country="DE")),),
    }
    return Merchant(**plain | changes)


def policy(text: str, effective: str = "2026-01-01", shop: Merchant | None = None) -> Policy:
    """Return the policy that a text says; its date is put before it, and words are given to clauses that have none."""
    return read_policy(f"policy-{effective}.toml", f"effective = {effective}\n{worded(text)}", shop or merchant())


def worded(text: str) -> str:
    """Put a group and words into each clause that gives only its id, which is all that a test of verdicts needs."""
    lines = []
    for line in text.splitlines():
        lines.append(line)
        if line.startswith("id = ") and "group" not in text:
            lines.append(f'group = "money"\ntext.en = "Words of {line.removeprefix("id = ")[1:-1]}."')
    return "\n".join(lines)


def ask(rules: Policy, at: str, *, line: Any = None, wish: Any = None, request: Any = None, **order: Any) -> Decision:
    """Decide one line at 100.00, bought on 1 March 2026 at noon and delivered on the fifth, with changes put in."""
    asked = read_case(json.dumps(case(at, line=line, wish=wish, request=request, **order)).encode())
    return decide(asked.order, asked.request, rules, asked.at)


def case(at: str, *, line: Any = None, wish: Any = None, request: Any = None, **order: Any) -> dict[str, Any]:
    """Return the case that `ask` decides."""
    bought = {"id": "1", "sku": "S", "name": "Lamp", "quantity": 2, "unit_price": "100.00", **(line or {})}
    return {
        "case": "made",
        "at": at,
        "order": {
            "merchant": "corner",
            "number": "C-1",
            "channel": "online",
            "country": "DE",
            "currency": "EUR",
            "placed_at": "2026-03-01T12:00:00+01:00",
            "delivered_at": "2026-03-05T12:00:00+01:00",
            "lines": [bought],
            **order,
        },
        "request": {
            "method": "mail",
            "country": "DE",
            "lines": [{"id": "1", "quantity": 1, "reason": "changed_mind", **(wish or {})}],
            **(request or {}),
        },
    }


def brief(decision: Decision, number: int = 0) -> str:
    """Return a line's verdict, then its outcomes with `?` where a person decides; for a refusal its cause."""
    line = answer(None, decision)["lines"][number]
    kinds = (one["kind"] + ("" if one["approval"] == "automatic" else "?") for one in line["outcomes"])
    cause = decision.lines[number].cause
    return " ".join((line["verdict"], *kinds, *([cause] if cause else [])))
