"""What a person of the shop posts about one return, read into typed forms as `forms.py` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import get_args

from chalicelib.answers import Answer
from chalicelib.domain.lifecycle import most_granted
from chalicelib.domain.returns import LineStatus, Return, ReturnLine
from chalicelib.domain.verdicts import Outcome, OutcomeKind
from chalicelib.web.amounts import Amounts
from chalicelib.web.forms import LONGEST_LINE, Fields, Mistake, one_line, several_lines
from chalicelib.wording import Wording

LONGEST_NOTE = 1000
LONGEST_REFERENCE = 100
CHANGEABLE: tuple[LineStatus, ...] = ("under_review", "authorised", "received", "expired")
"""Where a line stands of which the outcome may still change: it is not inspected, and not over."""
KINDS: tuple[OutcomeKind, ...] = get_args(OutcomeKind)
Grant = Callable[[str, OutcomeKind, Decimal], Outcome]
"""Makes the outcome beyond the policy of a line's id, a kind and an amount."""


@dataclass
class LineAnswer:
    """What was typed for one line: `answer` is approve, reject or empty; `outcome` a kind, `other` or empty for no change."""

    answer: str = ""
    note: str = ""
    outcome: str = ""
    kind: str = ""
    amount: str = ""
    why: str = ""

    @property
    def touched(self) -> bool:
        """Whether anything was chosen or typed."""
        return self != LineAnswer()


@dataclass
class DecideForm:
    """What is decided and changed, line by line, and a remark for colleagues. `answers` holds what is to be done."""

    lines: dict[str, LineAnswer] = field(default_factory=dict)
    internal: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def of(cls, made: Return) -> DecideForm:
        """Return the form with nothing typed."""
        return cls({line.line.id: LineAnswer() for line in made.lines})

    @classmethod
    def read(cls, fields: Fields, made: Return, wording: Wording, grant: Grant) -> DecideForm:
        """Read what was posted."""
        form = cls.of(made)
        form.internal = several_lines(fields.get("internal", ""))
        if len(form.internal) > LONGEST_NOTE:
            form._wrong("internal", "staff_note_long")
        for index, line in enumerate(made.lines):
            form.lines[line.line.id] = _typed(fields, line.line.id)
            if line.status in CHANGEABLE:
                form._judge(index, line, Amounts(wording, made.currency), grant)
        return form

    @property
    def touched(self) -> bool:
        """Whether anything was chosen or typed."""
        return bool(self.internal) or any(line.touched for line in self.lines.values())

    def _judge(self, index: int, line: ReturnLine, amounts: Amounts, grant: Grant) -> None:
        typed = self.lines[line.line.id]
        wrong_before = len(self.mistakes)
        self._judge_answer(index, line, typed)
        outcome = granted = None
        if typed.answer != "reject" and typed.outcome == "other":
            granted = self._read_grant(index, line, typed, amounts, grant)
        elif typed.answer != "reject" and typed.outcome:
            outcome = next((each.kind for each in line.decision.outcomes if each.kind == typed.outcome), None)
            if outcome is None:
                self._wrong(f"outcome-{index}", "choice_unknown")
        if len(self.mistakes) > wrong_before:
            return
        if outcome == line.outcome and not line.granted:
            outcome = None
        if typed.answer or outcome or granted:
            approve = typed.answer == "approve" if typed.answer else None
            self.answers[line.line.id] = Answer(approve, typed.note, outcome, granted, typed.why if granted else "")

    def _judge_answer(self, index: int, line: ReturnLine, typed: LineAnswer) -> None:
        if typed.answer not in (("", "approve", "reject") if line.status == "under_review" else ("",)):
            self._wrong(f"answer-{index}", "choice_unknown")
            typed.answer = ""
        if typed.answer == "reject" and not typed.note:
            self._wrong(f"note-{index}", "staff_note_missing")
        elif typed.note and not typed.answer:
            self._wrong(f"answer-{index}", "staff_answer_missing")
        if len(typed.note) > LONGEST_NOTE:
            self._wrong(f"note-{index}", "staff_note_long")

    def _read_grant(self, index: int, line: ReturnLine, typed: LineAnswer, amounts: Amounts, grant: Grant) -> Outcome | None:
        kind = next((each for each in KINDS if each == typed.kind), None)
        amount = amounts.read(typed.amount)
        if kind is None:
            self._wrong(f"kind-{index}", "staff_kind_missing")
        if amount is None:
            self._wrong(f"amount-{index}", "staff_amount_wrong" if typed.amount else "staff_amount_missing")
        elif amount > most_granted(line):
            self._wrong(f"amount-{index}", "staff_amount_most", amounts.shown(most_granted(line)))
        if not typed.why:
            self._wrong(f"why-{index}", "staff_why_missing")
        elif len(typed.why) > LONGEST_NOTE:
            self._wrong(f"why-{index}", "staff_note_long")
        return grant(line.line.id, kind, amount) if kind and amount is not None else None

    def _wrong(self, place: str, code: str, shown: str = "") -> None:
        self.mistakes.append(Mistake(place, code, shown))


def _typed(fields: Fields, line_id: str) -> LineAnswer:
    """Return what was typed for one line, as it was."""
    typed = LineAnswer(
        answer=fields.get(f"answer-{line_id}", "")[:LONGEST_LINE],
        note=several_lines(fields.get(f"note-{line_id}", "")),
        outcome=fields.get(f"outcome-{line_id}", "")[:LONGEST_LINE],
        kind=fields.get(f"kind-{line_id}", "")[:LONGEST_LINE],
        amount=one_line(fields.get(f"amount-{line_id}", ""))[:LONGEST_LINE],
        why=several_lines(fields.get(f"why-{line_id}", "")),
    )
    if not typed.outcome and (typed.kind or typed.amount or typed.why):
        typed.outcome = "other"  # Whoever filled these in meant them, whether or not they chose them too.
    return typed


@dataclass
class SettleForm:
    """What was given: the number, code or reference of it."""

    reference: str = ""
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def read(cls, fields: Fields) -> SettleForm:
        """Read what was posted."""
        form = cls(one_line(fields.get("reference", "")))
        if not form.reference:
            form.mistakes.append(Mistake("reference", "staff_reference_missing"))
        elif len(form.reference) > LONGEST_REFERENCE:
            form.mistakes.append(Mistake("reference", "staff_reference_long"))
        return form
