"""Knows each column of the exports' tables in Athena's SQL, over `item` and over the `line` or `event` of a row."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.exports.columns import LINES, RETURNS, TIMELINE, Column, Table
from chalicelib.exports.figures import TURNED_DOWN

ELEMENT = {"lines": "line", "timeline": "event"}
"""What a row's own element is called, by the list that it stands in."""

_TYPE = {"text": "S", "amount": "S", "moment": "S", "whole": "N", "flag": "BOOL", "texts": "L"}
# Reserved in queries, or close to it.
_QUOTED = frozenset({"at", "by", "end", "from", "order", "values"})
_NOTHING = "CAST(0 AS decimal(38,6))"


def expression(table: Table, column: Column) -> str:
    """Return a column's value: a moment with its offset, otherwise as it stands in the view.

    KeyError for one that is worked out and has no expression here.
    """
    worked_out = _WORKED_OUT[table.name].get(column.name)
    if worked_out is not None:
        return worked_out
    (path,) = column.paths
    if column.how != f"`{path}`":
        raise KeyError(f"{table.name}.{column.name}")
    return _read(_at(path, table), column.kind)


def written(name: str) -> str:
    """Return a name as it may stand in a query."""
    return f'"{name}"' if name in _QUOTED else name


def _at(path: str, table: Table) -> str:
    """Return where a path leads to, without the type of what stands there."""
    of, inside, rest = path.partition("[].")
    if inside and of != table.each:
        raise KeyError(f"{path} is of another list than {table.name}")
    start, names = (ELEMENT[of], rest.split(".")) if inside else ("item", path.split("."))
    steps = [written(names[0]), *(f"M.{written(name)}" for name in names[1:])]
    return ".".join([start, *steps])


def _read(place: str, kind: str) -> str:
    value = f"{place}.{_TYPE[kind]}"
    match kind:
        case "amount":
            return _amount(value)
        case "moment":
            return f"from_iso8601_timestamp({value})"
        case "whole":
            return f"CAST({value} AS bigint)"
        case "texts":
            return _texts(value)
    return value


def _amount(value: str) -> str:
    return f"CAST({value} AS decimal(28,6))"


def _texts(array: str, each: str = "each.S") -> str:
    return f"coalesce(transform({array}, each -> {each}), CAST(ARRAY[] AS array(varchar)))"


def _total(array: str, each: str, zero: str = _NOTHING) -> str:
    """Return the sum over an array; what is not there counts nothing."""
    summed = f"reduce(transform({array}, each -> {each}), {zero}, (so_far, each) -> so_far + coalesce(each, 0), so_far -> so_far)"
    return f"coalesce({summed}, 0)"


def _count(number: str) -> str:
    return f"CAST({number} AS bigint)"


def _first(condition: str) -> str:
    found = f"element_at(filter(item.timeline.L, each -> {condition}), 1)"
    return f'from_iso8601_timestamp({found}.M."at".S)'


def _given(kind: str) -> str:
    return _total(f"filter(item.settlements.L, each -> each.M.kind.S = '{kind}')", _amount("each.M.amount.S"))


def _chosen(line: str) -> str:
    """Return the outcome that counts: what a person granted, else what the customer chose of the policy's."""
    offered = f"element_at(filter({line}.decision.M.outcomes.L, offered -> offered.M.kind.S = {line}.outcome.S), 1)"
    return f"if({line}.granted.M.kind.S IS NOT NULL, {line}.granted.M, {offered}.M)"


def _goods(line: str) -> str:
    return f"{_amount(f'{line}.decision.M.price.S')} * CAST({line}.quantity.N AS decimal(10,0))"


def _fees(deductions: str) -> str:
    taken = "(so_far, taken) -> so_far + coalesce(CAST(taken.M.amount.S AS decimal(28,6)), 0)"
    return f"coalesce(reduce({deductions}, {_NOTHING}, {taken}, so_far -> so_far), 0)"


def _says(effect: str) -> str:
    return f"cardinality(filter(line.decision.M.clauses.L, each -> each.M.effect.S = '{effect}')) > 0"


