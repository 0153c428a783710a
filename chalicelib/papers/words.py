"""What stands on a return slip, in the customer's words: read from its template, shown on paper and on a page alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from chalicelib.domain.instructions import Way, ways
from chalicelib.domain.merchant import Merchant, Postal, Store
from chalicelib.domain.orders import Address, Shape
from chalicelib.domain.returns import Return, ReturnLine
from chalicelib.papers.codes import receiving_address
from chalicelib.rendering import render
from chalicelib.wording import Wording


class Fact(Shape):
    """One thing to know, such as the deadline; `code` says that it is to be copied letter by letter."""

    label: str
    value: str
    code: bool = False


class Goods(Shape):
    """One line of what comes back."""

    name: str
    sku: str
    quantity: str
    reason: str


class SlipWords(Shape):
    """Everything that a slip says but the return's number and addresses, sentence by sentence."""

    shop: str
    title: str
    hint: str
    rma_label: str
    facts: tuple[Fact, ...]
    goods_title: str
    item: str
    quantity: str
    reason: str
    goods: tuple[Goods, ...]
    steps_title: str
    steps: tuple[str, ...]
    to_title: str
    hours: str
    cut: str
    to: str
    sender: str
    questions: str
    gap: str


@dataclass(frozen=True)
class Slip:
    """The return slip of a return that has a number and something to send; `sender` is the customer's address, if known."""

    made: Return
    wording: Wording
    number: str
    sender: Address | None
    portal_url: str

    @property
    def rma(self) -> str:
        """The return's number."""
        assert self.made.rma is not None, "a return without a number has no slip"
        return self.made.rma

    @property
    def merchant(self) -> Merchant:
        """The shop, called as in the slip's language."""
        assert self.wording.merchant is not None, "a slip is a shop's"
        return self.wording.merchant

    @property
    def lines(self) -> tuple[ReturnLine, ...]:
        """What is to be sent."""
        return self.made.standing("authorised")

    @property
    def ways(self) -> tuple[Way, ...]:
        """How it is to be sent."""
        return ways(self.made)

    @property
    def store(self) -> Store | None:
        """The store that the goods go to, if they go to one."""
        return next((store for store in self.merchant.stores if store.id == self.made.store), None)

    @property
    def to(self) -> Postal:
        """Where the goods go to."""
        return self.store.address if self.store else self.merchant.return_address

    @property
    def cut_off(self) -> bool:
        """Whether the slip has an address label to cut off: where the customer pays, no carrier's label replaces it."""
        return "customer" in self.ways

    @property
    def receiving(self) -> str:
        """What the slip's QR code holds."""
        return receiving_address(self.portal_url, self.made.merchant, self.rma)

    @cached_property
    def words(self) -> SlipWords:
        """What the slip says."""
        said = render(
            "papers/slip.txt",
            self.wording,
            made=self.made,
            number=self.number,
            lines=self.lines,
            ways=self.ways,
            store=self.store,
        )
        return SlipWords.model_validate_json(said)


def has_slip(made: Return) -> bool:
    """Say whether a return has a slip: it has a number, and something is still to be sent."""
    return made.rma is not None and bool(made.standing("authorised"))


def from_lines(address: Address, home: str, wording: Wording) -> tuple[str, ...]:
    """Return the lines of a customer's address as they stand on a parcel; the country where it is not the shop's, `home`."""
    town = " ".join(filter(None, (address.city, address.region, address.postcode)))
    country = wording.countries().get(address.country, address.country) if address.country != home else ""
    return tuple(filter(None, (address.name, address.company, address.street, address.street2, town, country)))
