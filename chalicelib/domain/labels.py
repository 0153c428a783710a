"""What a prepaid label is, how far getting one has come, and what a carrier has to know to make one."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from chalicelib.domain.claims import Claim
from chalicelib.domain.errors import VueltaError
from chalicelib.domain.label_rules import Box
from chalicelib.domain.orders import Address, Amount, Currency, Shape

Charged = Literal["at_purchase", "on_use"]
"""When the carrier takes the money: as the label is made, or once a parcel that bears it is seen."""
NoLabel = Literal["no_provider", "no_key", "no_address", "no_rule", "no_rate", "refused", "unclear", "no_answer", "not_needed"]
"""Why no label was bought: the shop buys none, the provider's key is missing, the order has no address, no rule of the shop
fits, no rate that the rule asks for was offered, the provider said no, nobody knows whether it sold one, it did not answer for
too long, nothing is to be sent any more."""


class Label(Shape):
    """A label that the customer may print. `key` is its file; `by` is who gave it, a person of the shop's or `easypost`.

    `provider_id` is the shipment's, by which it can be voided; `cost` is None where the shop made the label elsewhere;
    `void_refused` is what the provider said when it was asked to take the label back.
    """

    source: Literal["shop", "easypost"]
    key: str
    carrier: str = ""
    service: str = ""
    tracking: str = ""
    cost: Amount | None = None
    currency: Currency | None = None
    charged: Charged | None = None
    provider_id: str | None = None
    by: str
    made_at: AwareDatetime
    voided_at: AwareDatetime | None = None
    void_refused: str | None = None

    @property
    def voidable(self) -> bool:
        """Whether it was bought, and its provider was not asked yet to take it back."""
        return self.provider_id is not None and self.voided_at is None and self.void_refused is None


class LabelOrder(Shape):
    """How far buying a label has come. It is written before each call that costs money, so that nothing is bought twice.

    `shipment` and `rate` are the provider's ids of what is about to be bought, or was; `missing` says why the shop has to send
    a label itself, `detail` what the provider said to that, for the shop's eyes; `claim` is the last try, or the try to void.
    """

    shipment: str | None = None
    rate: str | None = None
    claim: Claim | None = None
    missing: NoLabel | None = None
    detail: str = ""


class LabelWish(Shape):
    """What a label is wanted for: a parcel that goes from the customer to the shop, whatever a provider calls these ends.

    `name` is the RMA number; it stands on the label where the carrier prints a reference, and in the provider's records.
    """

    name: str
    customer: Address
    shop: Address
    box: Box


class Rate(Shape):
    """One way to send a parcel, with its price. `id` is the provider's."""

    id: str
    carrier: str
    service: str
    cost: Amount
    currency: Currency


class Quote(Shape):
    """What a provider offers for a parcel: nothing of it is bought yet, and asking is free. `problems` are carriers' words."""

    shipment: str
    rates: tuple[Rate, ...]
    problems: tuple[str, ...] = ()


class BoughtLabel(Shape):
    """A label as its provider hands it over: the file itself, and what was paid for it, or will be once it is used."""

    shipment: str
    body: bytes
    content_type: str
    carrier: str
    service: str
    tracking: str
    cost: Amount
    currency: Currency
    charged: Charged


class LabelRefused(VueltaError):
    """A provider will not make this label, however often it is asked; `detail` is what it said, for the shop's eyes."""

    def __init__(self, why: NoLabel, detail: str) -> None:
        super().__init__(f"no label ({why}): {detail}")
        self.why = why
        self.detail = detail
