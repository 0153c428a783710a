"""How a step changes a return: its entry in the timeline, its new version, its lines, and the mails that it causes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from chalicelib.domain.errors import LifecycleError
from chalicelib.domain.returns import Event, LineStatus, Mail, Message, Return, ReturnLine

Step = Callable[[Return], Return]


def changed(current: Return, **changes: object) -> Return:
    """Return the return with these fields replaced, in the same version."""
    return current.model_copy(update=changes)


def happened(current: Return, event: Event, **changes: object) -> Return:
    """Return the next version of a return, with an entry in its timeline."""
    return changed(current, timeline=(*current.timeline, event), version=current.version + 1, **changes)


def together(current: Return, steps: Iterable[Step]) -> Return:
    """Take several steps in one write: the version that follows this one, with every step's entry and mails."""
    following = current
    for step in steps:
        following = step(following)
    return following if following is current else changed(following, version=current.version + 1)


def mailing(current: Return, message: Message, lines: tuple[str, ...], at: datetime) -> Return:
    """Return the return with a mail to be sent; steps of one moment that cause the same mail share it.

    Whoever is forgotten gets no mail.
    """
    if current.forgotten_at is not None:
        return current
    for mail in current.outbox:
        if (mail.message, mail.queued_at) == (message, at) and mail.waits and mail.claim is None:
            told = mail.model_copy(update={"lines": tuple(dict.fromkeys((*mail.lines, *lines)))})
            return changed(current, outbox=tuple(told if each is mail else each for each in current.outbox))
    mail = Mail(id=f"{message}-{len(current.outbox) + 1}", message=message, lines=lines, queued_at=at)
    return changed(current, outbox=(*current.outbox, mail))


def with_lines(current: Return, changes: Mapping[str, Mapping[str, object]]) -> tuple[ReturnLine, ...]:
    """Return the return's lines with changes by line id."""
    return tuple(line.model_copy(update=changes.get(line.line.id, {})) for line in current.lines)


def check_standing(current: Return, step: str, line_ids: Iterable[str], *statuses: LineStatus) -> None:
    """Raise LifecycleError unless every line stands in one of these statuses; a line that is not there is `unknown`."""
    standing = {line.line.id: line.status for line in current.lines}
    for line_id in line_ids:
        if standing.get(line_id) not in statuses:
            raise LifecycleError(step, standing.get(line_id, "unknown"))
