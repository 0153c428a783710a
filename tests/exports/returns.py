"""Returns of every kind for property tests, as the domain could hold them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

from hypothesis import strategies as st

from chalicelib.domain.findings import Condition, Inspection, InspectionVerdict, Settlement
from chalicelib.domain.labels import Label
from chalicelib.domain.orders import Line, Reason, Variant
from chalicelib.domain.returns import Act, Event, LineStatus, Parcel, Return, ReturnLine
from chalicelib.domain.verdicts import Charge, ClauseSay, Deduction, Effect, LineDecision, Outcome, OutcomeKind
from tests.made import made

words = st.text(st.characters(codec="utf-8"), max_size=12)
names = words.filter(bool)
amounts = st.decimals(0, 10**12, places=2)
moments = st.integers(1_600_000_000, 1_900_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
kinds = st.sampled_from(get_args(OutcomeKind))
deductions = st.lists(st.builds(Deduction, st.just("fee"), amounts, st.just("Z1")), max_size=2).map(tuple)
clauses = st.lists(
    st.builds(ClauseSay, st.sampled_from(["Z1", "Z2"]), st.sampled_from(get_args(Effect)), st.just({"en": "Words."})), max_size=3
).map(tuple)


def outcomes(kind: OutcomeKind) -> st.SearchStrategy[Outcome]:
    """Draw one outcome of a kind."""
    return st.builds(Outcome, st.just(kind), st.sampled_from(["automatic", "review"]), amounts, deductions, amounts, st.none())


@st.composite
def lines(draw: st.DrawFn, line_id: str) -> ReturnLine:
    """Draw one line in any state."""
    offered = draw(st.lists(kinds, min_size=1, unique=True))
    decision = LineDecision(
        id=line_id, verdict=draw(st.sampled_from(["approved", "review"])), shipping=draw(st.sampled_from(["customer", "none"])),
        outcomes=tuple(draw(outcomes(kind)) for kind in offered), request_by=None, ship_by=None, required=(),
        clauses=draw(clauses), quantity=1, price=draw(amounts),
    )  # fmt: skip
    inspection = st.builds(
        Inspection, condition=st.sampled_from(get_args(Condition)), verdict=st.sampled_from(get_args(InspectionVerdict)),
        value=amounts, reduction=amounts, reason=words, at=moments, by=words,
    )  # fmt: skip
    bought = Line(
        id=line_id, sku=draw(names), product=draw(st.none() | names), name=draw(names), quantity=draw(st.integers(1, 9)),
        unit_price=draw(amounts), categories=tuple(draw(st.lists(names, max_size=2))), tags=(),
    )  # fmt: skip
    return ReturnLine(
        line=bought, quantity=draw(st.integers(1, bought.quantity)), reason=draw(st.sampled_from(get_args(Reason))),
        remark=draw(words), wish_words=draw(words), decision=decision, outcome=draw(st.sampled_from(offered)),
        wish=draw(st.none() | st.builds(
            Variant, merchant=st.just("azulu"), product=names, sku=names, name=names, options=st.just({}), price=amounts,
            currency=st.just("COP"), stock=st.just(1),
        )),
        granted=draw(st.none() | kinds.flatmap(outcomes)), granted_why=draw(words),
        status=draw(st.sampled_from(get_args(LineStatus))), ship_by=draw(st.none() | moments), reply=draw(words),
        photos=tuple(draw(st.lists(names, max_size=2))), arrived=draw(st.integers(0, 9)), inspection=draw(st.none() | inspection),
    )  # fmt: skip


@st.composite
def returns(draw: st.DrawFn) -> Return:
    """Draw a return in any state, whether or not the lifecycle could bring it there."""
    ids = [str(number) for number in range(1, draw(st.integers(1, 3)) + 1)]
    events = st.builds(
        Event, at=moments, act=st.sampled_from(get_args(Act)), by=st.sampled_from(["customer", "policy", "Eva"]),
        lines=st.just(tuple(ids)), note=words, internal=words,
    )  # fmt: skip
    settled = st.builds(
        Settlement,
        kind=kinds,
        lines=st.just(tuple(ids[:1])),
        amount=amounts,
        charged=amounts,
        reference=words,
        at=moments,
        by=words,
    )
    label = st.builds(
        Label, source=st.just("shop"), key=words, carrier=words, cost=st.none() | amounts, by=words, made_at=moments
    )
    more: dict[str, Any] = {
        "merchant": draw(st.sampled_from(["azulu", "nurana"])),
        "slot": draw(st.integers(1, 999)),
        "lines": tuple(draw(lines(line_id)) for line_id in ids),
        "charges": tuple(draw(st.lists(st.builds(Charge, words, amounts, words, st.just(("refund",))), max_size=2))),
        "settlements": tuple(draw(st.lists(settled, max_size=2))),
        "created_at": draw(moments),
        "timeline": tuple(draw(st.lists(events, max_size=5))),
        "parcel": draw(st.none() | st.builds(Parcel, carrier=words, tracking=words, added_at=moments)),
        "label": draw(st.none() | label),
        "as_gift": draw(st.booleans()),
        "received_at": draw(st.none() | moments),
    }
    return made().model_copy(update=more)
