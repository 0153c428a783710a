"""Settling: for each outcome of a return what is due, reckoned out, and the number, code or reference of what was given."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from chalice import Response

from chalicelib.domain.errors import LifecycleError, Overtaken
from chalicelib.domain.money import parse_amount
from chalicelib.domain.returns import Event, Return
from chalicelib.domain.verdicts import OutcomeKind
from chalicelib.domain.worth import extra_due, sums
from chalicelib.web.staff_call import StaffCall
from chalicelib.web.staff_forms import KINDS, SettleForm
from chalicelib.web.staff_return import kept, meanwhile, named, names, seen


def show(call: StaffCall) -> Response:
    """Show what is due next."""
    return _page(call, named(call), SettleForm())


def settle(call: StaffCall) -> Response:
    """Note what was given, and go on to what is still due, or back to the return."""
    made = named(call)
    form = SettleForm.read(call.fields)
    kind = next((each for each in KINDS if each == call.fields.get("kind")), None)
    amount = _shown_amount(call.fields.get("amount", ""))
    if call.switches_language:
        form.mistakes = []
        return _page(call, made, form)
    if kind is None or amount is None or seen(call) != len(made.timeline):
        return _overtaken(call, made, form, kind)
    if form.mistakes:
        return _page(call, made, form, 422)
    try:
        settled = call.portal.counter.settle(
            call.merchant_slug,
            made.id,
            kind,
            amount=amount,
            reference=form.reference,
            by=call.person.email,
            seen=seen(call),
        )
    except (Overtaken, LifecycleError):
        return _overtaken(call, named(call), form, kind)
    return call.go_to_return(settled, "/settle" if sums(settled) else "", notice="settled")


def _shown_amount(posted: str) -> Decimal | None:
    """Return the amount that stood on the page; None if that is not what was posted."""
    try:
        return parse_amount(posted)
    except ValueError:
        return None


def _overtaken(call: StaffCall, made: Return, form: SettleForm, kind: OutcomeKind | None) -> Response:
    """Show what is due now, and what happened meanwhile; a code is shown, but not carried over to another outcome."""
    form.mistakes = []
    left_over = "" if kind == next(iter(sums(made)), None) else form.reference
    if left_over:
        form.reference = ""
    return _page(call, made, form, 409, meanwhile=meanwhile(call, made), left_over=left_over)


def _page(
    call: StaffCall,
    made: Return,
    form: SettleForm,
    status: int = 200,
    meanwhile: Sequence[Event] | None = None,
    left_over: str = "",
) -> Response:
    due = sums(made)
    kind = next(iter(due), None)
    lines = [line for line in made.lines if kind and line.line.id in due[kind].lines]
    counter = call.portal.counter
    decimals = call.known_shop.merchant.decimals(made.currency)
    return call.page(
        "settle",
        status,
        made=made,
        form=form,
        mistakes=form.mistakes,
        meanwhile=meanwhile,
        left_over=left_over,
        names=names(call),
        kind=kind,
        due=due,
        amount=f"{due[kind].amount:f}" if kind else "",
        lines=lines,
        full={line.line.id: counter.worth(made, line.line.id, line.arrived or line.quantity) for line in lines},
        extra=sum(extra_due(line, decimals) for line in lines),
        expires_at=counter.expires_at(made, kind, call.portal.clock()) if kind else None,
        form_id="step" if kind else None,
        keep=kept(made),
    )
