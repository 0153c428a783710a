"""What a shop tells its customers to do with a parcel: by who pays for it, or in a store, and by where it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from chalicelib.domain.countries import KnownCountry
from chalicelib.domain.sections import Section

if TYPE_CHECKING:
    from chalicelib.domain.returns import Return

Way = Literal["customer", "prepaid", "store"]
"""How goods come back: by mail at the customer's expense, by mail with a label that the shop pays, or into a store."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}?")


def _fillable(texts: dict[str, str]) -> dict[str, str]:
    """Return words in which nothing but the RMA number is to be filled in; ValueError otherwise."""
    for text in texts.values():
        for found in _PLACEHOLDER.finditer(text):
            if found[0] != "{rma}":
                raise ValueError(f"{found[0]} stands for nothing; write {{rma}} for the RMA number, and no other braces")
    return texts


Told = Annotated[dict[str, str], AfterValidator(_fillable)]
"""What is said of one step, by language; `{rma}` in it is the return's number. Empty: the portal's own words are said."""


class ByCustomer(Section):
    """The customer pays for the parcel: how to pack it, what to write on it, how to send it, what to do afterwards."""

    pack: Told = Field(default_factory=dict)
    mark: Told = Field(default_factory=dict)
    send: Told = Field(default_factory=dict)
    track: Told = Field(default_factory=dict)


class Prepaid(Section):
    """The shop pays for the parcel: how to pack it, how it is labelled, where to hand it in."""

    pack: Told = Field(default_factory=dict)
    label: Told = Field(default_factory=dict)
    hand_in: Told = Field(default_factory=dict)


class InStore(Section):
    """The goods go to a store: what to bring, and what to do there."""

    bring: Told = Field(default_factory=dict)
    show: Told = Field(default_factory=dict)


class Ways(Section):
    """What is told for each way in which goods come back."""

    customer: ByCustomer = Field(default_factory=ByCustomer)
    prepaid: Prepaid = Field(default_factory=Prepaid)
    store: InStore = Field(default_factory=InStore)


class Instructions(Ways):
    """What a shop tells everybody, and under `countries` what it tells otherwise where goods come from there."""

    countries: dict[KnownCountry, Ways] = Field(default_factory=dict)

    def told(self, way: Way, country: str) -> Mapping[str, Mapping[str, str]]:
        """Return the words of every step there is by its name; empty ones where the shop leaves them to us."""
        words: dict[str, Mapping[str, str]] = {
            step: {} for table in (ByCustomer, Prepaid, InStore) for step in table.model_fields
        }
        for said in filter(None, (self, self.countries.get(country))):
            words |= {step: texts for step, texts in getattr(said, way) if texts}
        return words


def ways(made: Return) -> tuple[Way, ...]:
    """Return how what may be sent comes back: two ways where the shop pays for one part of it and the customer for another."""
    if made.method == "store":
        return ("store",)
    shipping = {line.decision.shipping for line in made.standing("authorised")}
    prepaid: tuple[Way, ...] = ("prepaid",) if "merchant" in shipping else ()
    return ("customer", *prepaid) if shipping != {"merchant"} else prepaid
