"""What a browser posts on the steps of a draft, read into typed forms as `forms.py` does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from chalicelib.domain.drafts import Draft, DraftLine
from chalicelib.domain.identifiers import fold_digits
from chalicelib.domain.orders import SHOP_FAULT, Country, Method, Proof, Reason
from chalicelib.domain.verdicts import OutcomeKind
from chalicelib.web.forms import LONGEST_LINE, Fields, Mistake, one_line, several_lines

LONGEST_REMARK = 500


@dataclass
class ItemsForm:
    """Which lines come back and how many units of each; `taken` and `typed` are by line id."""

    taken: set[str] = field(default_factory=set)
    typed: dict[str, str] = field(default_factory=dict)
    proof: Proof = "receipt"
    country: Country | None = None
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def of(cls, draft: Draft, available: Mapping[str, int]) -> ItemsForm:
        """Fill in what was chosen before."""
        quantities = {line.id: str(min(line.quantity, available.get(line.id) or 1)) for line in draft.lines}
        return cls({line_id for line_id in quantities if available.get(line_id)}, quantities, draft.proof, draft.country)

    @classmethod
    def read(cls, fields: Fields, available: Mapping[str, int], countries: Mapping[str, str], draft: Draft) -> ItemsForm:
        """Read what was posted; `available` holds the units left of each line that can be chosen, in the order's order."""
        form = cls(proof=draft.proof, country=draft.country)
        for index, (line_id, left) in enumerate(available.items()):
            typed = one_line(fields.get(f"quantity-{line_id}", "1"))[:20]
            form.typed[line_id] = typed
            if f"take-{line_id}" not in fields:
                continue
            form.taken.add(line_id)
            if _whole(typed) not in range(1, left + 1):
                form.mistakes.append(Mistake(f"quantity-{index}", "quantity_wrong"))
        if not form.taken:
            form.mistakes.append(Mistake("items", "items_missing"))
        wanted = fields.get("proof", draft.proof)
        known = [proof for proof in get_args(Proof) if proof == wanted]
        form.proof = known[0] if known else draft.proof
        if not known:
            form.mistakes.append(Mistake("proof", "choice_unknown"))
        country = fields.get("country")
        if country in countries:
            form.country = country
        elif country:
            form.mistakes.append(Mistake("country", "choice_unknown"))
        return form

    @property
    def quantities(self) -> dict[str, int]:
        """The units asked back by line id; lines with a quantity that is none count as one unit."""
        return {line_id: max(1, _whole(self.typed[line_id]) or 1) for line_id in self.taken}


@dataclass
class LineForm:
    """What was said of one line; `wish` is a SKU of the catalogue, `words`, `none` or empty."""

    reason: str = ""
    answers: dict[str, bool] = field(default_factory=dict)
    wish: str = ""
    words: str = ""
    remark: str = ""


@dataclass(frozen=True)
class LineQuestions:
    """What is asked of one line: the reasons that lead anywhere, the conditions, the SKUs that may be wished for."""

    index: int
    reasons: Sequence[Reason]
    conditions: Sequence[str]
    skus: Sequence[str]
    exchange: bool


