"""Count an export's figures while it is read, item by item, in memory that does not grow with the export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.reports.facts import PROMISED, STAGES, TABLES, Facts, Key, Span

Typed = Mapping[str, Any]
_ZERO = Decimal(0)
_MOST = 10**20
_HOUR = 3600


class Count:
    """The figures of one shop, growing. `zone` is the shop's, `span` what the report is about."""

    def __init__(self, zone: ZoneInfo, span: Span) -> None:
        self._zone = zone
        self._span = span
        self._tables: dict[str, dict[Key, list[Any]]] = {name: {} for name in TABLES}
        self.unreadable = 0

    def take(self, kind: str, item: Typed) -> None:
        """Count one item, an order or a return; what cannot be read is counted as such, and nothing of it."""
        count = {"return": self._count_return, "order": self._count_order}.get(kind)
        try:
            sums = list(count(item)) if count else []
            sound = all(_sound(value) for _, _, values in sums for value in values)
        except (KeyError, TypeError, ValueError, ArithmeticError):
            sound = False
        if not sound:
            self.unreadable += 1
            return
        for name, key, values in sums:
            self._add(name, key, values)

    def facts(self) -> Facts:
        """Return what was counted so far."""
        tables = {name: {key: tuple(row) for key, row in sorted(table.items())} for name, table in self._tables.items()}
        return Facts(tables, self.unreadable)

    def _add(self, name: str, key: Key, values: tuple[Any, ...]) -> None:
        table = self._tables[name]
        row = table.get(key)
        if row is None:
            table[key] = list(values)
        elif name == "names":
            row[0] = max(row[0], values[0])
        elif name == "overdue":
            row[:] = [row[0] + values[0], min(row[1], values[1])]
        else:
            row[:] = [had + more for had, more in zip(row, values, strict=True)]

    def _count_return(self, item: Typed) -> Iterator[tuple[str, Key, tuple[Any, ...]]]:
        currency = item["currency"]["S"]
        lines = [line["M"] for line in item["lines"]["L"]]
        units, value = 0, _ZERO
        for line in lines:
            quantity = int(line["quantity"]["N"])
            units += quantity
            value += quantity * Decimal(line["line"]["M"]["unit_price"]["S"])
        placed = self._local(item["placed_at"]["S"])
        if self._span.holds(placed.date()):
            came = [line for line in lines if line["status"]["S"] not in ("cancelled", "expired", "rejected")]
            first = int(item["slot"]["N"] == "1")
            yield "came_back", (placed.date().isoformat(), currency), (first, *_whole(came))
            for line in came:
                yield "products_back", (_product(line["line"]["M"]),), (int(line["quantity"]["N"]),)
        created = self._local(item["created_at"]["S"])
        if not self._span.holds(created.date()):
            return
        status = item["queue"]["S"].partition("#")[2]
        yield "requested", (created.date().isoformat(), currency), (1, len(lines), units, value)
        yield "states", (status,), (1,)
        yield from self._overdue(item, status)
        yield from _cycles(item)
        charged = sum((Decimal(each["M"]["charged"]["S"]) for each in _list(item, "settlements")), _ZERO)
        if charged:
            yield "kept", (currency,), (_ZERO, _ZERO, charged)
        for line in lines:
            yield from _count_line(line, currency)

    def _count_order(self, item: Typed) -> Iterator[tuple[str, Key, tuple[Any, ...]]]:
        placed = self._local(item["placed_at"]["S"])
        if not self._span.holds(placed.date()):
            return
        lines = [line["M"] for line in item["lines"]["L"]]
        units, value = 0, _ZERO
        for line in lines:
            quantity = int(line["quantity"]["N"])
            units += quantity
            value += quantity * Decimal(line["unit_price"]["S"])
            yield "products_sold", (_product(line),), (quantity,)
            yield "names", (_product(line),), (line["name"]["S"],)
        yield "sold", (placed.date().isoformat(), item["currency"]["S"]), (1, units, value)

    def _overdue(self, item: Typed, status: str) -> Iterator[tuple[str, Key, tuple[Any, ...]]]:
        due = _text(item, {"under_review": "answer_by", "accepted": "resolve_by"}.get(status, ""))
        if due and _moment(due) < self._span.as_of:
            yield "overdue", (status,), (1, _moment(due))

    def _local(self, moment: str) -> datetime:
        return _moment(moment).astimezone(self._zone)


