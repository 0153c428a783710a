"""The pages of the four steps from an order to a return, and what stands on each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from chalice import Response

from chalicelib.domain.comparisons import Difference
from chalicelib.domain.drafts import DraftLine
from chalicelib.domain.orders import Line, Method
from chalicelib.domain.verdicts import Decision, LineDecision, Outcome, OutcomeKind
from chalicelib.offers import LineOffer
from chalicelib.visit import Visit
from chalicelib.web import http
from chalicelib.web.asking import asks_country, asks_proof
from chalicelib.web.call import Call, masked
from chalicelib.web.draft_forms import DetailsForm, ItemsForm, OutcomesForm
from chalicelib.web.photos import asks
from chalicelib.web.questions import LineAsked

NOTICES = frozenset({"stale", "too_late", "already_made"})
"""What one page may ask the next to say, by the word in its address."""


@dataclass(frozen=True)
class Choice:
    """What a customer may get for one line: its decision by method, and by outcome what each method makes of it."""

    index: int
    line: Line
    chosen: DraftLine
    decisions: Mapping[Method, LineDecision]
    kinds: Mapping[OutcomeKind, Mapping[Method, Outcome]]

    @property
    def decision(self) -> LineDecision:
        """The decision to speak of where the way of sending makes no difference."""
        by_verdict = sorted(self.decisions.values(), key=lambda decision: decision.verdict == "refused")
        return by_verdict[0]


def available(offers: Iterable[LineOffer]) -> dict[str, int]:
    """Return by line id how many units can be asked back, of the lines of which any can."""
    return {offer.line.id: offer.available for offer in offers if offer.selectable}


def ways(visit: Visit) -> list[str]:
    """Return the ways in which goods can come back: by mail, or to one of the stores."""
    return ["mail", *(f"store:{store.id}" for store in visit.shop.merchant.stores)]


def items_page(call: Call, visit: Visit, form: ItemsForm | None, status: int) -> Response:
    """Return the page of the items; `form` is what was posted, None where the page was only opened."""
    notice = http.query(call.request, "notice")
    offers = visit.offers()
    left = available(offers)
    form = form or ItemsForm.of(visit.draft, left)
    return call.page(
        "items",
        status,
        visit=visit,
        offers=offers,
        form=form,
        mistakes=form.mistakes,
        asks_proof=asks_proof(visit.policy) and not visit.session.as_gift,
        countries=call.wording.countries() if asks_country(visit.policy) else {},
        notice=notice if notice in NOTICES else None,
        signed_in=True,
        step=1 if left else None,
        form_id="step",
    )


def details_page(call: Call, visit: Visit, asked: Mapping[str, LineAsked], form: DetailsForm, status: int) -> Response:
    """Return the page on which each chosen line is described."""
    return call.page(
        "details",
        status,
        visit=visit,
        asked=list(asked.values()),
        form=form,
        mistakes=form.mistakes,
        named=[line.offer.line.name for line in asked.values()],
        conditions=visit.policy.conditions,
        signed_in=True,
        step=2,
        form_id="step",
    )


def outcomes_page(call: Call, visit: Visit, decisions: Mapping[Method, Decision], form: OutcomesForm, status: int) -> Response:
    """Return the page on which outcomes and the way of sending are chosen."""
    choices = _choices(visit, decisions)
    return call.page(
        "outcomes",
        status,
        visit=visit,
        choices=choices,
        decisions=decisions,
        form=form,
        mistakes=form.mistakes,
        named=[choice.line.name for choice in choices],
        photos_asked=asks(decisions),
        ways=ways(visit),
        signed_in=True,
        step=3,
        form_id="step" if any(choice.kinds for choice in choices) else None,
    )


def _choices(visit: Visit, decisions: Mapping[Method, Decision]) -> list[Choice]:
    chosen = [line for line in visit.draft.lines if visit.available(line.id)]
    choices = []
    for index, line in enumerate(chosen):
        by_method = {method: decision.line(line.id) for method, decision in decisions.items()}
        kinds: dict[OutcomeKind, dict[Method, Outcome]] = {}
        for method, decision in by_method.items():
            for outcome in decision.outcomes:
                kinds.setdefault(outcome.kind, {})[method] = outcome
        choices.append(Choice(index, visit.order.line(line.id), line, by_method, kinds))
    return choices


def check_page(call: Call, visit: Visit, decision: Decision, seen: str, found: tuple[Difference, ...], status: int) -> Response:
    """Return the page that shows everything once more; `seen` is its fingerprint, `found` what changed since it was chosen."""
    method = visit.draft.method or "mail"
    return call.page(
        "check",
        status,
        visit=visit,
        decision=decision,
        choices=_choices(visit, {method: decision}),
        seen=seen,
        differences=_told(found),
        # Where nothing that was decided differs, what was chosen does: on another page or device.
        notice="stale" if status == 409 and not found else None,
        address=masked(visit.session.email),
        variants={
            line.id: call.portal.desk.variants(visit, visit.order.line(line.id)) for line in visit.draft.lines if line.wish_sku
        },
        signed_in=True,
        step=4,
        form_id="step",
    )


def _told(found: Sequence[Difference]) -> list[Difference]:
    """Return the differences worth a sentence: where the verdict changed, that a person decides is said with it."""
    judged = {each.line_id for each in found if each.aspect == "verdict"}
    return [_readable(each) for each in found if each.aspect != "approval" or each.line_id not in judged]


def _readable(found: Difference) -> Difference:
    """Return a difference with its amounts and moments read, as a page can word them."""
    read: Callable[[str], object] = Decimal if found.aspect in ("value", "due") else datetime.fromisoformat
    if found.aspect not in ("value", "due", "request_by", "ship_by"):
        return found
    return replace(found, before=found.before and read(found.before), now=found.now and read(found.now))