@dataclass
class DetailsForm:
    """Reason, conditions, wish and remark of each chosen line, by line id."""

    lines: dict[str, LineForm] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def of(cls, draft: Draft) -> DetailsForm:
        """Fill in what was said before."""
        return cls({line.id: _line_form(line) for line in draft.lines})

    @classmethod
    def read(cls, fields: Fields, questions: Mapping[str, LineQuestions]) -> DetailsForm:
        """Read what was posted for these lines."""
        form = cls()
        for line_id, asked in questions.items():
            form._read_line(fields, line_id, asked)
        return form

    def _read_line(self, fields: Fields, line_id: str, asked: LineQuestions) -> None:
        line = LineForm(
            reason=fields.get(f"reason-{line_id}", ""),
            wish=fields.get(f"wish-{line_id}", "") if asked.exchange else "",
            words=one_line(fields.get(f"words-{line_id}", "")),
            remark=several_lines(fields.get(f"remark-{line_id}", "")),
        )
        if asked.exchange and not asked.skus:
            line.wish = "words" if line.words else ""
        self.lines[line_id] = line
        if line.reason not in asked.reasons:
            self._wrong(f"reason-{asked.index}", "choice_unknown" if line.reason else "reason_missing")
            line.reason = ""
        for number, condition in enumerate(asked.conditions):
            answered = fields.get(f"answer-{line_id}-{condition}")
            if answered in ("yes", "no"):
                line.answers[condition] = answered == "yes"
            elif line.reason and line.reason not in SHOP_FAULT:
                self._wrong(f"answer-{asked.index}-{number}", "answer_missing")
        if line.wish not in ("", "none", "words", *asked.skus):
            self._wrong(f"wish-{asked.index}", "choice_unknown")
            line.wish = ""
        if line.wish == "words" and not line.words:
            self._wrong(f"words-{asked.index}", "words_missing")
        if len(line.words) > LONGEST_LINE:
            self._wrong(f"words-{asked.index}", "words_long")
        if len(line.remark) > LONGEST_REMARK:
            self._wrong(f"remark-{asked.index}", "remark_long")

    def _wrong(self, place: str, code: str) -> None:
        self.mistakes.append(Mistake(place, code))

    def described(self, draft: Draft) -> tuple[DraftLine, ...]:
        """Return the draft's lines with what was said of them, as far as it can be kept."""
        return tuple(_described(line, self.lines[line.id]) for line in draft.lines if line.id in self.lines)


@dataclass
class OutcomesForm:
    """How the goods come back (`mail`, or `store:` and the store's id) and what the customer wants for each line."""

    how: str = ""
    outcomes: dict[str, OutcomeKind] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def of(cls, draft: Draft) -> OutcomesForm:
        """Fill in what was chosen before."""
        how = f"store:{draft.store}" if draft.method == "store" else draft.method or ""
        return cls(how, {line.id: line.outcome for line in draft.lines if line.outcome})

    @classmethod
    def read(
        cls, fields: Fields, ways: Sequence[str], offered: Mapping[Method, Mapping[str, Sequence[OutcomeKind]]]
    ) -> OutcomesForm:
        """Read what was posted; `offered` holds by method and line id what is open there."""
        form = cls(how=fields.get("how", ""))
        if form.how not in ways:
            form.mistakes.append(Mistake("how", "choice_unknown" if form.how else "how_missing"))
            form.how = ""
        for index, line_id in enumerate(next(iter(offered.values()), {})):
            open_now = (
                offered[form.method][line_id] if form.how else [kind for each in offered.values() for kind in each[line_id]]
            )
            wanted = fields.get(f"outcome-{line_id}", "")
            chosen = next((kind for kind in get_args(OutcomeKind) if kind == wanted), None)
            if chosen:
                form.outcomes[line_id] = chosen
            if open_now and chosen not in open_now:
                form.mistakes.append(Mistake(f"outcome-{index}", "outcome_closed" if chosen else "outcome_missing"))
        return form

    @property
    def method(self) -> Method:
        """The way the goods come back, mail while none was chosen."""
        return "store" if self.how.startswith("store:") else "mail"

    @property
    def store(self) -> str | None:
        """The store where the goods are handed in."""
        return self.how.removeprefix("store:") if self.method == "store" else None


def _whole(typed: str) -> int | None:
    """Return the whole number that was typed in the digits of any script."""
    plain = fold_digits(typed)
    return int(plain) if re.fullmatch(r"[0-9]{1,6}", plain) else None


def _line_form(line: DraftLine) -> LineForm:
    wish = line.wish_sku or ("words" if line.wish_words else "")
    return LineForm(line.reason or "", dict(line.answers), wish, line.wish_words, line.remark)


def _described(line: DraftLine, said: LineForm) -> DraftLine:
    in_words = said.wish == "words"
    return line.model_copy(
        update={
            "reason": said.reason or None,
            "answers": said.answers,
            "wish_sku": None if in_words or said.wish in ("", "none") else said.wish,
            "wish_words": said.words[:LONGEST_LINE] if in_words else "",
            "remark": said.remark[:LONGEST_REMARK],
        }
    )
