"""Knows the type in Athena of an item in DynamoDB's JSON: what the exports' columns are read from, and nothing else of it."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import AwareDatetime, BaseModel

from chalicelib.domain.returns import Return
from chalicelib.exports.columns import TABLES

# What an item holds besides the return itself, by the type that DynamoDB writes it under.
BESIDE: Mapping[str, type] = {"pk": str, "sk": str, "type": str, "queue": str}
# Athena's documentation lists them as reserved in CREATE TABLE; of the names that returns use, these are among them.
_RESERVED = frozenset({"by", "date", "end", "from", "local", "none", "order", "start", "time", "to", "user", "values"})
_PLAIN: Mapping[Any, str] = {
    str: "S:string", Decimal: "S:string", AwareDatetime: "S:string", int: "N:string", bool: "BOOL:boolean",
}  # fmt: skip
Wanted = dict[str, "Wanted"]


def paths() -> tuple[str, ...]:
    """Return every path that some column is read from, sorted."""
    return tuple(sorted({path for table in TABLES.values() for column in table.columns for path in column.paths}))


def item_type(indent: int) -> str:
    """Return the type of an item, its attributes on lines of their own behind so many spaces."""
    wanted: Wanted = {}
    for path in paths():
        into = wanted
        for name in path.replace("[]", "").split("."):
            into = into.setdefault(name, {})
    fields = [(name, kind, {}) for name, kind in BESIDE.items()]
    fields += [(name, kind, wanted[name]) for name, kind in _fields(Return) if name in wanted]
    missing = wanted.keys() - {name for name, _, _ in fields}
    if missing:
        raise KeyError(f"no return holds {', '.join(sorted(missing))}")
    return _struct(fields, indent)


def _struct(fields: Iterable[tuple[str, Any, Wanted]], indent: int) -> str:
    inside = " " * (indent + 2)
    told = [f"{inside}{_name(name)}:{_typed(kind, wanted, indent + 2)}" for name, kind, wanted in fields]
    return "struct<\n" + ",\n".join(told) + "\n" + " " * indent + ">"


def _typed(annotation: Any, wanted: Wanted, indent: int) -> str:
    """Return the type of a value under its DynamoDB type. Of a map that a column takes whole, everything is wanted."""
    kind, arguments = _bare(annotation)
    if kind is tuple:
        return f"struct<L:array<{_typed(arguments[0], wanted, indent)}>>"
    if kind in (dict, Mapping):
        return f"struct<M:map<string,{_typed(arguments[1], {}, indent)}>>"
    if is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        fields = dict(_fields(kind))
        names = wanted or {name: {} for name in fields}
        return f"struct<M:{_struct([(name, fields[name], names[name]) for name in fields if name in names], indent)}>"
    return f"struct<{_PLAIN[kind]}>"


def _bare(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return what an annotation is behind `Annotated`, `| None` and `Literal`, and its arguments."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _bare(arguments[0])
    if origin in (Union, types.UnionType):
        (one,) = (each for each in arguments if each is not types.NoneType)
        return _bare(one)
    if origin is Literal:
        return str, ()
    return origin or annotation, arguments


def _fields(model: Any) -> list[tuple[str, Any]]:
    return list(get_type_hints(model, include_extras=True).items())


def _name(name: str) -> str:
    return f"`{name}`" if name in _RESERVED else name
