"""Give returns their form as items of the returns table, and read them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.adapters.dynamodb import from_values, to_values
from chalicelib.adapters.items import Item, contact_key, order_key
from chalicelib.adapters.unsent import UNSENT
from chalicelib.domain.label_steps import label_left_since
from chalicelib.domain.places import queue_place, sortable
from chalicelib.domain.returns import Return
from chalicelib.domain.timing import wakes_at

WAKE = "WAKE"

_SLOT = "RETURN#"
LAST_SLOT = 999


def slot_key(slot: int) -> str:
    """Return the sort key of an order's return."""
    return f"{_SLOT}{slot:03d}"


def is_return(item: Mapping[str, Any]) -> bool:
    """Say whether an item of an order's partition is a return."""
    return str(item["sk"]).startswith(_SLOT)


def return_to_item(made: Return) -> Item:
    """Return a return as an item, with what the indexes need of it.

    The words of a clause stand once, under `clauses`, however many lines it decided: with them on every line, a return of
    some eighty lines would be larger than an item may be.
    """
    item: Item = {**order_key(made.merchant, made.order_number), **to_values(made)}
    item |= {
        "sk": slot_key(made.slot),
        "type": "return",
        "queue": f"{made.merchant}#{made.queued}",
        "queued_at": queue_place(made),
        "clauses": {say["id"]: say.pop("text") for line in item["lines"] for say in line["decision"]["clauses"]},
    }
    if made.email:
        item["contact"] = contact_key(made.merchant, made.email)
    waiting = [mail.left_since for mail in made.waiting_mails[:1]] + [since for since in (label_left_since(made),) if since]
    if waiting:
        item |= {"unsent": UNSENT, "unsent_since": sortable(min(waiting))}
    wakes = wakes_at(made)
    if wakes:
        item |= {"wake": WAKE, "wakes_at": sortable(wakes)}
    return item


def item_to_return(item: Mapping[str, Any]) -> Return:
    """Read a return back from its item."""
    texts = item["clauses"]
    lines = [
        line
        | {"decision": line["decision"] | {"clauses": [say | {"text": texts[say["id"]]} for say in line["decision"]["clauses"]]}}
        for line in item["lines"]
    ]
    return from_values(Return, {**item, "lines": lines})
