"""The four steps from an order to a return: which items, what about them, what for them, and the check before asking."""

from __future__ import annotations

from chalice import Response

from chalicelib.desk import ChangedMeanwhile
from chalicelib.domain.comparisons import fingerprint
from chalicelib.web.base_call import NoSession
from chalicelib.web.call import Call, masked
from chalicelib.web.draft_forms import DetailsForm, ItemsForm, OutcomesForm
from chalicelib.web.draft_pages import available, check_page, details_page, items_page, outcomes_page, ways
from chalicelib.web.photos import cleaned_photos, first_missing
from chalicelib.web.questions import asked_of, next_step


def items(call: Call) -> Response:
    """Show every line of the order with its verdict, and what was chosen so far."""
    visit = call.visit_lately()
    return items_page(call, visit, None, 200)


def choose_items(call: Call) -> Response:
    """Keep which lines come back."""
    visit = call.visit_to_save()
    known = call.wording.countries()
    form = ItemsForm.read(call.fields, available(visit.offers()), known, visit.draft)
    if call.switches_language:
        form.mistakes = []
        return items_page(call, visit, form, 200)
    if form.mistakes and not call.saves:
        return items_page(call, visit, form, 422)
    call.remember_saved(call.portal.desk.choose_items(visit, form.quantities, form.proof, form.country))
    return _onward(call, "/details")


def details(call: Call) -> Response:
    """Ask why each line comes back, how it is, and what is wished for instead."""
    visit = call.visit_lately()
    asked = asked_of(call.portal.desk, visit)
    if next_step(visit, asked) == "items":
        return call.go("/items")
    return details_page(call, visit, asked, DetailsForm.of(visit.draft), 200)


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
    return details_page(call, visit, asked, form, 422 if form.mistakes else 200)


def outcomes(call: Call) -> Response:
    """Show what the customer would get for each line, and by which way."""
    visit = call.visit_lately()
    missing = first_missing(call.portal, visit)
    if missing in ("items", "details", "photos"):
        return call.go(f"/{missing}")
    return outcomes_page(call, visit, call.portal.desk.decisions(visit), OutcomesForm.of(visit.draft), 200)


def choose_outcomes(call: Call) -> Response:
    """Keep what the customer wants, and how the goods come back."""
    visit = call.visit_to_save()
    decisions = call.portal.desk.decisions(visit)
    offered = {
        method: {line.id: [outcome.kind for outcome in line.outcomes] for line in decision.lines}
        for method, decision in decisions.items()
    }
    form = OutcomesForm.read(call.fields, ways(visit), offered)
    if call.switches_language:
        form.mistakes = []
    elif not form.mistakes or (call.saves and form.how):
        draft_id = call.fields.get("draft", "")
        call.remember_saved(call.portal.desk.choose_outcomes(visit, draft_id, form.outcomes, form.method, form.store))
        return _onward(call, "/check")
    elif call.saves:
        return _onward(call, "/check")
    return outcomes_page(call, visit, decisions, form, 422 if form.mistakes else 200)


def check(call: Call) -> Response:
    """Show everything once more before it is asked for."""
    visit = call.visit_lately()
    missing = first_missing(call.portal, visit)
    if missing != "check":
        return call.go(f"/{missing}")
    decision, seen, found = call.portal.desk.check(visit)
    if any(line["outcome"] is None and line["verdict"] != "refused" for line in seen["lines"].values()):
        return call.go("/outcomes")
    return check_page(call, visit, decision, fingerprint(seen), found, 200)


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
        return check_page(call, error.visit, decision, fingerprint(shown), error.differences, 409)
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
