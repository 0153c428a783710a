"""What is left of a return once its customer is forgotten: every figure, and nothing that says who they are or wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.labels import Label, LabelOrder
from chalicelib.domain.returns import Event, Mail, Parcel, Return, ReturnLine
from chalicelib.domain.stepping import changed

FORGOTTEN = "forgotten"
"""Why a mail was not sent that waited when its customer was forgotten; it also stands where a mail's failure was told."""


def forgotten(current: Return, at: datetime) -> Return:
    """Return the next version of a return, without its customer's personal data; one that is forgotten already stays as it is.

    Quantities, amounts, reasons, statuses and times stay, and so does by what the shop's books name it: order number, RMA number,
    references of what was settled. Mails that wait are given up.
    """
    if current.forgotten_at is not None:
        return current
    return changed(
        current,
        email="",
        lines=tuple(map(_line, current.lines)),
        parcel=Parcel(carrier="", tracking="", added_at=current.parcel.added_at) if current.parcel else None,
        label=_label(current.label) if current.label else None,
        label_order=LabelOrder(missing=current.label_order.missing) if current.label_order else None,
        timeline=tuple(map(_event, current.timeline)),
        outbox=tuple(map(_mail, current.outbox)),
        forgotten_at=at,
        version=current.version + 1,
    )


def _line(line: ReturnLine) -> ReturnLine:
    inspection = line.inspection and line.inspection.model_copy(update={"reason": ""})
    words = dict.fromkeys(("remark", "wish_words", "reply", "granted_why"), "")
    return line.model_copy(update={**words, "photos": (), "inspection": inspection})


def _label(label: Label) -> Label:
    # Whoever has the shipment's id reads the address at its provider.
    gone = {"key": "", "tracking": "", "provider_id": None}
    return label.model_copy(update={**gone, "void_refused": FORGOTTEN if label.void_refused else None})


def _event(event: Event) -> Event:
    return event.model_copy(update={"note": "", "internal": ""})


def _mail(mail: Mail) -> Mail:
    return mail if mail.sent_at else mail.model_copy(update={"failed": FORGOTTEN})


@dataclass(frozen=True)
class Holding:
    """What is held of a customer under one order number, folded: the order itself if `owner`, returns, and drafts.

    `others` says that somebody else returns something of the same order; `damaged` names returns that cannot be read. `drafts`
    holds their ids by the recipient of a gift (`visits.recipient_name`); that of the order's owner is empty.
    """

    number: str
    owner: bool
    returns: tuple[Return, ...]
    others: bool
    damaged: tuple[str, ...]
    drafts: Mapping[str, str]

    @property
    def empty(self) -> bool:
        """Whether nothing is left that could be forgotten."""
        return not (self.owner or self.returns or self.drafts)
