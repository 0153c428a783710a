"""The console's first page: what waits for one of the shop's people, oldest first, and what is done with several at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hmac import compare_digest
from urllib.parse import quote

from chalice import Response

from chalicelib.answers import Answer
from chalicelib.counter import NotFound
from chalicelib.domain.clauses import REASONS
from chalicelib.domain.errors import Busy, LifecycleError, Overtaken, Unavailable
from chalicelib.domain.returns import Return
from chalicelib.waiting import WAITING, queue_page
from chalicelib.web import http
from chalicelib.web.queue_forms import STATES, BulkForm, Pick, QueueForm, results_read, results_written
from chalicelib.web.staff_call import StaffCall

LONGEST_PLACE = 120


class NothingWaits(Exception):
    """A return that was to be approved has no line that waits for it."""


def queue(call: StaffCall) -> Response:
    """Show what waits for a person, or what else is asked for."""
    form = QueueForm.read(lambda name: http.query(call.request, name))
    results, seal = http.query(call.request, "results") or "", http.query(call.request, "seal") or ""
    # Whoever sends a link to the queue cannot make it say that something was done.
    results = results if compare_digest(call.sealed(results).encode(), seal.encode("utf-8", "replace")) else ""
    return _page(call, form, http.query(call.request, "after") or "", results)


def bulk(call: StaffCall) -> Response:
    """Do one thing with every return that was chosen; each stands alone, and the queue says what became of it."""
    form = BulkForm.read(call.fields)
    asked = QueueForm.behind(form.back)
    if call.switches_language:
        form.mistakes = []
    if (call.switches_language and form.act != "approve") or (form.mistakes and not form.sure):
        return _page(call, asked, call.fields.get("after", ""), chosen=form)
    if form.act == "assign":
        return _report(call, asked, form, _assign)
    if form.act != "approve":
        return call.go("")
    if form.sure and not form.mistakes and not call.switches_language:
        return _report(call, asked, form, _approve)
    return _approval_page(call, form)


def _report(call: StaffCall, asked: QueueForm, form: BulkForm, act: Callable[[StaffCall, Pick, BulkForm], None]) -> Response:
    results = {}
    for pick in form.picks:
        try:
            act(call, pick, form)
            results[pick.id] = "done"
        except NotFound:
            results[pick.id] = "gone"
        except (NothingWaits, LifecycleError):
            results[pick.id] = "not_waiting"
        except Overtaken:
            results[pick.id] = "overtaken"
        except (Busy, Unavailable):
            results[pick.id] = "busy"
    written = results_written(results)
    query = f"{asked.query}&results={quote(written, safe=',')}&seal={call.sealed(written)}".lstrip("&")
    return call.go(f"?{query}")


def _approve(call: StaffCall, pick: Pick, form: BulkForm) -> None:
    waiting = call.portal.counter.find(call.merchant_slug, pick.id).standing("under_review")
    if not waiting:
        raise NothingWaits
    answers = {line.line.id: Answer(approve=True, note=form.note) for line in waiting}
    call.portal.counter.answer(call.merchant_slug, pick.id, answers, by=call.person.email, seen=pick.seen)


def _assign(call: StaffCall, pick: Pick, _form: BulkForm) -> None:
    person = call.person.email
    call.portal.counter.assign(call.merchant_slug, pick.id, person, by=person, seen=pick.seen)


def _approval_page(call: StaffCall, form: BulkForm) -> Response:
    """Ask once more before several customers are promised something: what it is, and whether there is a word to add."""
    found: list[tuple[Pick, Return]] = []
    for pick in form.picks:
        try:
            found.append((pick, call.portal.counter.find(call.merchant_slug, pick.id)))
        except NotFound:
            continue
    call.section = "queue"
    waiting = [(pick, made) for pick, made in found if made.standing("under_review")]
    return call.page(
        "approve",
        422 if form.mistakes else 200,
        form=form,
        mistakes=form.mistakes,
        waiting=waiting,
        others=[made for _, made in found if not made.standing("under_review")],
        form_id="step" if waiting else None,
    )


def _page(call: StaffCall, form: QueueForm, after: str, results: str = "", chosen: BulkForm | None = None) -> Response:
    call.section = "queue"
    shop = call.known_shop.merchant
    after = after if after.isprintable() and len(after) <= LONGEST_PLACE else ""
    found = queue_page(call.portal.returns, shop, form.wanted(call.person), after) if not form.mistakes else None
    mistakes = [*form.mistakes, *(chosen.mistakes if chosen else ())]
    addresses = {made.email for made in found.returns if made.email} if found else ()
    return call.page(
        "queue",
        422 if mistakes else 200,
        form=form,
        found=found,
        after=after,
        mistakes=mistakes,
        rows=[(Pick.of(made), made) for made in found.returns] if found else (),
        picked={pick.id for pick in chosen.picks} if chosen else (),
        results=_counted(results_read(results)),
        unreached=call.portal.sessions.undeliverables(shop.slug, addresses),
        states=STATES,
        waiting=WAITING,
        reasons=REASONS,
        keep=f"{form.query}&" if form.query else "",
        form_id="step" if found and found.returns else None,
    )


def _counted(results: Mapping[str, str]) -> Mapping[str, list[str]]:
    """Return the ids of returns by what became of them, in the order in which it is told."""
    outcomes = dict.fromkeys(results.values())
    return {outcome: [made_id for made_id, became in results.items() if became == outcome] for outcome in outcomes}
