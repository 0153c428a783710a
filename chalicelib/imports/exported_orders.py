"""Turn the rows of one order of a platform's export into the order of our own files: what is left of it, at what was paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from chalicelib.domain.orders import Address
from chalicelib.imports.exported_money import LineMoney, OrderMoney, paid, unit_price
from chalicelib.imports.exported_rows import address_of, split_cell
from chalicelib.imports.faults import Fault, Place, RecordError
from chalicelib.imports.jsonl import Record
from chalicelib.imports.platforms import ORDER_ASKS, Condition, Platform, holds
from chalicelib.imports.records import Terms
from chalicelib.imports.table import Row

_YEARS = range(1970, 2200)
"""When anything was sold: at the ends of the calendar a few days more are no moment at all."""
_LONGEST_SKU = 100
_AMOUNTS = {field.name for shape in (OrderMoney, LineMoney) for field in fields(shape)} - {"quantity", "taxable"} | {"was_price"}
# Below each of our own names stand the asks of which it is made, the likeliest to be wrong first.
_MADE_OF = {"id": "line_id", "unit_price": "price", "delivered_at": "fulfilled_at"}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a shop wants its export read: `delivered_after` counts from when an order was sent, None says nobody knows.

    `keep_refunded` takes orders as they were sold, for shops whose refunds come from returns made here.
    """

    platform: Platform
    delivered_after: timedelta | None = None
    keep_refunded: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """An order as our own files would say it, None if nothing of it can come back; `rows` says of each line which row it was."""

    record: Record | None
    rows: tuple[int, ...] = ()


def exported_order(rows: list[Row], reading: Reading, terms: Terms) -> Exported:
    """Return the order of these rows; RecordError with every mistake, at places among the rows."""
    cells = _Cells(rows, [])
    moments = {ask: _moment(cells, ask, reading.platform, terms) for ask in ("placed_at", "fulfilled_at")}
    amounts = [cells.amounts(index) for index in range(len(rows))]
    sold = [cells.whole(index, "quantity") for index in range(len(rows))]
    back = [cells.whole(index, "removed") for index in range(len(rows))]
    if cells.faults:
        raise RecordError(cells.faults)
    if _called_off(cells.first, reading):
        return Exported(None)
    worths = _worths(cells, amounts, sold, terms.decimals)
    gone = [_any(reading.platform.gone, cells.row(index)) for index in range(len(rows))]
    left = [0 if out else many - (0 if reading.keep_refunded else less) for out, many, less in zip(gone, sold, back, strict=True)]
    kept = tuple(index for index, many in enumerate(left) if many > 0)
    if not kept:
        return Exported(None)
    prices = {index: unit_price(worths[index], sold[index]) for index in kept}
    lines = [_line(cells.row(index), index, left[index], prices[index], amounts[index], reading.platform) for index in kept]
    return Exported(_order(cells, moments, reading, terms) | {"lines": lines}, kept)


def column_of(platform: Platform, place: Place) -> Place:
    """Return the column of the export in which what stands at a place of an order was told."""
    match place:
        case ("order", "lines", int(), str(name), *_) | ("order", str(name), *_) | (str(name),) if name not in ("order", "lines"):
            return (platform.all_columns(_MADE_OF.get(name, name))[0],)
    return ()


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of an order's rows, what is the same for the whole order in the first; `faults` gathers what cannot be read."""

    rows: list[Row]
    faults: list[Fault]

    @property
    def first(self) -> Mapping[str, str]:
        return self.rows[0].cells

    def row(self, index: int) -> Mapping[str, str]:
        """Return what a row says, and what the order's first one says of the whole order."""
        return {**self.rows[index].cells, **{ask: cell for ask, cell in self.first.items() if ask in ORDER_ASKS}}

    def amounts(self, index: int) -> dict[str, Decimal]:
        """Return the amounts of a row by what was asked."""
        read = {}
        for ask, cell in self.rows[index].cells.items():
            if ask not in _AMOUNTS:
                continue
            amount = _number(cell)
            if amount is None or (amount < 0 and ask not in ("fees", "fee_taxes")):
                self.faults.append(Fault(("order", "lines", index, ask), 'must be an amount such as "79.90"'))
            else:
                read[ask] = amount
        return read

    def whole(self, index: int, ask: str) -> int:
        """Return how many units a row tells of; what came back may be written with a minus before it."""
        cell = self.rows[index].cells.get(ask)
        if cell is None and ask == "removed":
            return 0
        many = _number(cell or "")
        if many is None or many != int(many) or (many < 0 and ask != "removed"):
            self.faults.append(Fault(("order", "lines", index, ask), "must be a whole number such as 2"))
            return 0
        return abs(int(many))


