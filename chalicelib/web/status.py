"""A return that was made: what to do next, where it stands, its parcel, and taking it back."""

from __future__ import annotations

from chalice import Response

from chalicelib.domain.carriers import recognise
from chalicelib.domain.errors import LifecycleError
from chalicelib.domain.instructions import ways
from chalicelib.domain.returns import Return
from chalicelib.visit import Visit
from chalicelib.web import http
from chalicelib.web.call import Call, masked
from chalicelib.web.forms import TrackingForm
from chalicelib.web.papers import code_to_show
from chalicelib.web.photos import shown

NOTICES = frozenset({"already_made", "tracked", "cancelled", "too_late"})


def done(call: Call, slot: str) -> Response:
    """Say that the return is made, and what to do now; one that has gone on since is shown as it stands."""
    visit, made = call.just_made(slot)
    if not made.standing("authorised", "under_review"):
        return call.go(f"/returns/{made.slot}")
    return _page(call, visit, made, "done")


def status(call: Call, slot: str) -> Response:
    """Show where the return stands."""
    visit, made = call.made(slot)
    return _page(call, visit, made, "status")


def back_to_status(call: Call, slot: str) -> Response:
    """Lead to the return's page whoever opens the address that its tracking number is posted to."""
    _, made = call.made(slot)
    return call.go(f"/returns/{made.slot}")


def track(call: Call, slot: str) -> Response:
    """Note the parcel's number; the carrier is recognised where the number says it."""
    visit, made = call.made(slot)
    form = TrackingForm.read(call.fields)
    if call.switches_language:
        form.mistakes = []
    if call.switches_language or form.mistakes:
        return _page(call, visit, made, "status", form, 422 if form.mistakes else 200)
    found = recognise(form.tracking)
    carrier = form.carrier or (found.carrier if found else "")
    tracking = found.number if found else form.tracking
    try:
        call.portal.desk.track(visit, made.slot, carrier, tracking)
    except LifecycleError:
        return call.go(f"/returns/{made.slot}?notice=too_late")
    return call.go(f"/returns/{made.slot}?notice=tracked")


def confirm_cancelling(call: Call, slot: str) -> Response:
    """Ask whether the return is to be taken back."""
    visit, made = call.made(slot)
    if not made.cancellable:
        return call.go(f"/returns/{made.slot}")
    return _page(call, visit, made, "cancel")


def cancel(call: Call, slot: str) -> Response:
    """Take the return back."""
    visit, made = call.made(slot)
    if call.switches_language:
        return _page(call, visit, made, "cancel")
    try:
        call.portal.desk.cancel(visit, made.slot)
    except LifecycleError:
        return call.go(f"/returns/{made.slot}?notice=too_late")
    return call.go(f"/returns/{made.slot}?notice=cancelled")


def _page(call: Call, visit: Visit, made: Return, template: str, form: TrackingForm | None = None, code: int = 200) -> Response:
    notice = http.query(call.request, "notice")
    parcel, photos = made.parcel, shown(call, made) if template == "status" else {}
    # Whoever sends it with the shop's label need not type what stands on it.
    known = parcel or made.usable_label
    form = form or TrackingForm(known.tracking if known else "", known.carrier if known else "")
    showable = code_to_show(call, visit, made) if template != "cancel" else None
    store = next((each for each in visit.shop.merchant.stores if each.id == made.store), None)
    return call.page(
        template,
        code,
        visit=visit,
        made=made,
        store=store,
        ways=ways(made),
        code=showable,
        form=form,
        mistakes=form.mistakes,
        notice=notice if notice in NOTICES else None,
        photos=photos,
        address=masked(made.email),
        signed_in=True,
        form_id="step" if template == "cancel" or (template == "status" and made.trackable) else None,
    )
