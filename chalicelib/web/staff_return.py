"""A return as the shop's people see it: everything known of it, and the form by which they decide, change and remark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from urllib.parse import quote

from chalice import Response

from chalicelib.domain.disagreements import sides
from chalicelib.domain.errors import LifecycleError, Overtaken
from chalicelib.domain.lifecycle import most_granted
from chalicelib.domain.receiving import ARRIVING
from chalicelib.domain.returns import Event, Return
from chalicelib.domain.worth import sums
from chalicelib.web import http
from chalicelib.web.forms import Mistake
from chalicelib.web.photos import shown
from chalicelib.web.staff_call import StaffCall
from chalicelib.web.staff_forms import CHANGEABLE, KINDS, DecideForm

NOTICES = frozenset({"saved", "assigned", "released", "received", "settled", "labelled", "opened", "written_again"})


def show(call: StaffCall) -> Response:
    """Show a return."""
    made = named(call)
    return page(call, made, DecideForm.of(made))


def act(call: StaffCall) -> Response:
    """Decide, change outcomes, keep a remark; or give the return to somebody, with what is typed left as it is."""
    made = named(call)
    counter = call.portal.counter
    form = DecideForm.read(call.fields, made, call.wording, partial(counter.granted, made))
    then = call.fields.get("then", "")
    if call.switches_language or then in BESIDE:
        form.mistakes = []
    if call.switches_language:
        return page(call, made, form)
    if then in BESIDE:
        return BESIDE[then](call, made, form)
    if "reopen" in call.fields:
        return _reopen(call, made, form)
    if any(answer.granted for answer in form.answers.values()):
        call.demand("admin")
    if seen(call) != len(made.timeline):
        return overtaken(call, made, form)
    if not form.mistakes and not form.answers and not form.internal:
        form.mistakes.append(Mistake("nothing", "staff_nothing"))
    if form.mistakes:
        return page(call, made, form, 422)
    try:
        counter.answer(call.merchant_slug, made.id, form.answers, by=call.person.email, seen=seen(call), internal=form.internal)
    except (Overtaken, LifecycleError):
        return overtaken(call, named(call), form)
    return call.go_to_return(made, notice="saved")


def _assign(call: StaffCall, made: Return, form: DecideForm) -> Response:
    """Give the return to whoever asks for it, or to nobody."""
    assignee = call.person.email if call.fields["then"] == "assign" else None
    try:
        assigned = call.portal.counter.assign(call.merchant_slug, made.id, assignee, by=call.person.email, seen=seen(call))
    except Overtaken:
        return overtaken(call, named(call), form)
    if form.touched:
        return page(call, assigned, form)
    return call.go_to_return(made, notice="assigned" if assignee else "released")


def _write_again(call: StaffCall, made: Return, form: DecideForm) -> Response:
    """Let mails go to the customer's address again."""
    if made.email:
        call.portal.sessions.clear_undeliverable(call.merchant_slug, made.email, call.person.email, call.portal.clock())
    return page(call, made, form) if form.touched else call.go_to_return(made, notice="written_again")


def _reopen(call: StaffCall, made: Return, form: DecideForm) -> Response:
    """Let a line be inspected again, for the reason in the note, and lead to its inspection."""
    call.demand("settle")
    too_long = [mistake for mistake in form.mistakes if mistake.field == "internal"]
    form.mistakes = too_long if form.internal else [Mistake("internal", "staff_why_again")]
    if form.mistakes:
        return page(call, made, form, 422)
    who, line_id = call.person.email, call.fields["reopen"]
    try:
        reopened = call.portal.counter.reopen(call.merchant_slug, made.id, line_id, by=who, why=form.internal, seen=seen(call))
    except (Overtaken, LifecycleError):
        return overtaken(call, named(call), form)
    return call.go_to_return(reopened, "/receive")


BESIDE: Mapping[str, Callable[[StaffCall, Return, DecideForm], Response]] = {
    "assign": _assign,
    "release": _assign,
    "write": _write_again,
}
"""What a button does at once, whatever stands half-typed in the form."""


def overtaken(call: StaffCall, made: Return, form: DecideForm) -> Response:
    """Show the return as it stands now, who did what meanwhile, and what was typed; nothing was written."""
    form.mistakes = []
    return page(call, made, form, 409, meanwhile=meanwhile(call, made))


def named(call: StaffCall) -> Return:
    """Return the return that the address names; NotFound if there is none."""
    return call.portal.counter.find(call.merchant_slug, http.query(call.request, "id") or "")


def seen(call: StaffCall) -> int:
    """Return how many entries the timeline had on the page that was posted; -1 if it does not say."""
    typed = call.fields.get("seen", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else -1


def kept(made: Return) -> str:
    """Return what an address must keep of its query to stay with this return."""
    return f"id={quote(made.id, safe='')}&"


def meanwhile(call: StaffCall, made: Return) -> Sequence[Event]:
    """Return what happened since the page was made that was posted."""
    return made.timeline[max(seen(call), 0) :]


def names(call: StaffCall) -> Mapping[str, str]:
    """Return what the shop's people are called, by address."""
    return {member.email: member.name for member in call.known_shop.merchant.staff}


def page(
    call: StaffCall, made: Return, form: DecideForm, status: int = 200, meanwhile: Sequence[Event] | None = None
) -> Response:
    """Answer with a return's page."""
    portal, slug = call.portal, call.merchant_slug
    stored, of_order = portal.returns.order_with_returns(slug, made.order_number)
    reachable = made.email and not made.forgotten_at
    of_customer = portal.returns.by_contact(slug, made.email) if reachable else ()
    policy = portal.counter.policy(made)
    notice = http.query(call.request, "notice") if call.request.method == "GET" else None
    may_decide = call.person.may("decide")
    return call.page(
        "return",
        status,
        made=made,
        form=form,
        mistakes=form.mistakes,
        named=[line.line.name for line in made.lines],
        meanwhile=meanwhile,
        names=names(call),
        undeliverable=portal.sessions.undeliverable(slug, made.email) if reachable else None,
        order=stored.order if stored else None,
        siblings=[each for each in of_order if each.id != made.id],
        others=[each for each in of_customer if each.order_number != made.order_number],
        held={line.id: sum(each.reserved(line.id) for each in of_order) for line in stored.order.lines} if stored else {},
        sides=partial(sides, policy=policy),
        most={line.line.id: most_granted(line) for line in made.lines},
        changeable=CHANGEABLE if may_decide else (),
        kinds=KINDS,
        receivable=bool(made.standing(*ARRIVING)) and call.person.may("settle"),
        due=sums(made) if call.person.may("settle") else {},
        policy=policy,
        photos=shown(call, made),
        notice=notice if notice in NOTICES else None,
        form_id="step" if may_decide else None,
        keep=kept(made),
    )