def count(items: Iterable[tuple[str, Typed]], zone: ZoneInfo, span: Span) -> Facts:
    """Count the items of one shop, each with its `type`."""
    counting = Count(zone, span)
    for kind, item in items:
        counting.take(kind, item)
    return counting.facts()


def _sound(value: object) -> bool:
    """Say whether a value can be added up and written without losing a digit; ArithmeticError for what is no number at all."""
    return not isinstance(value, int | Decimal) or -_MOST < value < _MOST


def _count_line(line: Typed, currency: str) -> Iterator[tuple[str, Key, tuple[Any, ...]]]:
    bought, status = line["line"]["M"], line["status"]["S"]
    quantity, price = int(line["quantity"]["N"]), Decimal(bought["unit_price"]["S"])
    yield "reasons", (_product(bought), line["reason"]["S"], currency), (1, quantity, quantity * price)
    yield "names", (_product(bought),), (bought["name"]["S"],)
    decision = line["decision"]["M"]
    granted = line.get("granted", {}).get("M")
    offered = {each["M"]["kind"]["S"]: each["M"] for each in reversed(decision["outcomes"]["L"])}
    chosen = granted or offered[line["outcome"]["S"]]
    found = line.get("inspection", {}).get("M")
    value = Decimal((found or chosen)["value"]["S"])
    if status in PROMISED:
        settled = status == "settled"
        given = (int(settled), value if settled else _ZERO)
        yield "outcomes", (chosen["kind"]["S"], currency), (1, quantity, value, *given)
        for taken in chosen["deductions"]["L"]:
            yield "fees", (taken["M"]["kind"]["S"], currency), (1, Decimal(taken["M"]["amount"]["S"]))
        if settled and found and not granted:
            reduction = Decimal(found["reduction"]["S"])
            whole = Decimal(decision["price"]["S"]) * int(line["arrived"]["N"])
            yield "kept", (currency,), (whole - reduction - value, reduction, _ZERO)
    yield from _contradiction(decision, status)


def _contradiction(decision: Typed, status: str) -> Iterator[tuple[str, Key, tuple[Any, ...]]]:
    """Count a line that went to a person because clauses disagree: some grant what others refuse (R2)."""
    if decision["verdict"]["S"] != "review":
        return
    says = [(say["M"]["effect"]["S"], say["M"]["id"]["S"]) for say in decision["clauses"]["L"]]
    grants, refuses = (",".join(sorted({name for said, name in says if said == effect})) for effect in ("grants", "refuses"))
    if grants and refuses:
        waiting, down = int(status == "under_review"), int(status == "rejected")
        yield "contradictions", (grants, refuses), (1, waiting, int(status in PROMISED), down)


def _cycles(item: Typed) -> Iterator[tuple[str, Key, tuple[Any, ...]]]:
    moments: dict[str, datetime] = {"requested": _moment(item["created_at"]["S"])}
    for event in item["timeline"]["L"]:
        act, at = event["M"]["act"]["S"], _moment(event["M"]["at"]["S"])
        moments[act] = at if act == "settled" else moments.get(act, at)
    for stage, (start, end) in STAGES.items():
        if start in moments and end in moments and moments[end] >= moments[start]:
            hours = int((moments[end] - moments[start]).total_seconds()) // _HOUR
            yield "cycles", (stage, str(hours)), (1,)


def _whole(lines: Iterable[Typed]) -> tuple[int, Decimal]:
    """Return the units of lines, and what was paid for them."""
    units, value = 0, _ZERO
    for line in lines:
        quantity = int(line["quantity"]["N"])
        units += quantity
        value += quantity * Decimal(line["line"]["M"]["unit_price"]["S"])
    return units, value


def _product(line: Typed) -> str:
    """Return what groups variants of a thing: its product, or its SKU where the shop names none."""
    return _text(line, "product") or str(line["sku"]["S"])


def _text(item: Typed, name: str) -> str | None:
    value: str | None = item.get(name, {}).get("S")
    return value


def _list(item: Typed, name: str) -> list[Typed]:
    found: list[Typed] = item.get(name, {}).get("L", [])
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
