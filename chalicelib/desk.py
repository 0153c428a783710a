"""What a customer may do with an order that is theirs: choose, ask, follow and take back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.catalogue import Catalogue
from chalicelib.domain.comparisons import Difference, Shown, differences, fingerprint, remembered, shown
from chalicelib.domain.drafts import Draft, DraftLine
from chalicelib.domain.errors import Busy, LifecycleError, NothingChosen, StaleDraft, Unknown, VueltaError
from chalicelib.domain.lifecycle import cancelled, sent
from chalicelib.domain.orders import Country, Line, Method, Proof, Replacement, Variant
from chalicelib.domain.returns import Parcel, Return
from chalicelib.domain.rma import new_rma
from chalicelib.domain.verdicts import Decision, OutcomeKind
from chalicelib.domain.visits import Seen, Session, Standing
from chalicelib.ports import ATTEMPTS, Returns
from chalicelib.shops import Shop
from chalicelib.visit import Visit

MOST_RETURNS = 50
"""How many returns one order can have, cancelled ones too: more are no customer's, and every page reads them all."""


class ChangedMeanwhile(VueltaError):
    """What would be decided now is not what the customer saw; `differences` says what, `visit` has the draft kept."""

    def __init__(self, visit: Visit, found: tuple[Difference, ...]) -> None:
        super().__init__("the decision is not what was shown")
        self.visit = visit
        self.differences = found


