"""What the shop found when goods came back, and what it gave for them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from chalicelib.domain.orders import Shape
from chalicelib.domain.verdicts import OutcomeKind

Condition = Literal["as_new", "opened", "used", "damaged", "incomplete", "wrong_item"]
InspectionVerdict = Literal["accepted", "reduced", "refused"]


class Inspection(Shape):
    """What a person found at one line: its condition, the verdict, and what its units are worth now.

    `value` is in the order's currency, after `reduction`; 0 where the line is refused. `reason` is told to the customer and
    stands wherever something is reduced or refused.
    """

    condition: Condition
    verdict: InspectionVerdict
    value: Annotated[Decimal, Field(ge=0)]
    reduction: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    reason: str = ""
    at: AwareDatetime
    by: str


class Settlement(Shape):
    """What the shop gave for lines of one outcome: an exchange sent, a credit or gift card issued, a refund made.

    `amount` is in the order's currency, after `charged`, which is taken once for the whole return under the clauses in
    `charges`. `reference` is the new order's number, the code, or the refund's reference; a code ends at `expires_at`.
    """

    kind: OutcomeKind
    lines: tuple[str, ...]
    amount: Annotated[Decimal, Field(ge=0)]
    charged: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    charges: tuple[str, ...] = ()
    reference: str
    expires_at: AwareDatetime | None = None
    at: AwareDatetime
    by: str