def _number(cell: str) -> Decimal | None:
    with suppress(InvalidOperation):
        number = Decimal(cell)
        if number.is_finite() and abs(number) < Decimal(10) ** 12 and -6 <= int(number.as_tuple().exponent) <= 0:
            return number
    return None


def _worths(cells: _Cells, amounts: list[dict[str, Decimal]], sold: list[int], decimals: int) -> list[Decimal]:
    def told(shape: Any, index: int) -> dict[str, Decimal]:
        return {field.name: amounts[index][field.name] for field in fields(shape) if field.name in amounts[index]}

    lines = [
        LineMoney(quantity=many, taxable=cells.rows[index].cells.get("taxable", "").lower() != "false", **told(LineMoney, index))
        for index, many in enumerate(sold)
    ]
    if missing := [index for index, line in enumerate(lines) if line.price is None and line.amount is None]:
        raise RecordError([Fault(("order", "lines", index, "unit_price"), "is missing: export it again") for index in missing])
    return paid(OrderMoney(**told(OrderMoney, 0)), lines, decimals)


def _order(cells: _Cells, moments: Mapping[str, datetime | None], reading: Reading, terms: Terms) -> Record:
    first, platform = cells.first, reading.platform
    in_store = _any(platform.in_store, first)
    marks = [mark for index in range(len(cells.rows)) for mark in platform.marks if holds(mark.when, cells.row(index))]
    tags = [*split_cell(first.get("tags", "")), *(tag for mark in marks for tag in mark.order_tags)]
    record: Record = {
        "number": first["number"],
        "channel": "store" if in_store else "online",
        "currency": first.get("currency", terms.currency),
        "country": first.get("country", terms.country).upper(),
        "tags": list(dict.fromkeys(tags)),
    }
    record |= {"email": first["email"]} if "email" in first else {}
    if placed_at := moments["placed_at"]:
        record["placed_at"] = placed_at.isoformat()
    sent_at = moments["fulfilled_at"]
    if sent_at and reading.delivered_after is not None and not in_store and _any(platform.fulfilled, first):
        record["delivered_at"] = (sent_at + reading.delivered_after).isoformat()
    # An address that is not one keeps its order from nothing but a prepaid label.
    address = address_of(first)
    with suppress(ValidationError):
        record["ship_to"] = Address.model_validate(address).model_dump(exclude_defaults=True)
    return record


def _line(
    row: Mapping[str, str], index: int, quantity: int, price: str, amounts: Mapping[str, Decimal], platform: Platform
) -> Record:
    name = " ".join(row.get("name", "").split())
    marks = [mark for mark in platform.marks if holds(mark.when, row)]
    categories = [*split_cell(row.get("categories", "")), *(word for mark in marks for word in mark.categories)]
    tags = [word for mark in marks for word in mark.tags]
    if platform.reduced and amounts.get("was_price", Decimal(0)) > amounts.get("price", Decimal(0)):
        tags.append(platform.reduced)
    line: Record = {
        # Where a platform names its lines by nothing else, their order stays the same: rows that are left out count, too.
        "id": row.get("line_id", str(index + 1)),
        "sku": row.get("sku", name[:_LONGEST_SKU]),
        "name": name,
        "quantity": quantity,
        "unit_price": price,
        "categories": list(dict.fromkeys(categories)),
        "tags": list(dict.fromkeys(tags)),
    }
    return line | ({"product": row["product"]} if "product" in row else {})


def _called_off(first: Mapping[str, str], reading: Reading) -> bool:
    refunded = not reading.keep_refunded and _any(reading.platform.refunded, first)
    return refunded or _any(reading.platform.not_sold, first)


def _any(conditions: Iterable[Condition], cells: Mapping[str, str]) -> bool:
    return any(holds(condition, cells) for condition in conditions)


def _moment(cells: _Cells, ask: str, platform: Platform, terms: Terms) -> datetime | None:
    cell = cells.first.get(ask)
    if cell is None:
        return None
    for form in platform.moments:
        with suppress(ValueError):
            at = datetime.strptime(cell, form)  # noqa: DTZ007 - what has no offset is on the shop's clock
            if at.year in _YEARS:
                return at if at.tzinfo else at.replace(tzinfo=terms.zone)
    words = f"is no time as {platform.name} writes it: do not open and save the export with a spreadsheet program"
    cells.faults.append(Fault(("order", ask), words))
    return None


def needed_besides(reading: Reading) -> dict[str, str]:
    """Return what an export must tell besides for this reading, and for what."""
    if reading.delivered_after is None:
        return {}
    return {"fulfilled_at": "from which --delivered-after-days counts"}
