"""What a customer has chosen so far on the way to a return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field

from chalicelib.domain.orders import Country, Method, Order, Proof, Reason, Replacement, Request, RequestLine, Shape
from chalicelib.domain.verdicts import OutcomeKind


class DraftLine(Shape):
    """One line that is to come back, as far as the customer has said.

    `answers` holds yes or no by condition; `wish_sku` is a variant of the catalogue, `wish_words` what it does not know.
    `no_photos` says that the customer cannot take those that are asked for.
    """

    id: str
    quantity: Annotated[int, Field(ge=1)]
    reason: Reason | None = None
    answers: Mapping[str, bool] = {}
    wish_sku: str | None = None
    wish_words: str = ""
    remark: str = ""
    outcome: OutcomeKind | None = None
    no_photos: bool = False

    def described_as(self, described: DraftLine) -> DraftLine:
        """Return the line with reason, answers, wish and remark of another, and what was chosen of it on other pages."""
        return described.model_copy(update={"quantity": self.quantity, "outcome": self.outcome, "no_photos": self.no_photos})


class Draft(Shape):
    """A return in the making. `shown` is the decision as the customer last saw it (`comparisons.remembered`).

    One order has one draft at a time; its `id` becomes part of the return that is made from it, so that a replay is known.
    """

    id: str
    version: int = 0
    lines: tuple[DraftLine, ...] = ()
    proof: Proof = "receipt"
    country: Country | None = None
    method: Method | None = None
    store: str | None = None
    shown: Mapping[str, Any] | None = None

    def line(self, line_id: str) -> DraftLine | None:
        """Return what was chosen for this line, None if it stays with the customer."""
        return next((line for line in self.lines if line.id == line_id), None)

    def changed(self, **changes: Any) -> Draft:
        """Return a copy with these fields replaced."""
        return self.model_copy(update=changes)

    def request(
        self, order: Order, replacements: Mapping[str, Replacement], conditions: Iterable[str], method: Method
    ) -> Request | None:
        """Return what is asked so far as a request, None while no line is chosen.

        `replacements` holds by line id what the catalogue knows of the wished variant, `conditions` names all that the policy
        has: those that were not answered yet are assumed to hold. A line without a reason yet counts as a change of mind.
        """
        if not self.lines:
            return None
        return Request(
            method=method,
            country=self.country or order.country,
            proof=self.proof,
            lines=tuple(
                RequestLine(
                    id=line.id,
                    quantity=line.quantity,
                    reason=line.reason or "changed_mind",
                    attested=tuple(name for name in conditions if line.answers.get(name, True)),
                    replacement=replacements.get(line.id),
                )
                for line in self.lines
            ),
        )
