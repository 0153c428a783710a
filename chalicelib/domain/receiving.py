"""The steps of a return's life from its parcel on: received, inspected, settled. Each takes a return and gives the next one.

Nothing here reads a clock or writes anything; a step that may not follow raises LifecycleError.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from chalicelib.domain.errors import LifecycleError
from chalicelib.domain.findings import Inspection, Settlement
from chalicelib.domain.returns import Event, LineStatus, Return
from chalicelib.domain.stepping import check_standing, happened, mailing, with_lines
from chalicelib.domain.verdicts import OutcomeKind
from chalicelib.domain.worth import sums

ARRIVING: tuple[LineStatus, ...] = ("authorised", "expired", "received")
"""Where a line stands of which units may still arrive; a parcel that comes too late is taken in all the same."""


def received(current: Return, counts: Mapping[str, int], *, by: str, note: str, at: datetime) -> Return:
    """Note how many units of each line have arrived, all told; 0 leaves a line where it stands.

    LifecycleError if nothing arrived, if more arrived than were to come, or if a line is not on its way.
    """
    arrived = {line_id: count for line_id, count in counts.items() if count}
    if not arrived:
        raise LifecycleError("receive", "nothing")
    check_standing(current, "receive", arrived, *ARRIVING)
    if any(not 0 < count <= current.line(line_id).quantity for line_id, count in arrived.items()):
        raise LifecycleError("receive", "too_many")
    changes = {line_id: {"status": "received", "arrived": count} for line_id, count in arrived.items()}
    grown = happened(
        current,
        Event(at=at, act="received", by=by, lines=tuple(arrived), internal=note),
        lines=with_lines(current, changes),
        received_at=current.received_at or at,
    )
    return mailing(grown, "received", tuple(arrived), at)


def inspected(
    current: Return, found: Mapping[str, Inspection], *, resolve_by: datetime | None, by: str, note: str, at: datetime
) -> Return:
    """Accept, reduce or refuse lines that arrived; `resolve_by` is until when the shop settles what it accepts.

    LifecycleError if a line has not arrived, if one is reduced or refused without a reason, or if one would be worth more
    than was promised.
    """
    check_standing(current, "inspect", found, "received")
    for line_id, inspection in found.items():
        if inspection.verdict != "accepted" and not inspection.reason.strip():
            raise LifecycleError("inspect", "unexplained")
        if inspection.value > current.line(line_id).chosen.value:
            raise LifecycleError("inspect", "too_much")
    changes = {
        line_id: {"status": "refused" if inspection.verdict == "refused" else "accepted", "inspection": inspection}
        for line_id, inspection in found.items()
    }
    grown = happened(
        current,
        Event(at=at, act="inspected", by=by, lines=tuple(found), internal=note),
        lines=with_lines(current, changes),
        resolve_by=current.resolve_by or resolve_by,
    )
    return mailing(grown, "inspected", tuple(found), at)


def reopened(current: Return, line_ids: tuple[str, ...], *, by: str, why: str, at: datetime) -> Return:
    """Let lines be inspected again, because the first time was a mistake; the customer hears of it with the new result.

    LifecycleError if a line was not inspected, is settled, or if there is no reason.
    """
    check_standing(current, "reopen", line_ids, "accepted", "refused")
    if not why.strip():
        raise LifecycleError("reopen", "unexplained")
    lines = with_lines(current, {line_id: {"status": "received", "inspection": None} for line_id in line_ids})
    return happened(current, Event(at=at, act="noted", by=by, lines=line_ids, internal=why), lines=lines)


def settled(
    current: Return, kind: OutcomeKind, *, amount: Decimal, reference: str, expires_at: datetime | None, by: str, at: datetime
) -> Return:
    """Note what was given for every accepted line with this outcome, once.

    `amount` is what the person at the shop saw; LifecycleError if it is not what these lines come to, if there are none, or
    if there is no reference.
    """
    due = sums(current).get(kind)
    if due is None:
        raise LifecycleError("settle", "settled" if any(each.kind == kind for each in current.settlements) else current.status)
    if amount != due.amount:
        raise LifecycleError("settle", "another_amount")
    if not reference.strip():
        raise LifecycleError("settle", "unreferenced")
    settlement = Settlement(
        kind=kind,
        lines=due.lines,
        amount=due.amount,
        charged=due.charged,
        charges=tuple(charge.clause for charge in due.charges),
        reference=reference,
        expires_at=expires_at,
        at=at,
        by=by,
    )
    grown = happened(
        current,
        Event(at=at, act="settled", by=by, lines=due.lines),
        lines=with_lines(current, {line_id: {"status": "settled"} for line_id in due.lines}),
        settlements=(*current.settlements, settlement),
        resolve_by=current.resolve_by if len(sums(current)) > 1 else None,
    )
    return mailing(grown, "settled", due.lines, at)
