"""The page on which one of the shop's people gives a label to a customer who waits for one."""

from __future__ import annotations

from urllib.parse import urlencode

from chalice import Response

from chalicelib.domain.errors import LifecycleError, Overtaken
from chalicelib.domain.returns import Return
from chalicelib.files import INCOMING, LARGEST_LABEL
from chalicelib.labelling import label_folder
from chalicelib.own_labels import OwnLabels, Upload
from chalicelib.web import http
from chalicelib.web.staff_call import StaffCall
from chalicelib.web.staff_return import kept, named, seen


def show(call: StaffCall) -> Response:
    """Show what is known of the label, the form for a file, and the file that was just uploaded."""
    made = named(call)
    # S3 names the key in the address that it leads back to; only a name among this return's own uploads is looked at.
    folder, key = f"{INCOMING}{label_folder(made)}", http.query(call.request, "key") or ""
    name = key.removeprefix(folder) if key.startswith(folder) else ""
    return _page(call, made, _labels(call).uploaded(made, name) if name else None)


def act(call: StaffCall) -> Response:
    """Give the file that was looked at to the customer, or try once more to buy a label."""
    made = named(call)
    labels, name = _labels(call), call.fields.get("name", "")
    if call.switches_language:
        return _page(call, made, labels.uploaded(made, name) if name else None)
    try:
        if call.fields.get("then") == "retry":
            labels.retry(made, seen=seen(call))
            return call.go_to_return(made, notice="saved")
        found = labels.give(made, name, by=call.person.email, seen=seen(call))
    except (Overtaken, LifecycleError):
        return _page(call, named(call), labels.uploaded(made, name) if name else None, 409)
    return _page(call, made, found, 422) if found.fault else call.go_to_return(made, notice="labelled")


def print_label(call: StaffCall) -> Response:
    """Lead to the label as the customer gets it."""
    made = named(call)
    if made.label is None or not made.label.key:
        return call.go_to_return(made)
    return http.see_other(call.portal.files.link(made.label.key, f"label-{made.rma}.pdf", inline=True), call.cookies)


def _labels(call: StaffCall) -> OwnLabels:
    return OwnLabels(call.portal.files, call.portal.counter, call.portal.clock)


def _page(call: StaffCall, made: Return, upload: Upload | None, status: int = 200) -> Response:
    labels = _labels(call)
    here = f"{call.portal.settings.portal_url}/{call.merchant_slug}/staff/return/label?{urlencode({'id': made.id})}"
    form = labels.form(made, here)
    call.allow("form-action", form.url)
    good = upload is not None and upload.fault is None
    return call.page(
        "label",
        status,
        made=made,
        upload=upload,
        form=form,
        overtaken=status == 409,
        megabytes=LARGEST_LABEL // 1024**2,
        preview=labels.preview(made, upload.name) if upload and good else None,
        form_id="give" if good else None,
        keep=kept(made),
    )
