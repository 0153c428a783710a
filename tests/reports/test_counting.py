"""The figures of an export: whoever counts them, they are the same, and they are what was played."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb import packed
from chalicelib.adapters.items import order_to_item
from chalicelib.adapters.return_items import return_to_item
from chalicelib.domain.findings import Inspection
from chalicelib.domain.lifecycle import decided, sent
from chalicelib.domain.receiving import inspected, received, settled
from chalicelib.domain.returns import Parcel, Return
from chalicelib.reports.analytics import Uncountable, count_files
from chalicelib.reports.counting import count
from chalicelib.reports.facts import Facts, Span
from chalicelib.shops import load_shops
from tests.exports.returns import returns
from tests.made import NOON, made, stored

AZULU = load_shops()["azulu"].merchant
ALWAYS = Span(None, None, NOON + timedelta(days=30))
Typed = dict[str, Any]


def typed(*items: Typed) -> list[tuple[str, Typed]]:
    return [(item["type"], packed(item)) for item in items]


def counted(items: Sequence[tuple[str, Typed]], span: Span = ALWAYS) -> Facts:
    return count(((kind, item) for kind, item in items if item["merchant"] == {"S": "azulu"}), AZULU.timezone, span)


def counted_by_duckdb(items: Sequence[tuple[str, Typed]], span: Span = ALWAYS) -> Facts:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "part.json.gz"
        file.write_bytes(gzip.compress(b"".join(json.dumps({"Item": item}).encode() + b"\n" for _, item in items)))
        return count_files([file], AZULU, span, threads=1)


spans = st.one_of(
    st.just(ALWAYS),
    st.builds(Span, st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.none(), st.just(NOON)),
    st.builds(Span, st.none(), st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.just(NOON)),
)


@given(st.lists(returns().filter(lambda made: any(line.outcome for line in made.lines)), max_size=5), spans)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_both_engines_count_the_same(drawn: list[Return], span: Span) -> None:
    items = typed(*(return_to_item(made) for made in drawn), order_to_item(stored()))
    ours, theirs = counted(items, span), counted_by_duckdb(items, span)
    assert ours.unreadable == 0
    assert ours.tables == theirs.tables


@pytest.mark.parametrize(
    ("mine", "beside"), [("year?", "year1"), ("*", "year1"), ("[year]", "y"), ("**", "year1"), ("{a,b}", "a")]
)
def test_a_folder_whose_name_looks_like_a_pattern_is_counted_alone(tmp_path: Path, mine: str, beside: str) -> None:
    items = typed(return_to_item(made("authorised")), order_to_item(stored()))
    for folder in (mine, beside):
        (tmp_path / folder).mkdir()
        written = b"".join(json.dumps({"Item": item}).encode() + b"\n" for _, item in items)
        (tmp_path / folder / "part.json.gz").write_bytes(gzip.compress(written))

    assert count_files([tmp_path / mine / "part.json.gz"], AZULU, ALWAYS, threads=1).tables == counted(items).tables


def whole_life() -> Return:
    """Return a return that was reviewed for 2 hours, sent a day later, arrived in 3 days, and was settled at once, reduced."""
    current = made("under_review", answer_by=NOON + timedelta(days=2))
    current = decided(current, ("1",), approve=True, by="Eva", note="", at=NOON + timedelta(hours=2))
    sent_at, arrived_at = NOON + timedelta(hours=26), NOON + timedelta(hours=98)
    current = sent(current, Parcel(carrier="", tracking="1", added_at=sent_at))
    current = received(current, {"1": 1}, by="Eva", note="", at=arrived_at)
    worn = {"condition": "used", "verdict": "reduced", "reason": "Worn."}
    found = Inspection(**worn, value=Decimal(100000), reduction=Decimal(79100), at=arrived_at, by="Eva")
    current = inspected(current, {"1": found}, resolve_by=None, by="Eva", note="", at=arrived_at)
    paid_at = arrived_at + timedelta(minutes=59)
    return settled(current, "exchange", amount=Decimal(100000), reference="AZ-2", expires_at=None, by="Eva", at=paid_at)


def test_a_return_is_counted_from_request_to_settlement() -> None:
    facts = counted(typed(return_to_item(whole_life()), order_to_item(stored())))
    assert facts["requested"] == {("2026-03-10", "COP"): (1, 1, 1, Decimal(199000))}
    assert facts["states"] == {("settled",): (1,)}
    assert facts["reasons"] == {("DR", "size", "COP"): (1, 1, Decimal(199000))}
    assert facts["outcomes"] == {("exchange", "COP"): (1, 1, Decimal(100000), 1, Decimal(100000))}
    assert facts["kept"] == {("COP",): (Decimal(19900), Decimal(79100), 0)}
    assert set(facts["cycles"]) == {("approved", "2"), ("sent", "24"), ("received", "72"), ("settled", "0"), ("whole", "98")}
    assert facts["sold"] == {("2026-03-01", "COP"): (1, 2, Decimal(398000))}
    assert facts["came_back"] == {("2026-03-01", "COP"): (1, 1, Decimal(199000))}
    assert facts["names"] == {("DR",): ("Linen dress",)}


def test_the_day_is_the_shops() -> None:
    late = made(created_at=NOON.replace(hour=4, minute=59))  # one minute before midnight in Bogotá
    facts = counted(typed(return_to_item(late)))
    assert set(facts["requested"]) == {("2026-03-09", "COP")}


def test_what_is_past_a_promise_is_overdue_at_the_moment_of_the_export() -> None:
    waiting = made("under_review", answer_by=NOON + timedelta(days=2))
    items = typed(return_to_item(waiting))
    assert counted(items, Span(None, None, NOON))["overdue"] == {}
    facts = counted(items)
    assert facts["overdue"] == {("under_review",): (1, NOON + timedelta(days=2))}
    assert counted_by_duckdb(items)["overdue"] == facts["overdue"]


def test_other_shops_returns_are_not_counted() -> None:
    facts = counted(typed(return_to_item(made(merchant="nurana"))))
    assert not any(facts.tables.values())


def with_line(**changes: Typed) -> Typed:
    (line,) = packed(return_to_item(made()))["lines"]["L"]
    return {"lines": {"L": [{"M": line["M"] | changes}]}}


@pytest.mark.parametrize(
    "broken",
    [
        {"created_at": {"S": "yesterday"}},
        {"lines": {"S": "none"}},
        {"currency": {"N": "1"}},
        with_line(granted={"M": {"kind": {"S": "refund"}, "value": {"S": "NaN"}, "deductions": {"L": []}}}),
        with_line(granted={"M": {"kind": {"S": "refund"}, "value": {"S": "1E+999999999"}, "deductions": {"L": []}}}),
        with_line(quantity={"N": "9" * 400}),
        with_line(outcome={"S": "what nobody offered"}),
    ],
)
def test_what_cannot_be_counted_is_told_and_nothing_of_it_counts(broken: Typed) -> None:
    ((kind, item),) = typed(return_to_item(made()))
    facts = counted([(kind, item | broken)])
    assert facts.unreadable == 1
    assert not any(facts.tables.values())
    with pytest.raises(Uncountable):
        counted_by_duckdb([(kind, item | broken)])


@pytest.mark.parametrize("kind", [0, 1])
def test_an_item_of_a_newer_shape_is_not_counted_fast(kind: int) -> None:
    items = typed(order_to_item(stored()), return_to_item(made()))
    assert counted_by_duckdb([(name, item | {"shape": {"N": "1"}}) for name, item in items])
    items[kind][1]["shape"] = {"N": "2"}
    with pytest.raises(Uncountable):
        counted_by_duckdb(items)
