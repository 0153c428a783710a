"""What rows say that stands in no single attribute of a return: sums, first times, which outcome counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from chalicelib.exports.typed import NOTHING, Typed, amount, flag, moment, part, parts, text, texts, whole

ZERO = Decimal(0)
TURNED_DOWN = frozenset({"rejected", "cancelled"})
"""Where a line stands of which nothing was promised."""


def return_id(made: Typed) -> str:
    """Return how people name a return: order number and slot."""
    return f"{text(made, 'order_number')}/{whole(made, 'slot')}"


def status(made: Typed) -> str | None:
    """Return where the whole return stood, as its last change left it."""
    queue = text(made, "queue")
    return queue.rpartition("#")[2] if queue else None


def as_gift(made: Typed) -> bool:
    """Say whether the recipient of a gift returned it."""
    return bool(flag(made, "as_gift"))


def lines_count(made: Typed) -> int:
    """Return how many lines come back."""
    return len(parts(made, "lines"))


def units(made: Typed) -> int:
    """Return how many units come back."""
    return sum(whole(line, "quantity") or 0 for line in parts(made, "lines"))


def units_arrived(made: Typed) -> int:
    """Return how many units have come back."""
    return sum(arrived(line) for line in parts(made, "lines"))


def arrived(line: Typed) -> int:
    """Return how many units of a line have come back."""
    return whole(line, "arrived") or 0


def goods(made: Typed) -> Decimal:
    """Return what the units of all lines cost, before any fee."""
    return _sum(line_goods(line) for line in parts(made, "lines"))


def line_goods(line: Typed) -> Decimal | None:
    """Return what the units of a line cost: the price that counts times the quantity."""
    price, quantity = amount(part(line, "decision"), "price"), whole(line, "quantity")
    return None if price is None or quantity is None else price * quantity


def promised(made: Typed) -> Decimal:
    """Return what was promised for the lines that nobody rejected or cancelled, fees off, charges for the whole return not."""
    return _sum(line_promised(line) for line in _standing(made))


def fees(made: Typed) -> Decimal:
    """Return the fees of the lines that nobody rejected or cancelled."""
    return _sum(line_fees(line) for line in _standing(made))


def charges(made: Typed) -> Decimal:
    """Return what is taken once for the whole return, whatever the outcome."""
    return _sum(amount(charge, "amount") for charge in parts(made, "charges"))


def reduced(made: Typed) -> Decimal:
    """Return what inspections took off."""
    return _sum(amount(part(line, "inspection"), "reduction") for line in parts(made, "lines"))


def settled(kind: str, made: Typed) -> Decimal:
    """Return what was given as this kind of outcome, after charges."""
    return _sum(amount(each, "amount") for each in parts(made, "settlements") if text(each, "kind") == kind)


def charged(made: Typed) -> Decimal:
    """Return what settlements took for the whole return."""
    return _sum(amount(each, "charged") for each in parts(made, "settlements"))


def settled_at(made: Typed) -> datetime | None:
    """Return when the last settlement was made."""
    return max((at for each in parts(made, "settlements") if (at := moment(each, "at"))), default=None)


def ship_by(made: Typed) -> datetime | None:
    """Return the earliest deadline for sending among all lines."""
    return min((at for line in parts(made, "lines") if (at := moment(line, "ship_by"))), default=None)


def first(act: str, made: Typed) -> datetime | None:
    """Return when something happened for the first time."""
    return next((moment(event, "at") for event in parts(made, "timeline") if text(event, "act") == act), None)


def decided_at(made: Typed) -> datetime | None:
    """Return when a person first approved or rejected a line."""
    acts = {"approved", "rejected"}
    events = (each for each in parts(made, "timeline") if text(each, "act") in acts and text(each, "by") != "policy")
    return next((moment(event, "at") for event in events), None)


def chosen(line: Typed) -> Typed:
    """Return the outcome that counts for a line: what a person granted, else what the customer chose of the policy's."""
    if granted := part(line, "granted"):
        return granted
    kind = text(line, "outcome")
    outcomes = parts(part(line, "decision"), "outcomes")
    return next((outcome for outcome in outcomes if text(outcome, "kind") == kind), NOTHING)


def line_outcome(line: Typed) -> str | None:
    """Return the kind of the outcome that counts."""
    return text(chosen(line), "kind")


def line_approval(line: Typed) -> str | None:
    """Return whether the outcome that counts was approved by the policy itself or is for a person."""
    return text(chosen(line), "approval")


def line_promised(line: Typed) -> Decimal | None:
    """Return what the outcome that counts is worth, after its fees."""
    return amount(chosen(line), "value")


def line_fees(line: Typed) -> Decimal:
    """Return the fees of the outcome that counts."""
    return _sum(amount(each, "amount") for each in parts(chosen(line), "deductions"))


def line_due(line: Typed) -> Decimal | None:
    """Return what the customer pays on top."""
    return amount(chosen(line), "due")


def line_value(line: Typed) -> Decimal | None:
    """Return what a line is worth now: what the inspection left of it, else what was promised."""
    found = amount(part(line, "inspection"), "value")
    return line_promised(line) if found is None else found


def overridden(line: Typed) -> bool:
    """Say whether a person gave an outcome beyond the policy."""
    return bool(part(line, "granted"))


def wanted(line: Typed) -> str | None:
    """Return what the customer wants instead, as a person would call it."""
    wish = part(line, "wish")
    if not wish:
        return text(line, "wish_words")
    return " · ".join([text(wish, "name") or "", *_texts_of(part(wish, "options"))])


def photos(line: Typed) -> int:
    """Return how many photos the customer sent of a line."""
    return len(texts(line, "photos"))


def clauses(line: Typed) -> tuple[str, ...]:
    """Return what each clause did that had a say, such as `Z7 grants`."""
    return tuple(f"{text(each, 'id')} {text(each, 'effect')}" for each in parts(part(line, "decision"), "clauses"))


def contested(line: Typed) -> bool:
    """Say whether a person had to decide because clauses disagreed: one grants what another refuses."""
    decision = part(line, "decision")
    effects = {text(each, "effect") for each in parts(decision, "clauses")}
    return text(decision, "verdict") == "review" and {"grants", "refuses"} <= effects


def settlement(made: Typed, line: Typed) -> Typed:
    """Return the settlement that a line was part of; an empty one if there is none yet."""
    line_id = text(part(line, "line"), "id")
    return next((each for each in parts(made, "settlements") if line_id in texts(each, "lines")), NOTHING)


def _standing(made: Typed) -> Iterable[Typed]:
    return (line for line in parts(made, "lines") if text(line, "status") not in TURNED_DOWN)


def _texts_of(node: Typed) -> list[str]:
    return [found for name in node if (found := text(node, name))]


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((each for each in amounts if each is not None), ZERO)