_NAMES_LINE = "contains(transform(each.M.lines.L, named -> named.S), line.line.M.id.S)"
BESIDE: Mapping[str, Mapping[str, str]] = {
    LINES.name: {
        "chosen": _chosen("line"),
        "settlement": f"element_at(filter(item.settlements.L, each -> {_NAMES_LINE}), 1).M",
    }
}
"""What stands beside the item and the element for a table's expressions."""

_STANDING = f"filter(item.lines.L, each -> each.M.status.S NOT IN ({', '.join(f'{name!r}' for name in sorted(TURNED_DOWN))}))"
_PERSON = "each.M.act.S IN ('approved', 'rejected') AND each.M.\"by\".S <> 'policy'"
_SHIP_BY = "transform(item.lines.L, each -> from_iso8601_timestamp(each.M.ship_by.S))"

_OF_KEY = {
    "return_id": "item.order_number.S || '/' || item.slot.N",
    "status": "split_part(item.queue.S, '#', 2)",
}
_WORKED_OUT: Mapping[str, Mapping[str, str]] = {
    RETURNS.name: _OF_KEY | {
        "as_gift": "coalesce(item.as_gift.BOOL, false)",
        "lines": "cardinality(item.lines.L)",
        "units": _total("item.lines.L", _count("each.M.quantity.N"), _count("0")),
        "units_arrived": _total("item.lines.L", _count("each.M.arrived.N"), _count("0")),
        "goods": _total("item.lines.L", _goods("each.M")),
        "promised": _total(_STANDING, _amount(_chosen("each.M") + ".value.S")),
        "fees": _total(_STANDING, _fees(_chosen("each.M") + ".deductions.L")),
        "charges": _total("item.charges.L", _amount("each.M.amount.S")),
        "reduced": _total("item.lines.L", _amount("each.M.inspection.M.reduction.S")),
        "exchanged": _given("exchange"),
        "store_credit": _given("store_credit"),
        "gift_card": _given("gift_card"),
        "refunded": _given("refund"),
        "charged": _total("item.settlements.L", _amount("each.M.charged.S")),
        "decided_at": _first(_PERSON),
        **{f"{act}_at": _first(f"each.M.act.S = '{act}'") for act in ("approved", "sent", "inspected", "expired", "cancelled")},
        "ship_by": f"array_min(filter({_SHIP_BY}, each -> each IS NOT NULL))",
        "settled_at": 'array_max(transform(item.settlements.L, each -> from_iso8601_timestamp(each.M."at".S)))',
    },
    LINES.name: _OF_KEY | {
        "wanted": "if(line.wish.M.name.S IS NOT NULL, array_join(ARRAY[line.wish.M.name.S]"
                  f" || {_texts('map_values(line.wish.M.options.M)')}, ' · '), line.wish_words.S)",
        "photos": "coalesce(cardinality(line.photos.L), 0)",
        "clauses": _texts("line.decision.M.clauses.L", "each.M.id.S || ' ' || each.M.effect.S"),
        "contested": f"coalesce(line.decision.M.verdict.S = 'review' AND {_says('grants')} AND {_says('refuses')}, false)",
        "goods": _goods("line"),
        "outcome": "chosen.kind.S",
        "overridden": "line.granted.M.kind.S IS NOT NULL",
        "approval": "chosen.approval.S",
        "promised": _amount("chosen.value.S"),
        "fees": _fees("chosen.deductions.L"),
        "due": _amount("chosen.due.S"),
        "arrived": f"coalesce({_count('line.arrived.N')}, 0)",
        "value": _amount("coalesce(line.inspection.M.value.S, chosen.value.S)"),
        "settled_as": "settlement.kind.S",
        "settled_at": 'from_iso8601_timestamp(settlement."at".S)',
        "settled_by": 'settlement."by".S',
        "settled_expires_at": "from_iso8601_timestamp(settlement.expires_at.S)",
        "settled_reference": "settlement.reference.S",
    },
    TIMELINE.name: _OF_KEY,
}  # fmt: skip
