"""The columns of every table that is made from exports: name, type, meaning, and how each is read from an item.

This is the one list of them: the files, the page `docs/exports.md` and everything that queries exports follow it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from chalicelib.exports import figures
from chalicelib.exports.typed import Read, Typed, Value, amount, at_path, flag, moment, text, texts, whole

Kind = Literal["text", "texts", "whole", "amount", "moment", "flag"]
FieldKind = Literal["text", "texts", "whole", "amount", "utc", "local", "flag"]

_PLAIN: dict[Kind, Callable[[Typed, str], Any]] = {
    "text": text,
    "texts": texts,
    "whole": whole,
    "amount": amount,
    "moment": moment,
    "flag": flag,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `paths` are the attributes that it is read from, `how` says so in words, `read` takes an item and its element.

    A path begins at the item; `lines[].` and `timeline[].` lead into the element that the row is about, or into all of them.
    """

    name: str
    kind: Kind
    meaning: str
    paths: tuple[str, ...]
    how: str
    read: Callable[[Typed, Typed], Value]

    @property
    def fields(self) -> tuple[tuple[str, FieldKind], ...]:
        """The columns of a file that it becomes: a moment is told in UTC and in the shop's zone."""
        if self.kind == "moment":
            return (f"{self.name}_utc", "utc"), (f"{self.name}_local", "local")
        return ((self.name, self.kind),)


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of rows: one for each return, or one for each element of the list `each` in every return."""

    name: str
    meaning: str
    each: str | None
    columns: tuple[Column, ...]

    @property
    def fields(self) -> Iterator[tuple[str, FieldKind]]:
        """Every column of a file, in order."""
        return (field for column in self.columns for field in column.fields)


def _plain(name: str, kind: Kind, meaning: str, path: str = "") -> Column:
    """A column that is one attribute."""
    path = path or name
    list_name, inside, rest = path.partition("[].")
    read: Read = at_path(rest if inside else list_name, _PLAIN[kind])
    if inside:
        return Column(name, kind, meaning, (path,), f"`{path}`", lambda _made, element: read(element))
    return Column(name, kind, meaning, (path,), f"`{path}`", lambda made, _element: read(made))


def _of_return(name: str, kind: Kind, meaning: str, read: Read, how: str, paths: str) -> Column:
    """A column that is worked out from a whole return."""
    return Column(name, kind, meaning, tuple(paths.split()), how, lambda made, _element: read(made))


def _of_line(name: str, kind: Kind, meaning: str, read: Read, how: str, paths: str) -> Column:
    """A column that is worked out from a line."""
    return Column(name, kind, meaning, tuple(f"lines[].{path}" for path in paths.split()), how, lambda _made, line: read(line))


def _settlement(name: str, kind: Kind, meaning: str, attribute: str) -> Column:
    """A column of the settlement that a line was part of."""
    read = _PLAIN[kind]
    paths = ("lines[].line.id", "settlements[].lines[]", f"settlements[].{attribute}")
    how = f"`{attribute}` of the one in `settlements[]` whose `lines` name the line"
    return Column(name, kind, meaning, paths, how, lambda made, line: read(figures.settlement(made, line), attribute))


_CHOSEN = "outcome granted.kind decision.outcomes[].kind"
_COUNTS = "the outcome that counts"
_LINES_CHOSEN = " ".join(f"lines[].{path}" for path in ("status", *_CHOSEN.split()))


def _first(name: str, act: str, meaning: str) -> Column:
    """A column that is the first time of something in the timeline."""
    how = f"the first `timeline[].at` whose `act` is `{act}`"
    return _of_return(name, "moment", meaning, partial(figures.first, act), how, "timeline[].at timeline[].act")


def _given(name: str, kind: str, meaning: str) -> Column:
    """A column that sums the settlements of one kind."""
    how = f"sum of `settlements[].amount` whose `kind` is `{kind}`"
    return _of_return(name, "amount", meaning, partial(figures.settled, kind), how, "settlements[].amount settlements[].kind")


_KEY = (
    _plain("merchant", "text", "the shop's short name"),
    _plain("order_number", "text", "the order, as the shop writes it"),
    _of_return(
        "return_id", "text", "the return: order number and slot, such as NR-1001/1", figures.return_id,
        "`order_number`, a slash, `slot`", "order_number slot",
    ),
    _plain("rma", "text", "the RMA number; empty until a line is authorised"),
    _of_return("status", "text", "where the return stands", figures.status, "`queue`, behind the `#`", "queue"),
    _plain("created_at", "moment", "when the return was submitted; `--since` and `--until` go by its date in the shop's zone"),
)  # fmt: skip

RETURNS = Table(
    "returns",
    "one row for each return",
    None,
    (
        *_KEY,
        _plain("placed_at", "moment", "when the order was placed"),
        _plain("email", "text", "the customer's address"),
        _plain("language", "text", "the customer's language"),
        _plain("country", "text", "where the goods are, ISO 3166-1"),
        _plain("method", "text", "how they come back: mail or store"),
        _plain("store", "text", "the store that they are brought to"),
        _plain("proof", "text", "receipt, gift_receipt or none"),
        _of_return("as_gift", "flag", "whether the recipient of a gift returned it", figures.as_gift, "`as_gift`", "as_gift"),
        _plain("opened_by", "text", "who of the shop opened it for the customer"),
        _plain("assignee", "text", "who of the shop sees to it"),
        _plain("policy", "text", "the policy that decided", "policy_id"),
        _plain("currency", "text", "of every amount but the label's, ISO 4217"),
        _of_return("lines", "whole", "how many lines come back", figures.lines_count, "count of `lines[]`", "lines[].quantity"),
        _of_return("units", "whole", "how many units come back", figures.units, "sum of `lines[].quantity`", "lines[].quantity"),
        _of_return(
            "units_arrived", "whole", "how many of them have arrived", figures.units_arrived, "sum of `lines[].arrived`",
            "lines[].arrived",
        ),
        _of_return(
            "goods", "amount", "what all units cost, before fees", figures.goods,
            "sum of `lines[].decision.price` times `quantity`", "lines[].decision.price lines[].quantity",
        ),
        _of_return(
            "promised", "amount", "what was promised for the lines neither rejected nor cancelled; fees are off, charges are not",
            figures.promised, f"sum of the `value` of {_COUNTS}",
            f"{_LINES_CHOSEN} lines[].granted.value lines[].decision.outcomes[].value",
        ),
        _of_return(
            "fees", "amount", "fees of the lines neither rejected nor cancelled", figures.fees,
            f"sum of the `deductions[].amount` of {_COUNTS}",
            f"{_LINES_CHOSEN} lines[].granted.deductions[].amount lines[].decision.outcomes[].deductions[].amount",
        ),
        _of_return(
            "charges", "amount", "what the policy takes once for the whole return", figures.charges, "sum of `charges[].amount`",
            "charges[].amount",
        ),
        _of_return(
            "reduced", "amount", "what inspections took off", figures.reduced, "sum of `lines[].inspection.reduction`",
            "lines[].inspection.reduction",
        ),
        _given("exchanged", "exchange", "value of the exchanges sent"),
        _given("store_credit", "store_credit", "store credit issued"),
        _given("gift_card", "gift_card", "gift cards issued"),
        _given("refunded", "refund", "money refunded"),
        _of_return(
            "charged", "amount", "what settlements took once for the whole return", figures.charged,
            "sum of `settlements[].charged`", "settlements[].charged",
        ),
        _plain("parcel_carrier", "text", "the carrier that the customer told of", "parcel.carrier"),
        _plain("parcel_tracking", "text", "the parcel's number that the customer told of", "parcel.tracking"),
        _plain("label_carrier", "text", "the carrier of the prepaid label", "label.carrier"),
        _plain("label_service", "text", "its service", "label.service"),
        _plain("label_tracking", "text", "its parcel's number", "label.tracking"),
        _plain("label_cost", "amount", "what the label cost", "label.cost"),
        _plain("label_currency", "text", "in this currency", "label.currency"),
        _plain("label_voided_at", "moment", "when the label was given back, so that it costs nothing", "label.voided_at"),
        _plain("answer_by", "moment", "until when an answer was promised"),
        _of_return(
            "decided_at", "moment", "when a person first approved or rejected a line", figures.decided_at,
            "the first `timeline[].at` whose `act` is `approved` or `rejected` and `by` not `policy`",
            "timeline[].at timeline[].act timeline[].by",
        ),
        _first("approved_at", "approved", "when a line was first approved, by the policy or a person"),
        _of_return(
            "ship_by", "moment", "until when the first line must be sent", figures.ship_by, "the earliest `lines[].ship_by`",
            "lines[].ship_by",
        ),
        _first("sent_at", "sent", "when the customer first told of a parcel"),
        _plain("received_at", "moment", "when the goods arrived"),
        _first("inspected_at", "inspected", "when the first line was inspected"),
        _plain("resolve_by", "moment", "until when the settlement was promised; empty once all is settled"),
        _of_return(
            "settled_at", "moment", "when the last settlement was made", figures.settled_at, "the latest `settlements[].at`",
            "settlements[].at",
        ),
        _plain("reminded_at", "moment", "when the customer was reminded to send it"),
        _first("expired_at", "expired", "when it expired because nothing was sent"),
        _first("cancelled_at", "cancelled", "when the customer took lines back"),
        _plain("forgotten_at", "moment", "when the customer's personal data was removed"),
    ),
)  # fmt: skip

LINES = Table(
    "lines",
    "one row for each line of each return",
    "lines",
    (
        *_KEY,
        _plain("currency", "text", "of every amount, ISO 4217"),
        _plain("line_id", "text", "the line of the order", "lines[].line.id"),
        _plain("sku", "text", "the SKU", "lines[].line.sku"),
        _plain("product", "text", "the product that it is a variant of", "lines[].line.product"),
        _plain("name", "text", "what the customer reads", "lines[].line.name"),
        _plain("categories", "texts", "the shop's words for it", "lines[].line.categories"),
        _plain("tags", "texts", "likewise", "lines[].line.tags"),
        _plain("bought", "whole", "how many units were bought", "lines[].line.quantity"),
        _plain("unit_price", "amount", "what a unit was sold for", "lines[].line.unit_price"),
        _plain("quantity", "whole", "how many units come back", "lines[].quantity"),
        _plain("line_status", "text", "where the line stands", "lines[].status"),
        _plain("reason", "text", "why it comes back", "lines[].reason"),
        _plain("remark", "text", "what the customer wrote", "lines[].remark"),
        _of_line(
            "wanted", "text", "what the customer wants instead", figures.wanted,
            "`lines[].wish.name` and its `options`, else `lines[].wish_words`", "wish wish_words",
        ),
        _of_line("photos", "whole", "how many photos the customer sent", figures.photos, "count of `lines[].photos`", "photos[]"),
        _plain("verdict", "text", "what the policy said: approved or review", "lines[].decision.verdict"),
        _of_line(
            "clauses", "texts", "the clauses that had a say, and what each did", figures.clauses,
            "`lines[].decision.clauses[].id` and `effect`", "decision.clauses[].id decision.clauses[].effect",
        ),
        _of_line(
            "contested", "flag", "whether a person had to decide because one clause granted what another refused",
            figures.contested, "`lines[].decision.verdict` is `review`, and `clauses[].effect` holds `grants` and `refuses`",
            "decision.verdict decision.clauses[].effect",
        ),
        _plain("shipping", "text", "who pays for the way back: customer, merchant or none", "lines[].decision.shipping"),
        _plain("price", "amount", "the price of a unit that counts for the return", "lines[].decision.price"),
        _of_line(
            "goods", "amount", "what the units cost, before fees", figures.line_goods,
            "`lines[].decision.price` times `quantity`", "decision.price quantity",
        ),
        _plain("asked_for", "text", "the outcome that the customer chose", "lines[].outcome"),
        _of_line("outcome", "text", "the outcome that counts", figures.line_outcome, f"`kind` of {_COUNTS}", _CHOSEN),
        _of_line(
            "overridden", "flag", "whether a person gave an outcome beyond the policy", figures.overridden,
            "there is `lines[].granted`", "granted.kind",
        ),
        _plain("override_reason", "text", "why they did", "lines[].granted_why"),
        _of_line(
            "approval", "text", "whether the outcome is automatic or for review", figures.line_approval,
            f"`approval` of {_COUNTS}", f"{_CHOSEN} granted.approval decision.outcomes[].approval",
        ),
        _of_line(
            "promised", "amount", "what was promised, fees off", figures.line_promised, f"`value` of {_COUNTS}",
            f"{_CHOSEN} granted.value decision.outcomes[].value",
        ),
        _of_line(
            "fees", "amount", "the line's fees", figures.line_fees, f"sum of the `deductions[].amount` of {_COUNTS}",
            f"{_CHOSEN} granted.deductions[].amount decision.outcomes[].deductions[].amount",
        ),
        _of_line(
            "due", "amount", "what the customer pays on top of an exchange", figures.line_due, f"`due` of {_COUNTS}",
            f"{_CHOSEN} granted.due decision.outcomes[].due",
        ),
        _plain("ship_by", "moment", "until when it must be sent", "lines[].ship_by"),
        _plain("reply", "text", "what the shop wrote to the customer when it decided", "lines[].reply"),
        _of_line("arrived", "whole", "how many units have arrived", figures.arrived, "`lines[].arrived`", "arrived"),
        _plain("condition", "text", "the condition found", "lines[].inspection.condition"),
        _plain("inspection", "text", "what was found: accepted, reduced or refused", "lines[].inspection.verdict"),
        _plain("reduced", "amount", "what the inspection took off", "lines[].inspection.reduction"),
        _plain("inspection_reason", "text", "why it was reduced or refused", "lines[].inspection.reason"),
        _plain("inspected_at", "moment", "when it was inspected", "lines[].inspection.at"),
        _plain("inspected_by", "text", "by whom", "lines[].inspection.by"),
        _of_line(
            "value", "amount", "what the line is worth now", figures.line_value,
            f"`lines[].inspection.value`, else the `value` of {_COUNTS}",
            f"{_CHOSEN} inspection.value granted.value decision.outcomes[].value",
        ),
        _settlement("settled_as", "text", "what was given for it, together with lines of the same outcome", "kind"),
        _settlement("settled_at", "moment", "when", "at"),
        _settlement("settled_by", "text", "by whom", "by"),
        _settlement("settled_expires_at", "moment", "until when a code can be used", "expires_at"),
        _settlement("settled_reference", "text", "the new order's number, the code or the refund's reference", "reference"),
    ),
)  # fmt: skip

TIMELINE = Table(
    "timeline",
    "one row for everything that happened to each return",
    "timeline",
    (
        *_KEY,
        _plain("at", "moment", "when it happened", "timeline[].at"),
        _plain("act", "text", "what happened", "timeline[].act"),
        _plain("by", "text", "customer, policy, time, or a person of the shop", "timeline[].by"),
        _plain("lines", "texts", "to which lines", "timeline[].lines"),
        _plain("note", "text", "what the customer was told", "timeline[].note"),
        _plain("internal", "text", "what was noted for the shop only", "timeline[].internal"),
    ),
)

TABLES = {table.name: table for table in (RETURNS, LINES, TIMELINE)}
