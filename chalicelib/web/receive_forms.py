"""What a person of the shop posts about a parcel that arrived, read into a typed form as `forms.py` does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import get_args

from chalicelib.counter import Found
from chalicelib.domain.findings import Condition
from chalicelib.domain.identifiers import fold_digits
from chalicelib.domain.receiving import ARRIVING
from chalicelib.domain.returns import Return, ReturnLine
from chalicelib.web.amounts import Amounts
from chalicelib.web.forms import LONGEST_LINE, Fields, Mistake, one_line, several_lines
from chalicelib.web.staff_forms import LONGEST_NOTE
from chalicelib.wording import Wording

CONDITIONS: tuple[Condition, ...] = get_args(Condition)


@dataclass
class LineArrival:
    """What was typed for one line of a parcel; `verdict` is accepted, reduced, refused or `later`."""

    arrived: str
    condition: str = ""
    verdict: str = ""
    reduction: str = ""
    reason: str = ""


@dataclass
class ReceiveForm:
    """What arrived and what was found. `counts` holds the units that are news, `found` the lines inspected at once."""

    lines: dict[str, LineArrival] = field(default_factory=dict)
    note: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    found: dict[str, Found] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def of(cls, made: Return) -> ReceiveForm:
        """Return the form with everything there that is expected."""
        return cls({line.line.id: LineArrival(str(line.arrived or line.quantity)) for line in made.standing(*ARRIVING)})

    @classmethod
    def read(cls, fields: Fields, made: Return, wording: Wording, worth: Callable[[str, int], Decimal]) -> ReceiveForm:
        """Read what was posted; `worth` says what so many units of a line are worth before any reduction."""
        form = cls.of(made)
        form.note = several_lines(fields.get("internal", ""))
        if len(form.note) > LONGEST_NOTE:
            form._wrong("internal", "staff_note_long")
        indices = {line.line.id: index for index, line in enumerate(made.lines)}
        for line_id in form.lines:
            form._read_line(fields, indices[line_id], made.line(line_id), Amounts(wording, made.currency), worth)
        if not form.mistakes and not form.counts and not form.found:
            first = next((indices[line_id] for line_id in form.lines), 0)
            form._wrong(f"arrived-{first}", "staff_nothing_arrived")
        return form

    def _read_line(
        self, fields: Fields, index: int, line: ReturnLine, amounts: Amounts, worth: Callable[[str, int], Decimal]
    ) -> None:
        line_id = line.line.id
        all_fine = fields.get("then") == "fine"
        typed = self.lines[line_id] = LineArrival(
            arrived=one_line(fields.get(f"arrived-{line_id}", ""))[:LONGEST_LINE],
            condition=fields.get(f"condition-{line_id}", "")[:LONGEST_LINE],
            verdict=fields.get(f"verdict-{line_id}", "")[:LONGEST_LINE],
            reduction=one_line(fields.get(f"reduction-{line_id}", ""))[:LONGEST_LINE],
            reason=several_lines(fields.get(f"reason-{line_id}", "")),
        )
        wrong_before = len(self.mistakes)
        units = (line.arrived or line.quantity) if all_fine else _whole(typed.arrived)
        least = 1 if line.arrived else 0
        if units is None or not least <= units <= line.quantity:
            self._wrong(f"arrived-{index}", "staff_arrived_wrong", amounts.wording.number(line.quantity))
            return
        if all_fine:
            self._found(line, units, Found("as_new", "accepted"))
            return
        if not units:
            return
        found = self._read_verdict(index, typed, amounts, worth(line_id, units))
        if len(self.mistakes) == wrong_before:
            self._found(line, units, found)

    def _found(self, line: ReturnLine, units: int, found: Found | None) -> None:
        if units != line.arrived:
            self.counts[line.line.id] = units
        if found:
            self.found[line.line.id] = found

    def _read_verdict(self, index: int, typed: LineArrival, amounts: Amounts, most: Decimal) -> Found | None:
        if typed.verdict == "later":
            return None
        if typed.verdict not in ("accepted", "reduced", "refused"):
            self._wrong(f"verdict-{index}", "staff_verdict_missing")
        if typed.condition not in CONDITIONS:
            self._wrong(f"condition-{index}", "staff_condition_missing")
        reduction = Decimal(0)
        if typed.verdict == "reduced":
            reduction = self._read_reduction(index, typed, amounts, most)
        if typed.verdict in ("reduced", "refused") and not typed.reason:
            self._wrong(f"reason-{index}", "staff_reason_missing")
        elif len(typed.reason) > LONGEST_NOTE:
            self._wrong(f"reason-{index}", "staff_note_long")
        return Found(typed.condition, typed.verdict, reduction, "" if typed.verdict == "accepted" else typed.reason)

    def _read_reduction(self, index: int, typed: LineArrival, amounts: Amounts, most: Decimal) -> Decimal:
        reduction = amounts.read(typed.reduction)
        if reduction is None:
            self._wrong(f"reduction-{index}", "staff_amount_wrong" if typed.reduction else "staff_amount_missing")
        elif reduction > most:
            self._wrong(f"reduction-{index}", "staff_reduction_most", amounts.shown(most))
        elif not reduction:
            self._wrong(f"reduction-{index}", "staff_reduction_zero")
        return reduction or Decimal(0)

    def _wrong(self, place: str, code: str, shown: str = "") -> None:
        self.mistakes.append(Mistake(place, code, shown))


def _whole(typed: str) -> int | None:
    """Return the whole number that was typed in the digits of any script."""
    plain = fold_digits(typed)
    return int(plain) if re.fullmatch(r"[0-9]{1,9}", plain) else None
