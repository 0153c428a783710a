"""The public contract of the engine: a case read from a line of JSON, and the answer as the contract writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from chalicelib.domain.decisions import check_request
from chalicelib.domain.errors import InvalidCase
from chalicelib.domain.orders import Moment, Order, Request, Shape
from chalicelib.domain.verdicts import Decision, LineDecision, Outcome

_WORDS = {"missing": "is missing", "extra_forbidden": "is not a field of the contract"}


class Case(Shape):
    """One question to the engine: what does the shop's policy say of this request, at this moment?"""

    case: str | None = None
    at: Moment
    order: Order
    request: Request


def read_case(line: bytes) -> Case:
    """Return the case that a line of JSON holds; InvalidCase with the place of its first mistake."""
    raw = read_json(line)
    if not isinstance(raw, dict):
        raise InvalidCase("a case is a JSON object", "")
    try:
        case = Case.model_validate_json(line)
    except ValidationError as error:
        raise _mistake(error, raw) from None
    try:
        check_request(case.order, case.request)
    except InvalidCase as error:
        raise InvalidCase(error.message, f"request.{error.at}") from None
    return case


def read_json(line: bytes) -> Any:
    """Return what a line of JSON holds; InvalidCase where it is no JSON, or holds a key twice or half a character."""
    twice: list[dict[str, Any]] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            twice.append(table | {"": next(key for key, _ in pairs if sum(other == key for other, _ in pairs) > 1)})
            return twice[-1]
        return table

    try:
        raw = json.loads(line.decode("utf-8"), object_pairs_hook=unique)
    except UnicodeDecodeError as error:
        raise InvalidCase(f"byte {error.start + 1} of the line is not UTF-8", "") from None
    except json.JSONDecodeError as error:
        raise InvalidCase(f"not JSON: {error.msg} (column {error.colno})", "") from None
    except (ValueError, RecursionError):
        raise InvalidCase("not JSON that can be read: a number is too long or the nesting too deep", "") from None
    for table in twice:
        place = next(path for path, value in _walk(raw) if value is table)
        raise InvalidCase(f"the field {table['']!r} is there twice", f"{place}.{table['']}".lstrip("."))
    return raw


def answer(case: str | None, decision: Decision) -> dict[str, Any]:
    """Return an answer as the contract shows it, with amounts as decimal strings and moments in the shop's offset."""
    return {
        "case": case,
        "policy": decision.policy,
        "lines": [_line(line) for line in decision.lines],
        "charges": [
            {"kind": charge.kind, "amount": str(charge.amount), "clause": charge.clause, "outcomes": charge.outcomes}
            for charge in decision.charges
        ],
    }


def error_answer(line: bytes, error: InvalidCase) -> dict[str, Any]:
    """Return the answer to a line that is no valid case; it echoes the case's name where that much could be read."""
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        raw = None
    name = raw.get("case") if isinstance(raw, dict) else None
    return {"case": name if isinstance(name, str) else None, "error": {"message": error.message, "at": error.at}}


def _line(line: LineDecision) -> dict[str, Any]:
    return {
        "id": line.id,
        "verdict": line.verdict,
        "outcomes": [_outcome(outcome) for outcome in line.outcomes],
        "shipping": line.shipping,
        "request_by": _moment(line.request_by),
        "ship_by": _moment(line.ship_by),
        "required": line.required,
        "clauses": [{"id": say.id, "effect": say.effect, "text": say.text} for say in line.clauses],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "kind": outcome.kind,
        "approval": outcome.approval,
        "value": _amount(outcome.value),
        "deductions": [{"kind": one.kind, "amount": _amount(one.amount), "clause": one.clause} for one in outcome.deductions],
        "due": _amount(outcome.due) if outcome.due else "0",
        "expires_days": outcome.expires_days,
    }


def _amount(amount: Decimal) -> str:
    return f"{amount:f}"


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _mistake(error: ValidationError, raw: dict[str, Any]) -> InvalidCase:
    first = error.errors(include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        for path, value in _walk(raw):
            if isinstance(value, str) and not _encodes(value):
                return InvalidCase("holds half of a character (a lone surrogate)", path)
    words = _WORDS.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    return InvalidCase(words, _path(first["loc"]) if first["loc"] != ("order",) else _repeated_line(raw))


def _repeated_line(raw: dict[str, Any]) -> str:
    """Return the place of an order's second line with the same id, which only the whole order shows to be wrong."""
    ids = [line.get("id") for line in raw["order"].get("lines", [])] if isinstance(raw.get("order"), dict) else []
    for place, line_id in enumerate(ids):
        if line_id in ids[:place]:
            return f"order.lines[{place}].id"
    return "order"


def _path(loc: tuple[int | str, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).lstrip(".")


def _walk(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every key and value with its place; without recursion, for what is read here may be nested as deep as it likes."""
    waiting = [("", value)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if isinstance(value, dict):
            yield from ((path, key) for key in value)
            waiting += [(f"{path}.{key}".lstrip("."), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}[{place}]", inner) for place, inner in enumerate(value)]


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
