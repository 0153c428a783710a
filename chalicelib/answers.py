"""What a person of the shop answers to a return that waits, line by line, and the steps that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.lifecycle import decided, overridden, redirected
from chalicelib.domain.stepping import Step
from chalicelib.domain.verdicts import Outcome, OutcomeKind


@dataclass(frozen=True)
class Answer:
    """What a person decides on one line: `note` is for the customer. `approve` is None where only the outcome changes.

    `outcome` is another one that the policy opens; `granted`, with the reason `why`, one that it does not.
    """

    approve: bool | None = None
    note: str = ""
    outcome: OutcomeKind | None = None
    granted: Outcome | None = None
    why: str = ""


def steps_of(answers: Mapping[str, Answer], by: str, at: datetime) -> list[Step]:
    """Return what to do for answers by line id: first other outcomes, then the decisions, those that are alike as one."""
    steps = [step for line_id, answer in answers.items() for step in _changes(line_id, answer, by, at)]
    alike: dict[tuple[bool, str], list[str]] = {}
    for line_id, answer in answers.items():
        if answer.approve is not None:
            alike.setdefault((answer.approve, answer.note), []).append(line_id)
    return steps + [_decision(tuple(lines), approve, by, note, at) for (approve, note), lines in alike.items()]


def _changes(line_id: str, answer: Answer, by: str, at: datetime) -> list[Step]:
    """Return the step that changes a line's outcome, if it is changed."""
    granted, outcome = answer.granted, answer.outcome
    if granted is not None:
        return [lambda current: overridden(current, line_id, granted, by=by, why=answer.why, note="", at=at)]
    if outcome is not None:
        return [lambda current: redirected(current, line_id, outcome, by=by, note="", at=at)]
    return []


def _decision(line_ids: tuple[str, ...], approve: bool, by: str, note: str, at: datetime) -> Step:  # noqa: FBT001
    return lambda current: decided(current, line_ids, approve=approve, by=by, note=note, at=at)
