"""What a shop knows of an order, and what a customer asks to send back of it."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from chalicelib.domain.identifiers import fold_email, gift_code_fault
from chalicelib.domain.money import known_currency, parse_amount

Channel = Literal["online", "store"]
Method = Literal["mail", "store"]
Proof = Literal["receipt", "gift_receipt", "none"]
Reason = Literal[
    "size", "colour", "changed_mind", "arrived_late", "other", "damaged", "defective", "wrong_item", "not_as_described"
]
"""Why a line comes back, in the order in which customers are asked."""
SHOP_FAULT: frozenset[Reason] = frozenset({"damaged", "defective", "wrong_item", "not_as_described"})

Amount = Annotated[Decimal, BeforeValidator(parse_amount)]
Currency = Annotated[str, AfterValidator(known_currency)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Quantity = Annotated[int, Field(ge=1, le=1_000_000_000)]
Name = Annotated[str, Field(min_length=1, max_length=500)]
Word = Annotated[str, Field(min_length=1, max_length=100)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
_MOMENT = re.compile(r"(19|2\d)\d\d-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_ATOM = r"[^@\s\x00-\x1f\x7f<>()\[\]\\,;:\"]+"
EmailAddress = Annotated[str, AfterValidator(fold_email), Field(pattern=rf"^{_ATOM}@{_ATOM}\.{_ATOM}$", max_length=254)]


def _rfc_3339(moment: object) -> object:
    # pydantic would also take "1772370000" and other spellings, and years so early or late that they have no moment in UTC.
    if not isinstance(moment, datetime) and not (isinstance(moment, str) and _MOMENT.fullmatch(moment)):
        raise ValueError('a moment is RFC 3339 with an offset, such as "2026-03-01T09:00:00-05:00"')
    return moment


# Not strict: what the validator hands on is a string to Pydantic, wherever it came from.
Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_rfc_3339)]


def _gift_code(code: str) -> str:
    if fault := gift_code_fault(code):
        raise ValueError(fault)
    return code


GiftCode = Annotated[str, AfterValidator(_gift_code)]


class Shape(BaseModel):
    """A value of the contract: immutable, strict, and with no field that the contract does not know."""

    model_config = ConfigDict(defer_build=True, frozen=True, strict=True, extra="forbid")


class Line(Shape):
    """One line of an order: `quantity` units of one SKU at `unit_price` in the order's currency."""

    id: Word
    sku: Word
    product: Word | None = None
    name: Name
    quantity: Quantity
    unit_price: Amount
    lowest_price_14d: Amount | None = None
    categories: tuple[Word, ...] = ()
    tags: tuple[Word, ...] = ()


class Order(Shape):
    """An order as the shop recorded it; times carry an offset, `delivered_at` is None until delivery is confirmed."""

    merchant: Word
    number: Word
    channel: Channel
    placed_at: Moment
    delivered_at: Moment | None = None
    country: Country
    currency: Currency
    tags: tuple[Word, ...] = ()
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _line_ids_differ(self) -> Self:
        seen = set()
        for line in self.lines:
            if line.id in seen:
                raise ValueError(f"two lines have the id {line.id!r}")
            seen.add(line.id)
        return self

    def line(self, line_id: str) -> Line:
        """Return the line with this id; KeyError if the order has none."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise KeyError(line_id)

    @property
    def handed_over_at(self) -> datetime | None:
        """When the goods reached the customer: delivery, or for a store purchase without one the purchase itself (R8)."""
        if self.delivered_at is None and self.channel == "store":
            return self.placed_at
        return self.delivered_at


class Address(Shape):
    """Where somebody lives or works, in the parts that carriers ask for; `region` is a state or province, where there are any."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    company: Annotated[str, Field(max_length=100)] = ""
    street: Annotated[str, Field(min_length=1, max_length=200)]
    street2: Annotated[str, Field(max_length=200)] = ""
    city: Annotated[str, Field(min_length=1, max_length=100)]
    region: Annotated[str, Field(max_length=100)] = ""
    postcode: Annotated[str, Field(max_length=20)] = ""
    country: Country
    phone: Annotated[str, Field(max_length=40)] = ""


class StoredOrder(Shape):
    """An order as it is kept: whose it is, and when the shop last changed it.

    `email` is folded (`fold_email`): compare it with a folded address, send mails to it as it is. `language` is the code
    of the language that the customer bought in, if the shop knows. `ship_to` is where it was sent: a prepaid label begins there.
    `gift_code` is the one on its gift receipt, as the shop writes it: whoever has it may return the gift.
    """

    order: Order
    email: EmailAddress
    language: Language | None = None
    ship_to: Address | None = None
    gift_code: GiftCode | None = None
    updated_at: Moment


class Variant(Shape):
    """One variant of a product in a shop's catalogue: what tells it from the others, its price, how many are in stock."""

    merchant: Word
    product: Word
    sku: Word
    name: Name
    options: dict[Word, Word] = {}
    price: Amount
    currency: Currency
    stock: Annotated[int, Field(ge=0, le=1_000_000_000)]

    @property
    def label(self) -> str:
        """What a person calls it: its name and what tells it from the others, `Linen dress · M`."""
        return " · ".join([self.name, *self.options.values()])


class Replacement(Shape):
    """What the customer wants instead, as the catalogue knows it: price per unit, and whether it is there."""

    price: Amount
    in_stock: bool


class RequestLine(Shape):
    """How much of one order line comes back, and why.

    `attested` is None while the conditions have not been asked; otherwise the names of those that the customer confirmed.
    """

    id: Word
    quantity: Quantity
    reason: Reason
    attested: tuple[Word, ...] | None = None
    replacement: Replacement | None = None

    @property
    def shop_fault(self) -> bool:
        """Whether the reason is the shop's fault (R7)."""
        return self.reason in SHOP_FAULT


class Request(Shape):
    """What a customer asks to send back of one order, in one go."""

    method: Method
    country: Country
    proof: Proof = "receipt"
    lines: Annotated[tuple[RequestLine, ...], Field(min_length=1)]