@dataclass(frozen=True)
class Desk:
    """The customer's side. `secret` gives random URL-safe text, `random_bits` that many random bits."""

    shops: Mapping[str, Shop]
    returns: Returns
    catalogue: Catalogue
    clock: Callable[[], datetime]
    secret: Callable[[], str]
    random_bits: Callable[[int], int]

    def visit(self, session: Session, at_least: Seen | None = None, standing: Standing | None = None) -> Visit:
        """Read what a page needs; Unknown if the order is gone or another's.

        A draft that became a return is replaced; lines that a newer import took from the order are gone from it. With what the
        customer saw last (`at_least`), a page may show what stood a moment ago: it promises nothing, and is read for half as
        much. `standing` is what came with the session, read as consistently as is asked for here.
        """
        stored, made, kept = standing.as_seen_by(session) if standing else self._read(session, consistent=at_least is None)
        if at_least is not None and (stored is None or at_least.missing(made, kept)):
            stored, made, kept = self._read(session, consistent=True)
        if stored is None:
            raise Unknown("order")
        draft = kept or Draft(id=self.secret())
        if any(each.draft_id == draft.id for each in made):
            draft = Draft(id=self.secret(), version=draft.version)
        known = {line.id for line in stored.order.lines}
        proof: Proof = "gift_receipt" if session.as_gift else draft.proof
        draft = draft.changed(lines=tuple(line for line in draft.lines if line.id in known), proof=proof)
        return Visit(self.shops[session.merchant], session, stored, made, draft, self.clock())

    def decisions(self, visit: Visit) -> dict[Method, Decision]:
        """Decide the draft as it stands, once for each way of sending back; empty while nothing is chosen."""
        replacements = self._replacements(visit)
        return {
            method: decision
            for method in visit.shop.merchant.methods
            if (decision := visit.decided(visit.draft, replacements, method)) is not None
        }

    def variants(self, visit: Visit, line: Line, *, fresh: bool = False) -> tuple[Variant, ...]:
        """Return what the catalogue offers in place of a line, the same product, by SKU; not `fresh`, as of a minute ago."""
        return self.catalogue.variants(visit.order.merchant, line.product, fresh=fresh) if line.product else ()

    def choose_items(self, visit: Visit, quantities: Mapping[str, int], proof: Proof, country: Country | None) -> Visit:
        """Keep which lines come back, and how many units; what was said before of lines that stay chosen is kept."""

        def chosen(draft: Draft) -> Draft:
            lines = tuple(
                (draft.line(line.id) or DraftLine(id=line.id, quantity=quantities[line.id])).model_copy(
                    update={"quantity": quantities[line.id]}
                )
                for line in visit.order.lines
                if quantities.get(line.id)
            )
            return draft.changed(lines=lines, proof="gift_receipt" if visit.session.as_gift else proof, country=country)

        return self._redraft(visit, chosen)

    def describe(self, visit: Visit, draft_id: str, described: Sequence[DraftLine]) -> Visit:
        """Keep reason, answers, wish and remark of each line; the outcome chosen before is kept. StaleDraft as in `submit`."""
        by_id = {line.id: line for line in described}

        def told(draft: Draft) -> Draft:
            return draft.changed(lines=tuple(line.described_as(by_id.get(line.id, line)) for line in draft.lines))

        return self._redraft(visit, told, draft_id)

    def go_without_photos(self, visit: Visit, draft_id: str, line_id: str, *, without: bool) -> Visit:
        """Keep that the customer cannot take photos of a line, or can after all. StaleDraft as in `submit`."""

        def told(draft: Draft) -> Draft:
            lines = (line.model_copy(update={"no_photos": without}) if line.id == line_id else line for line in draft.lines)
            return draft.changed(lines=tuple(lines))

        return self._redraft(visit, told, draft_id)

    def choose_outcomes(
        self, visit: Visit, draft_id: str, outcomes: Mapping[str, OutcomeKind], method: Method, store: str | None
    ) -> Visit:
        """Keep what the customer wants for each line and how it comes back, and what the check page will show of it."""
        replacements = self._replacements(visit)

        def wanted(draft: Draft) -> Draft:
            lines = tuple(line.model_copy(update={"outcome": outcomes.get(line.id, line.outcome)}) for line in draft.lines)
            draft = draft.changed(lines=lines, method=method, store=store if method == "store" else None)
            decision = visit.decided(draft, replacements, method)
            return draft.changed(shown=remembered(shown(decision, draft)) if decision else None)

        return self._redraft(visit, wanted, draft_id)

    def check(self, visit: Visit, *, fresh: bool = False) -> tuple[Decision, Shown, tuple[Difference, ...]]:
        """Decide the finished draft now; return the decision, what to show of it, and what changed since it was chosen.

        NothingChosen if a step is missing. `fresh` as in `variants`.
        """
        draft = visit.draft
        if not draft.lines:
            raise NothingChosen("items")
        if any(line.reason is None for line in draft.lines):
            raise NothingChosen("details")
        if draft.method is None:
            raise NothingChosen("outcomes")
        decision = visit.decided(draft, self._replacements(visit, fresh=fresh), draft.method)
        if decision is None:
            raise NothingChosen("items")
        seen = shown(decision, draft)
        return decision, seen, differences(draft.shown, seen)

    def submit(
        self,
        visit: Visit,
        draft_id: str,
        seen: str,
        language: str | None = None,
        photos: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Return:
        """Make the return that the customer saw on the check page, once however often it is asked for.

        The draft stays until it expires: that it became a return is known by its id.

        `seen` is the fingerprint of what was shown, `language` the one that the page is in: the mails will be too. `photos`
        holds by line id the keys of those that were cleaned; None where nobody could add any, as on the telephone.
        Raises StaleDraft if the page was about another draft, NothingChosen if it is not finished, ChangedMeanwhile if it
        would be decided otherwise now, Busy if the slots are fought over, LifecycleError if the order has too many returns.
        """
        for _ in range(ATTEMPTS):
            made = next((each for each in visit.own if each.draft_id == draft_id), None)
            if made is not None:
                return made
            if visit.draft.id != draft_id:
                raise StaleDraft(draft_id)
            if len(visit.returns) >= MOST_RETURNS:
                raise LifecycleError("ask for", "full")
            decision, now, found = self.check(visit, fresh=True)
            if fingerprint(now) != seen:
                raise ChangedMeanwhile(self._seen(visit, now, draft_id), found)
            visit.check_finished(decision, now, photos)
            new = self._new_return(visit, decision, language or visit.session.language, photos or {})
            if self.returns.add(new):
                return new
            visit = self._again(visit)
        raise Busy("the order's returns are being written by others")

    def made(self, visit: Visit, slot: int) -> Return:
        """Return one of the order's returns; Unknown if there is none in this slot."""
        for each in visit.own:
            if each.slot == slot:
                return each
        raise Unknown("return")

    def track(self, visit: Visit, slot: int, carrier: str, tracking: str) -> Return:
        """Note the parcel of a return; LifecycleError if none may be sent."""
        parcel = Parcel(carrier=carrier, tracking=tracking, added_at=self.clock())
        return self._change(visit, slot, lambda current: sent(current, parcel))

    def cancel(self, visit: Visit, slot: int) -> Return:
        """Take a return back; a second time answers with what is left. LifecycleError once a parcel is on its way."""

        def once(current: Return) -> Return:
            done = current.standing("cancelled") and not current.standing("authorised", "under_review")
            return current if done else cancelled(current, self.clock())

        return self._change(visit, slot, once)

    def _new_return(self, visit: Visit, decision: Decision, language: str, photos: Mapping[str, tuple[str, ...]]) -> Return:
        wishes = {line.id: wished for line, wished in self._wishes(visit)}
        return visit.new_return(decision, wishes, photos, new_rma(self.random_bits(75)), language, self.clock())

    def _change(self, visit: Visit, slot: int, step: Callable[[Return], Return]) -> Return:
        for _ in range(ATTEMPTS):
            current = self.made(visit, slot)
            following = step(current)
            if following is current or self.returns.change(following):
                return following
            visit = self._again(visit)
        raise Busy("the return is being written by others")

    def _read(self, session: Session, *, consistent: bool) -> Standing:
        where = session.merchant, session.number, session.recipient
        return self.returns.order_with_draft(*where, self.clock(), consistent=consistent).as_seen_by(session)

    def _again(self, visit: Visit) -> Visit:
        fresh = self.visit(visit.session)
        return Visit(fresh.shop, fresh.session, fresh.stored, fresh.returns, visit.draft, fresh.at)

    def _seen(self, visit: Visit, now: Shown, draft_id: str) -> Visit:
        return self._redraft(visit, lambda draft: draft.changed(shown=remembered(now)), draft_id)

    def _redraft(self, visit: Visit, change: Callable[[Draft], Draft], draft_id: str | None = None) -> Visit:
        session, draft = visit.session, visit.draft
        where = session.merchant, session.number, session.recipient
        for _ in range(ATTEMPTS):
            if draft_id not in (None, draft.id):
                raise StaleDraft(draft_id)
            following = change(draft).changed(version=draft.version + 1)
            if self.returns.save_draft(*where, following, self.clock()):
                return Visit(visit.shop, session, visit.stored, visit.returns, following, visit.at)
            draft = self.returns.draft(*where, self.clock()) or Draft(id=self.secret())
        raise Busy("the draft is being written by others")

    def _replacements(self, visit: Visit, *, fresh: bool = False) -> dict[str, Replacement]:
        """Return what the catalogue says of each wished variant; a wish that it does not know decides nothing."""
        return {
            line.id: Replacement(price=wished.price, in_stock=wished.stock >= line.quantity)
            for line, wished in self._wishes(visit, fresh=fresh)
        }

    def _wishes(self, visit: Visit, *, fresh: bool = False) -> Iterator[tuple[DraftLine, Variant]]:
        for line in visit.draft.lines:
            if line.wish_sku:
                for variant in self.variants(visit, visit.order.line(line.id), fresh=fresh):
                    if variant.sku == line.wish_sku and variant.currency == visit.order.currency:
                        yield line, variant
