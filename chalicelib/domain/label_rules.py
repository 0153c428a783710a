"""Which label a shop buys for a parcel: the first of its rules that fits, and of what the carriers offer, what the rule takes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from chalicelib.domain.countries import KnownCountry
from chalicelib.domain.orders import Address, Amount, Shape
from chalicelib.domain.sections import Section

if TYPE_CHECKING:
    from chalicelib.domain.labels import Rate


class Box(Shape):
    """What a parcel measures: centimetres, and grams."""

    length: Annotated[int, Field(ge=1, le=300)]
    width: Annotated[int, Field(ge=1, le=300)]
    height: Annotated[int, Field(ge=1, le=300)]
    grams: Annotated[int, Field(ge=1, le=100_000)]


class LabelRule(Section):
    """What to buy for which parcels. A rule without `countries` is for the shop's own; customs papers are not made.

    `up_to_value` is in the shop's currency, and fits orders in that currency only. Of the carrier's `services` (all, if none is
    named) it takes the `cheapest`, or the `first` in the order of their names here that is offered; none that costs more than
    `most`, in the carrier's currency.
    """

    countries: tuple[KnownCountry, ...] = ()
    up_to_grams: Annotated[int, Field(ge=1)] | None = None
    up_to_value: Amount | None = None
    carrier: Annotated[str, Field(min_length=1)]
    services: tuple[str, ...] = ()
    take: Literal["cheapest", "first"] = "cheapest"
    most: Amount | None = None
    box: Box | None = None

    @model_validator(mode="after")
    def _first_of_some(self) -> Self:
        if self.take == "first" and not self.services:
            raise ValueError('`take = "first"` takes the first of the services that the rule names: name them in `services`')
        return self

    def fits(self, home: str, country: str, grams: int, value: Decimal | None) -> bool:
        """Say whether a parcel from this country is the rule's; `value` is None where it is in another currency."""
        return (
            country in (self.countries or (home,))
            and (self.up_to_grams is None or grams <= self.up_to_grams)
            and (self.up_to_value is None or (value is not None and value <= self.up_to_value))
        )

    def choice(self, rates: Iterable[Rate]) -> Rate | None:
        """Return the rate that the rule takes, None if it takes none of these."""
        open_to_it = [
            rate
            for rate in rates
            if rate.carrier.casefold() == self.carrier.casefold()
            and (not self.services or rate.service in self.services)
            and (self.most is None or rate.cost <= self.most)
        ]
        if self.take == "first":
            return min(open_to_it, key=lambda rate: (self.services.index(rate.service), rate.cost, rate.id), default=None)
        return min(open_to_it, key=lambda rate: (rate.cost, rate.id), default=None)


class Labels(Section):
    """How the shop gets prepaid labels. Without a provider nothing is bought: its people send the label themselves.

    `address` is the return address in the parts that carriers ask for. A parcel weighs `box.grams` and, for every unit in it,
    `item_grams`.
    """

    provider: Literal["easypost"] | None = None
    address: Address | None = None
    box: Box = Field(default_factory=lambda: Box(length=30, width=25, height=10, grams=200))
    item_grams: Annotated[int, Field(ge=1, le=50_000)] = 500
    rules: tuple[LabelRule, ...] = ()

    @model_validator(mode="after")
    def _a_provider_needs_to_know_what_to_buy(self) -> Self:
        if self.provider and self.address is None:
            raise ValueError("a provider needs `[labels.address]`, where parcels come back to, in parts")
        if self.provider and not self.rules:
            raise ValueError("a provider needs one `[[labels.rules]]` at least, with a `carrier`")
        return self

    def packed(self, units: int, rule: LabelRule | None = None) -> Box:
        """Return the box that so many units come back in, with what it weighs then."""
        box = rule.box if rule and rule.box else self.box
        return box.model_copy(update={"grams": box.grams + units * self.item_grams})

    def rule_for(self, home: str, country: str, units: int, value: Decimal | None) -> LabelRule | None:
        """Return the first rule that fits a parcel of so many units from this country, None if none does."""
        for rule in self.rules:
            if rule.fits(home, country, self.packed(units, rule).grams, value):
                return rule
        return None
