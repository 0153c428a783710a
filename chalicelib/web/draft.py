"""The four steps from an order to a return: which items, what about them, what for them, and the check before asking."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from chalice import Response

from chalicelib.desk import ChangedMeanwhile
from chalicelib.domain.comparisons import Difference, fingerprint
from chalicelib.domain.drafts import DraftLine
from chalicelib.domain.orders import Line, Method
from chalicelib.domain.verdicts import Decision, LineDecision, Outcome, OutcomeKind
from chalicelib.visit import Visit
from chalicelib.web import http
from chalicelib.web.asking import asks_country, asks_proof
from chalicelib.web.base_call import NoSession
from chalicelib.web.call import Call, masked
from chalicelib.web.draft_forms import DetailsForm, ItemsForm, OutcomesForm
from chalicelib.web.photos import asks, cleaned_photos, first_missing
from chalicelib.web.questions import LineAsked, asked_of, next_step

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


def items(call: Call) -> Response:
    """Show every line of the order with its verdict, and what was chosen so far."""
    visit = call.visit_lately()
    return _items_page(call, visit, None, 200)


def choose_items(call: Call) -> Response:
    """Keep which lines come back."""
    visit = call.visit_to_save()
    known = call.wording.countries()
    form = ItemsForm.read(call.fields, _available(visit), known, visit.draft)
    if call.switches_language:
        form.mistakes = []
        return _items_page(call, visit, form, 200)
    if form.mistakes and not call.saves:
        return _items_page(call, visit, form, 422)
    call.remember_saved(call.portal.desk.choose_items(visit, form.quantities, form.proof, form.country))
    return _onward(call, "/details")


def details(call: Call) -> Response:
    """Ask why each line comes back, how it is, and what is wished for instead."""
    visit = call.visit_lately()
    asked = asked_of(call.portal.desk, visit)
    if next_step(visit, asked) == "items":
        return call.go("/items")
    return _details_page(call, visit, asked, DetailsForm.of(visit.draft), 200)


def describe(call: Call) -> Response:
    """Keep what was said of each line."""
    visit = call.visit_to_save()
    asked = asked_of(call.portal.desk, visit)
    form = DetailsForm.read(call.fields, {line_id: line.questions for line_id, line in asked.items()})
    if call.switches_language:
        form.mistakes = []
    elif not form.mistakes or call.saves:
        call.remember_saved(call.portal.desk.describe(visit, call.fields.get("draft", ""), form.described(visit.draft)))
        return _onward(call, "/outcomes")
    return _details_page(call, visit, asked, form, 422 if form.mistakes else 200)


def outcomes(call: Call) -> Response:
    """Show what the customer would get for each line, and by which way."""
    visit = call.visit_lately()
    missing = first_missing(call.portal, visit)
    if missing in ("items", "details", "photos"):
        return call.go(f"/{missing}")
    return _outcomes_page(call, visit, call.portal.desk.decisions(visit), OutcomesForm.of(visit.draft), 200)


def choose_outcomes(call: Call) -> Response:
    """Keep what the customer wants, and how the goods come back."""
    visit = call.visit_to_save()
    decisions = call.portal.desk.decisions(visit)
    offered = {
        method: {line.id: [outcome.kind for outcome in line.outcomes] for line in decision.lines}
        for method, decision in decisions.items()
    }
    form = OutcomesForm.read(call.fields, _ways(visit), offered)
    if call.switches_language:
        form.mistakes = []
    elif not form.mistakes or (call.saves and form.how):
        draft_id = call.fields.get("draft", "")
        call.remember_saved(call.portal.desk.choose_outcomes(visit, draft_id, form.outcomes, form.method, form.store))
        return _onward(call, "/check")
    elif call.saves:
        return _onward(call, "/check")
    return _outcomes_page(call, visit, decisions, form, 422 if form.mistakes else 200)


def check(call: Call) -> Response:
    """Show everything once more before it is asked for."""
    visit = call.visit_lately()
    missing = first_missing(call.portal, visit)
    if missing != "check":
        return call.go(f"/{missing}")
    decision, seen, found = call.portal.desk.check(visit)
    if any(line["outcome"] is None and line["verdict"] != "refused" for line in seen["lines"].values()):
        return call.go("/outcomes")
    return _check_page(call, visit, decision, fingerprint(seen), found, 200)


def submit(call: Call) -> Response:
    """Make the return, once however often this is posted."""
    if call.switches_language:
        return check(call)
    visit = call.visit()
    try:
        language = call.mail_language
        draft_id, seen = call.fields.get("draft", ""), call.fields.get("seen", "")
        made = call.portal.desk.submit(visit, draft_id, seen, language, cleaned_photos(call.portal, visit))
    except ChangedMeanwhile as error:
        decision, shown, _ = call.portal.desk.check(error.visit)
        return _check_page(call, error.visit, decision, fingerprint(shown), error.differences, 409)
    return call.go_to_made(made)


def save(call: Call) -> Response:
    """Mail a link to go on later from a page on which nothing is typed."""
    call.portal.access.ask_to_go_on(call.session, call.mail_language)
    return call.go("/saved")


def saved(call: Call) -> Response:
    """Say that the draft is kept and where its link went."""
    return call.page("saved", address=masked(call.session.email), signed_in=True)


def back_to_items(call: Call) -> Response:
    """Lead to the items whoever opens the address that saving is posted to."""
    return call.go("/items")


def _onward(call: Call, path: str) -> Response:
    if call.lapsed:
        raise NoSession
    return save(call) if call.saves else call.go(path)


def _available(visit: Visit) -> dict[str, int]:
    return {offer.line.id: offer.available for offer in visit.offers() if offer.selectable}


def _ways(visit: Visit) -> list[str]:
    return ["mail", *(f"store:{store.id}" for store in visit.shop.merchant.stores)]


def _items_page(call: Call, visit: Visit, form: ItemsForm | None, status: int) -> Response:
    notice = http.query(call.request, "notice")
    available = _available(visit)
    form = form or ItemsForm.of(visit.draft, available)
    return call.page(
        "items",
        status,
        visit=visit,
        offers=visit.offers(),
        form=form,
        mistakes=form.mistakes,
        asks_proof=asks_proof(visit.policy) and not visit.session.as_gift,
        countries=call.wording.countries() if asks_country(visit.policy) else {},
        notice=notice if notice in NOTICES else None,
        signed_in=True,
        step=1 if available else None,
        form_id="step",
    )


def _details_page(call: Call, visit: Visit, asked: Mapping[str, LineAsked], form: DetailsForm, status: int) -> Response:
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


def _outcomes_page(call: Call, visit: Visit, decisions: Mapping[Method, Decision], form: OutcomesForm, status: int) -> Response:
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
        ways=_ways(visit),
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


def _check_page(call: Call, visit: Visit, decision: Decision, seen: str, found: tuple[Difference, ...], status: int) -> Response:
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
