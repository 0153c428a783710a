"""One customer with one order at one moment: what is left of it, and what the policy would say."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from chalicelib.domain.comparisons import Shown
from chalicelib.domain.decisions import decide
from chalicelib.domain.drafts import Draft, DraftLine
from chalicelib.domain.errors import NothingChosen
from chalicelib.domain.lifecycle import born
from chalicelib.domain.merchant import Merchant
from chalicelib.domain.orders import Line, Method, Order, Reason, Replacement, Request, StoredOrder, Variant
from chalicelib.domain.policy import Policy
from chalicelib.domain.returns import Return, ReturnLine
from chalicelib.domain.verdicts import Decision, LineDecision
from chalicelib.domain.visits import Session
from chalicelib.domain.windows import Window
from chalicelib.offers import OWN_REASONS, LineOffer, offered
from chalicelib.shops import Shop

GIFT = "gift"
"""The tag of those lines of an order that are gifts, where not all of it is one."""


@dataclass(frozen=True)
class Visit:
    """One customer with one order at one moment: everything that a page needs."""

    shop: Shop
    session: Session
    stored: StoredOrder
    returns: tuple[Return, ...]
    draft: Draft
    at: datetime

    @property
    def order(self) -> Order:
        """The order that the session is about."""
        return self.stored.order

    @cached_property
    def policy(self) -> Policy:
        """The policy that held when the order was placed."""
        return self.shop.policy_for(self.order.placed_at)

    @property
    def number(self) -> str:
        """What the customer calls the order: its number, or the code on the gift receipt."""
        return self.order.number if not self.session.as_gift else self.stored.gift_code or ""

    @property
    def own(self) -> tuple[Return, ...]:
        """The returns that are this customer's: the giver sees none of the recipient's, nor the other way round."""
        mine = (made for made in self.returns if made.as_gift == self.session.as_gift)
        return tuple(made for made in mine if not made.as_gift or made.email == self.session.email)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that this customer may know of: where some are marked as gifts, the recipient sees no others."""
        gifts = tuple(line for line in self.order.lines if GIFT in line.tags)
        return gifts if self.session.as_gift and gifts else self.order.lines

    def name_of(self, line_id: str) -> str:
        """Return a line's name; its id where a newer import took it from the order."""
        return next((line.name for line in self.order.lines if line.id == line_id), line_id)

    def available(self, line_id: str) -> int:
        """Return how many units of a line no return holds."""
        held = sum(made.reserved(line_id) for made in self.returns)
        return max(0, self.order.line(line_id).quantity - held)

    def held(self, line_id: str) -> int:
        """Return how many units of a line this customer's own returns hold: others' are nobody's business."""
        return sum(made.reserved(line_id) for made in self.own)

    def decided(self, draft: Draft, replacements: Mapping[str, Replacement], method: Method) -> Decision | None:
        """Decide a draft over what is left of the order, None if that is nothing.

        A line with more units than are left is asked for with those; `replacements` holds what the catalogue knows.
        """
        kept = tuple(
            line if line.quantity <= left else line.model_copy(update={"quantity": left})
            for line in draft.lines
            if (left := self.available(line.id))
        )
        request = draft.changed(lines=kept).request(self.order, replacements, self.policy.conditions, method)
        return self._held_back(draft, self._decision(request)) if request else None

    def photos_asked(self, decisions: Iterable[Decision]) -> dict[str, int]:
        """Return by line id how many photos the customer is asked for, whichever way it goes; those who cannot are not."""
        asked: dict[str, int] = {}
        for line in (line for decision in decisions for line in decision.lines):
            drafted = self.draft.line(line.id)
            if line.photos and drafted and not drafted.no_photos:
                asked[line.id] = max(line.photos, asked.get(line.id, 0))
        return asked

    def unanswered(self, decision: Decision) -> tuple[str, ...]:
        """Return the ids of the lines with a condition that counts now and was not asked before."""
        return tuple(
            line.id
            for line in decision.lines
            if line.verdict != "refused" and (drafted := self.draft.line(line.id)) and set(line.required) - set(drafted.answers)
        )

    def offers(self, only: Container[str] | None = None) -> tuple[LineOffer, ...]:
        """Say for every line of the order, or `only` those, what would be decided if all that is left of it were asked back."""
        left = self._left(only)
        decided = {reason: self._asked_back(left, reason) for reason in set(self.policy.alike.values())}
        brought = {line_id: {reason: lines[line_id] for reason, lines in decided.items()} for line_id in left}
        return tuple(
            offered(line, left.get(line.id, 0), self.policy, brought.get(line.id, {}))
            for line in self.lines
            if only is None or line.id in only
        )

    def own_ways(self, only: Container[str]) -> dict[str, tuple[LineDecision, ...]]:
        """Return by line the decisions on what is left for own reasons and all ways of sending, each once, refusals left out."""
        left, alike = self._left(only), self.policy.alike
        decided = [
            self._asked_back(left, reason, method)
            for reason in dict.fromkeys(alike[reason] for reason in OWN_REASONS)
            for method in self.shop.merchant.methods
        ]
        return {line_id: tuple(one[line_id] for one in decided if one[line_id].verdict != "refused") for line_id in left}

    def check_finished(self, decision: Decision, seen: Shown, photos: Mapping[str, tuple[str, ...]] | None) -> None:
        """Raise NothingChosen with the first step at which something is missing; `seen` is what the check page shows.

        `photos` holds by line id the keys of those there are; None where nobody could add any.
        """
        if self.unanswered(decision):
            raise NothingChosen("details")
        if photos is not None and any(len(photos.get(each, ())) < asked for each, asked in self.photos_asked([decision]).items()):
            raise NothingChosen("photos")
        lines = seen["lines"].values()
        if any(line["outcome"] is None for line in lines if line["verdict"] != "refused"):
            raise NothingChosen("outcomes")
        if all(line["verdict"] == "refused" for line in lines):
            raise NothingChosen("items")

    def new_return(
        self,
        decision: Decision,
        wishes: Mapping[str, Variant],
        photos: Mapping[str, tuple[str, ...]],
        reserved_rma: str,
        language: str,
        at: datetime,
    ) -> Return:
        """Return what the checked draft becomes: every line that is not refused, in the next free slot.

        `wishes` holds by line id the wished variants that the catalogue knows, `photos` the keys of what shows the goods.
        """
        draft, order = self.draft, self.order
        assert draft.method is not None, "a checked draft has a method"
        lines = tuple(
            _new_line(order.line(line.id), chosen, line, wishes.get(line.id), photos.get(line.id, ()))
            for line in decision.lines
            if line.verdict != "refused" and (chosen := draft.line(line.id))
        )
        waits = any(line.status == "under_review" for line in lines)
        return born(
            Return(
                merchant=order.merchant,
                order_number=order.number,
                slot=max((made.slot for made in self.returns), default=0) + 1,
                draft_id=draft.id,
                reserved_rma=reserved_rma,
                policy_id=decision.policy,
                policy_sha256=self.policy.sha256,
                email=self.session.email,
                language=language,
                method=draft.method,
                store=draft.store,
                country=draft.country or order.country,
                proof=draft.proof,
                currency=order.currency,
                placed_at=order.placed_at,
                opened_by=self.session.opened_by,
                as_gift=self.session.as_gift,
                lines=lines,
                charges=decision.charges,
                created_at=at,
                answer_by=_answer_by(self.shop.merchant, at) if waits else None,
                remind_hours=self.shop.merchant.time.remind_hours,
                grace_days=self.shop.merchant.time.grace_days,
                timeline=(),
                outbox=(),
            )
        )

    def _held_back(self, draft: Draft, decision: Decision) -> Decision:
        """Leave to a person what the customer cannot show in the photos that are asked for, and refund no gift."""
        unseen = {line.id for line in draft.lines if line.no_photos}
        lines = tuple(line.for_a_person() if line.photos and line.id in unseen else line for line in decision.lines)
        if self.session.as_gift:
            # Money goes back to who paid, and the recipient of a gift did not.
            lines = tuple(line.without("refund") for line in lines)
        return replace(decision, lines=lines)

    def _left(self, only: Container[str] | None) -> dict[str, int]:
        """Return how many units no return holds of each line that has any, or of `only` those."""
        known = (line.id for line in self.lines if only is None or line.id in only)
        return {line_id: left for line_id in known if (left := self.available(line_id))}

    def _asked_back(self, units: Mapping[str, int], reason: Reason, method: Method | None = None) -> dict[str, LineDecision]:
        """Decide so many units of each line for one reason, all at once: no line's decision hangs on another's."""
        lines = tuple(DraftLine(id=line_id, quantity=quantity, reason=reason) for line_id, quantity in units.items())
        decision = self.decided(self.draft.changed(lines=lines), {}, method or self.draft.method or self.shop.merchant.methods[0])
        return {line.id: line for line in decision.lines} if decision else {}

    def _decision(self, request: Request) -> Decision:
        """Decide a request, once however often the page asks: order, policy and moment are the visit's."""
        if request not in self._decisions:
            self._decisions[request] = decide(self.order, request, self.policy, self.at)
        return self._decisions[request]

    @cached_property
    def _decisions(self) -> dict[Request, Decision]:
        return {}


def _answer_by(merchant: Merchant, at: datetime) -> datetime | None:
    """Return until when the shop answers what a person must decide."""
    window = Window.model_validate({"business_days": merchant.review.answer_business_days, "from": "request"})
    return window.end(at, merchant)


def _new_line(line: Line, chosen: DraftLine, decision: LineDecision, wish: Variant | None, photos: tuple[str, ...]) -> ReturnLine:
    assert chosen.reason is not None, "a checked line has a reason"
    assert chosen.outcome is not None, "a checked line has an outcome"
    outcome = next(each for each in decision.outcomes if each.kind == chosen.outcome)
    return ReturnLine(
        line=line,
        quantity=decision.quantity,
        reason=chosen.reason,
        remark=chosen.remark,
        wish=wish,
        wish_words=chosen.wish_words,
        photos=photos,
        decision=decision,
        outcome=chosen.outcome,
        status="authorised" if outcome.approval == "automatic" else "under_review",
        ship_by=decision.ship_by,
    )
