"""What `platforms.toml` says of each platform's order export: which column tells what, and how its words are to be read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

OrderAsk = Literal[
    "number", "email", "placed_at", "fulfilled_at", "fulfilment", "payment", "status", "cancelled_at", "source", "currency",
    "country", "tags", "subtotal", "shipping", "taxes", "total", "discount", "fees", "fee_taxes",
]  # fmt: skip
LineAsk = Literal[
    "line_id", "sku", "product", "name", "quantity", "removed", "price", "was_price", "line_discount", "amount", "amount_tax",
    "line_status", "ships", "taxable", "categories",
]  # fmt: skip
Ask = OrderAsk | LineAsk
AddressAsk = Literal["name", "company", "street", "street2", "city", "region", "postcode", "country", "phone"]
ORDER_ASKS: frozenset[str] = frozenset(get_args(OrderAsk))

Columns = Annotated[tuple[str, ...], Field(min_length=1)]
Condition = Mapping[Ask, tuple[str, ...]]
"""What a row must say: for each thing asked one of these words, in any case; `*` for whatever is not empty."""

ANYTHING = "*"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mark(_Section):
    """What is noted of an order or a line where a condition holds."""

    when: Condition
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    order_tags: tuple[str, ...] = ()


class Platform(_Section):
    """How one platform's order export is to be read; the file says what each key means."""

    name: str
    export: str
    columns: dict[Ask, Columns]
    ship_to: dict[AddressAsk, Columns] = {}
    needed: tuple[Ask, ...]
    moments: Columns
    not_sold: tuple[Condition, ...] = ()
    refunded: tuple[Condition, ...] = ()
    fulfilled: tuple[Condition, ...] = ()
    in_store: tuple[Condition, ...] = ()
    gone: tuple[Condition, ...] = ()
    reduced: str | None = None
    marks: tuple[Mark, ...] = ()

    def all_columns(self, ask: str) -> tuple[str, ...]:
        """Return the columns that tell this, the one that counts first; what was asked itself if the platform knows none."""
        return next((columns for name, columns in self.columns.items() if name == ask), (ask,))


def holds(condition: Condition, cells: Mapping[str, str]) -> bool:
    """Say whether a row says all that a condition asks."""
    return all(_fits(cells.get(ask, ""), words) for ask, words in condition.items())


@cache
def load_platforms() -> Mapping[str, Platform]:
    """Return the platforms that we can read, by the name that `--from` takes."""
    text = Path(__file__).with_name("platforms.toml").read_text("utf-8")
    return {name: Platform.model_validate(table) for name, table in tomllib.loads(text).items()}


def _fits(cell: str, words: tuple[str, ...]) -> bool:
    return cell.lower() in words or bool(cell and ANYTHING in words)
