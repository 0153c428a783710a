"""What the staff asks of the queue, in its address and in its forms, read into typed forms as `forms.py` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import get_args
from urllib.parse import parse_qsl, urlencode

from chalicelib.domain.clauses import REASONS
from chalicelib.domain.identifiers import fold_digits
from chalicelib.domain.merchant import Staff
from chalicelib.domain.orders import Reason
from chalicelib.domain.returns import QueueState, Return, ReturnStatus
from chalicelib.waiting import PAGE, WAITING, Wanted
from chalicelib.web import http
from chalicelib.web.forms import LONGEST_LINE, Fields, Mistake, one_line

STATES: tuple[QueueState, ...] = (*get_args(ReturnStatus), "unlabelled")
OUTCOMES = ("done", "overtaken", "not_waiting", "gone", "busy")
"""What can become of one of several returns that were chosen together."""
LONGEST_NOTE = 1000


@dataclass
class QueueForm:
    """What the queue shows: `state` is `waiting` or where a return stands, `mine` asks for one's own; the days as typed."""

    state: str = "waiting"
    since: str = ""
    until: str = ""
    sku: str = ""
    reason: str = ""
    mine: bool = False
    days: dict[str, date] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def read(cls, asked: Callable[[str], str | None]) -> QueueForm:
        """Read what was asked, by name; what no form of ours can ask is passed over."""
        text = {name: one_line(asked(name) or "")[:LONGEST_LINE] for name in ("state", "since", "until", "sku", "reason", "mine")}
        form = cls(
            state=text["state"] if text["state"] in STATES else "waiting",
            since=text["since"],
            until=text["until"],
            sku=text["sku"],
            reason=text["reason"] if text["reason"] in REASONS else "",
            mine=text["mine"] == "1",
        )
        for name in ("since", "until"):
            form._read_day(name, text[name])
        if not form.mistakes and len(form.days) == 2 and form.days["since"] > form.days["until"]:
            form.mistakes.append(Mistake("until", "days_reversed"))
        return form

    @classmethod
    def behind(cls, query: str) -> QueueForm:
        """Read what was asked from a query string, as `query` wrote it."""
        asked = dict(parse_qsl(query))
        return cls.read(asked.get)

    @property
    def query(self) -> str:
        """The query string of the queue's address that asks for the same."""
        asked = {"state": self.state, "since": self.since, "until": self.until, "sku": self.sku, "reason": self.reason}
        asked |= {"mine": "1"} if self.mine else {}
        return urlencode({name: value for name, value in asked.items() if value and value != "waiting"})

    @property
    def filters(self) -> bool:
        """Whether anything but the state is asked for."""
        return bool(self.since or self.until or self.sku or self.reason or self.mine)

    def wanted(self, person: Staff) -> Wanted:
        """Return which returns are asked for by somebody."""
        statuses = tuple(state for state in STATES if state == self.state) or WAITING
        if self.state == "authorised":
            statuses = (*statuses, "unlabelled")
        return Wanted(
            statuses=statuses,
            since=self.days.get("since"),
            until=self.days.get("until"),
            sku=self.sku,
            reason=_reason(self.reason),
            assignee=person.email if self.mine else "",
        )

    def _read_day(self, name: str, text: str) -> None:
        if not text:
            return
        try:
            day = date.fromisoformat(fold_digits(text).replace("/", "-"))
        except ValueError:
            day = None
        # Before 1900 or behind 2200 it is a slip, and at the calendar's ends a day is no moment in every zone.
        if day is None or not 1900 <= day.year <= 2200:
            self.mistakes.append(Mistake(name, "day_wrong"))
        else:
            self.days[name] = day


@dataclass(frozen=True)
class Pick:
    """A return that was chosen in the queue: its id, and how many entries its timeline had there."""

    id: str
    seen: int

    @classmethod
    def of(cls, made: Return) -> Pick:
        """Return the choice of a return as it stands."""
        return cls(made.id, len(made.timeline))

    def __str__(self) -> str:
        """Write it as the value of a field."""
        return f"{self.id} {self.seen}"


@dataclass
class BulkForm:
    """What is to be done with the returns that were chosen: `act` is approve or assign, `sure` that it was asked once more."""

    act: str = ""
    sure: bool = False
    note: str = ""
    back: str = ""
    picks: tuple[Pick, ...] = ()
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def read(cls, fields: Fields) -> BulkForm:
        """Read what was posted. Refused with 400 if no form of ours posts so many or such choices."""
        written = [value for name, value in fields.items() if name.startswith("pick-")]
        if len(written) > PAGE:
            raise http.Refused(400)
        form = cls(
            act=fields.get("act", ""),
            sure=fields.get("sure") == "1",
            note=fields.get("note", "").replace("\r\n", "\n").strip(),
            back=fields.get("back", "")[: LONGEST_LINE * 5],
            picks=tuple(_pick(value) for value in written),
        )
        if form.act in ("approve", "assign") and not form.picks:
            form.mistakes.append(Mistake("pick", "picks_missing"))
        if len(form.note) > LONGEST_NOTE:
            form.mistakes.append(Mistake("note", "staff_note_long"))
        return form


def results_written(results: Mapping[str, str]) -> str:
    """Write what became of each return, for the address of the page that says so."""
    return ",".join(f"{made_id}:{outcome}" for made_id, outcome in results.items())


def results_read(written: str) -> dict[str, str]:
    """Read what `results_written` wrote; anything else is passed over."""
    pairs = [part.rpartition(":") for part in written[: PAGE * LONGEST_LINE].split(",")[:PAGE]]
    return {made_id: outcome for made_id, colon, outcome in pairs if colon and made_id and outcome in OUTCOMES}


def _pick(value: str) -> Pick:
    made_id, _, seen = value[:LONGEST_LINE].rpartition(" ")
    if not made_id or not seen.isascii() or not seen.isdigit():
        raise http.Refused(400)
    return Pick(made_id, int(seen[:6]))


def _reason(name: str) -> Reason | None:
    return next((reason for reason in REASONS if reason == name), None)
