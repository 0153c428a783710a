"""What is to be done about a return's label, and the steps that do it: each takes a return and gives the next one.

A label waits from the moment it is wanted until it is there, or until it is known that the shop has to send one itself. One that
was bought, or may have been, waits to be voided once nothing is to be sent with it any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.claims import Claim
from chalicelib.domain.errors import LifecycleError
from chalicelib.domain.labels import Label, LabelOrder, NoLabel
from chalicelib.domain.returns import Event, Return
from chalicelib.domain.stepping import changed, happened, mailing, with_lines

NO_DELAY = timedelta(0)
DELAY = timedelta(hours=1)
"""Whoever waited so long for their label gets that time back."""


def to_be_labelled(made: Return) -> bool:
    """Say whether a label is to be got without a person."""
    return made.label_awaited and made.label is None and not made.label_missing


def to_be_voided(made: Return) -> bool:
    """Say whether a label that was bought, or may have been, is for nothing: all was taken back, or never sent in time."""
    over = not made.parcel and all(line.status in ("cancelled", "expired", "rejected") for line in made.lines)
    order = made.label_order
    doubtful = order is not None and order.rate is not None and order.missing in (None, "unclear")
    return over and (made.label.voidable if made.label else doubtful)


def label_left_since(made: Return) -> datetime | None:
    """Return when somebody last did something about a label that is to be got or voided; None if there is nothing to do."""
    if made.label_wanted_at is None or not (to_be_labelled(made) or to_be_voided(made)):
        return None
    claim = made.label_order.claim if made.label_order else None
    return claim.at if claim else made.label_wanted_at


def label_claimed(current: Return, claim: Claim) -> Return:
    """Note a try to get or void the label, so that nobody else tries at the same time."""
    return _ordered(current, claim=claim)


def label_ordered(current: Return, shipment: str, rate: str) -> Return:
    """Write down what is about to be bought, before it is; LifecycleError if no label is to be got any more."""
    if not to_be_labelled(current):
        raise LifecycleError("order a label", current.status)
    return _ordered(current, shipment=shipment, rate=rate)


def label_given_up(current: Return, missing: NoLabel, detail: str = "") -> Return:
    """Leave the label to the shop's people, or to nobody if none is needed any more."""
    return _ordered(current, missing=missing, detail=detail)


def label_retried(current: Return, at: datetime) -> Return:
    """Try once more to get the label that is missing, as a person asks; LifecycleError if none is.

    Where it is not known whether one was bought, the same one is asked for again: it is not paid twice.
    """
    if not current.label_missing:
        raise LifecycleError("retry", "label_not_missing")
    order = current.label_order or LabelOrder()
    again = order if order.missing == "unclear" else LabelOrder()
    following = again.model_copy(update={"missing": None, "detail": "", "claim": None})
    later = with_lines(current, _put_off(current, at))
    return changed(current, label_order=following, label_wanted_at=at, lines=later, version=current.version + 1)


def labelled(current: Return, label: Label) -> Return:
    """Give the customer a label, and tell them. The time that they waited for it is added to their deadline for sending.

    LifecycleError if nothing is to be sent with it, if a bought one is there (`labelled`), or if one of the shop's people brings
    another while one is being bought (`being_bought`).
    """
    lines = tuple(line.line.id for line in current.prepaid) or tuple(line.line.id for line in current.standing("authorised"))
    there, order = current.usable_label, current.label_order
    if current.method != "mail" or not lines:
        raise LifecycleError("label", current.status)
    if there and there.provider_id and there.key != label.key:
        raise LifecycleError("label", "labelled")
    if label.source == "shop" and order and order.rate and order.missing is None and not there:
        raise LifecycleError("label", "being_bought")
    event = Event(at=label.made_at, act="labelled", by=label.by, lines=lines)
    later = with_lines(current, _put_off(current, label.made_at))
    return mailing(happened(current, event, label=label, lines=later), "label", lines, label.made_at)


def label_kept(current: Return, label: Label) -> Return:
    """Write down a label that was bought and is of no use any more, so that it is voided."""
    return changed(current, label=label, version=current.version + 1)


def label_voided(current: Return, at: datetime, refused: str | None = None) -> Return:
    """Write down that the provider took the label back, or why it did not."""
    if current.label is None:
        return label_given_up(current, "not_needed", refused or "")
    changes: dict[str, object] = {"void_refused": refused} if refused else {"voided_at": at}
    return changed(current, label=current.label.model_copy(update=changes), version=current.version + 1)


def _put_off(current: Return, at: datetime) -> dict[str, dict[str, object]]:
    """Return the later deadlines of what could not be sent without a first label; minutes, as a purchase takes, move none."""
    waited = at - current.label_wanted_at if current.label_wanted_at and current.label is None else NO_DELAY
    if waited < DELAY:
        return {}
    return {line.line.id: {"ship_by": line.ship_by + waited} for line in current.prepaid if line.ship_by}


def _ordered(current: Return, **changes: object) -> Return:
    order = (current.label_order or LabelOrder()).model_copy(update=changes)
    return changed(current, label_order=order, version=current.version + 1)
