"""Parcels that arrive: a scan leads to its return, a form says what is in it, and the next scan follows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from chalice import Response

from chalicelib.counter import NotFound
from chalicelib.domain.carriers import recognise
from chalicelib.domain.errors import LifecycleError, Overtaken
from chalicelib.domain.identifiers import order_number_fault
from chalicelib.domain.receiving import ARRIVING
from chalicelib.domain.returns import Event, Return
from chalicelib.domain.scanning import rma_in, trouble
from chalicelib.web import http
from chalicelib.web.forms import LONGEST_LINE, Mistake, one_line
from chalicelib.web.photos import shown
from chalicelib.web.receive_forms import CONDITIONS, ReceiveForm
from chalicelib.web.staff_call import StaffCall
from chalicelib.web.staff_return import kept, meanwhile, named, names, seen

LONGEST_SCAN = LONGEST_LINE * 5


def scan(call: StaffCall) -> Response:
    """Ask for the next parcel, and say what became of the last one; a slip's code opened by a phone leads to its return."""
    typed = one_line(http.query(call.request, "rma") or "")[:LONGEST_SCAN]
    return _led(call, typed) if typed else _scan_page(call, "")


def look_up(call: StaffCall) -> Response:
    """Lead to the return that was scanned, or say what it was instead."""
    typed = one_line(call.fields.get("code", ""))[:LONGEST_SCAN]
    return _scan_page(call, typed) if call.switches_language else _led(call, typed)


def _led(call: StaffCall, typed: str) -> Response:
    found = _scanned(call, typed)
    if len(found) == 1:
        return call.go_to_return(found[0], "/receive")
    return _scan_page(call, typed, found, _mistake(call, typed) if not found else None)


def parcel(call: StaffCall) -> Response:
    """Show what is expected in a parcel, and ask what is in it."""
    made = named(call)
    return _parcel_page(call, made, ReceiveForm.of(made))


def take_in(call: StaffCall) -> Response:
    """Note what arrived and what was found, then ask for the next parcel."""
    made = named(call)
    counter = call.portal.counter
    form = ReceiveForm.read(call.fields, made, call.wording, partial(counter.worth, made))
    if call.switches_language:
        form.mistakes = []
        return _parcel_page(call, made, form)
    if seen(call) != len(made.timeline):
        return _overtaken(call, made, form)
    if form.mistakes:
        return _parcel_page(call, made, form, 422)
    by = call.person.email
    try:
        counter.receive(call.merchant_slug, made.id, form.counts, form.found, by=by, note=form.note, seen=seen(call))
    except LifecycleError as error:
        if error.status == "elsewhere":
            return _parcel_page(call, made, form, 409, elsewhere=True)
        return _overtaken(call, named(call), form)
    except Overtaken:
        return _overtaken(call, named(call), form)
    return call.go("/receive", done=made.id)


def _scanned(call: StaffCall, typed: str) -> Sequence[Return]:
    """Return the returns that a scan may mean: one for an RMA number or an id, all of an order's for its number."""
    slug = call.merchant_slug
    rma = rma_in(typed)
    try:
        return (call.portal.counter.find(slug, rma or typed),) if typed else ()
    except NotFound:
        if rma or not typed or order_number_fault(typed):
            return ()
    return call.portal.returns.order_with_returns(slug, typed)[1]


def _mistake(call: StaffCall, typed: str) -> Mistake:
    if rma_in(typed):
        return Mistake("code", "staff_scan_elsewhere")
    if typed and not order_number_fault(typed) and call.portal.returns.order_with_returns(call.merchant_slug, typed)[0]:
        return Mistake("code", "staff_scan_no_return")
    carrier = recognise(typed)
    return Mistake("code", f"staff_scan_{trouble(typed)}", carrier.carrier if carrier else "")


def _scan_page(call: StaffCall, typed: str, found: Sequence[Return] = (), mistake: Mistake | None = None) -> Response:
    call.section = "receive"
    done = http.query(call.request, "done") if call.request.method == "GET" else None
    return call.page(
        "receive",
        422 if mistake else 200,
        typed=typed,
        found=found,
        mistakes=[mistake] if mistake else [],
        done=_just_done(call, done),
        form_id="step",
    )


def _just_done(call: StaffCall, done: str | None) -> tuple[Return, Sequence[str]] | None:
    """Return the return that was seen to before this page, and the lines that its last moment was about."""
    try:
        made = call.portal.counter.find(call.merchant_slug, done) if done else None
    except NotFound:
        return None
    if made is None or made.timeline[-1].act not in ("received", "inspected"):
        return None
    last = [event for event in made.timeline if event.at == made.timeline[-1].at]
    return made, tuple(dict.fromkeys(line_id for event in last for line_id in event.lines))


def _overtaken(call: StaffCall, made: Return, form: ReceiveForm) -> Response:
    form.mistakes = []
    return _parcel_page(call, made, form, 409, meanwhile=meanwhile(call, made))


def _parcel_page(
    call: StaffCall,
    made: Return,
    form: ReceiveForm,
    status: int = 200,
    *,
    meanwhile: Sequence[Event] | None = None,
    elsewhere: bool = False,
) -> Response:
    call.section = "receive"
    open_lines = made.standing(*ARRIVING)
    return call.page(
        "parcel",
        status,
        made=made,
        form=form,
        mistakes=form.mistakes,
        named=[line.line.name for line in made.lines],
        meanwhile=meanwhile,
        elsewhere=elsewhere,
        names=names(call),
        open_lines=[(index, line) for index, line in enumerate(made.lines) if line in open_lines],
        values={line.line.id: call.portal.counter.worth(made, line.line.id, line.quantity) for line in open_lines},
        conditions=CONDITIONS,
        photos=shown(call, made),
        form_id="step" if open_lines else None,
        keep=kept(made),
    )
