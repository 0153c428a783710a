"""Rows say what the domain says of the same return, and depend on nothing but the attributes that their columns name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb import packed
from chalicelib.adapters.return_items import return_to_item
from chalicelib.domain.findings import Inspection
from chalicelib.domain.returns import Event, Return, ReturnLine
from chalicelib.exports.columns import TABLES, Table
from chalicelib.exports.damages import Damages
from chalicelib.exports.reading import Found
from chalicelib.exports.rows import Wanted, rows
from tests.exports.items import return_item
from tests.exports.returns import returns
from tests.made import NOON

ZONES = {"azulu": ZoneInfo("America/Bogota"), "nurana": ZoneInfo("Asia/Tehran")}
ALL = Wanted(ZONES)


def rows_of(table: str, *items: dict[str, Any], wanted: Wanted = ALL, damages: Damages | None = None) -> list[dict[str, Any]]:
    """Return the rows of items in DynamoDB's typed form, by column."""
    found = (Found(item, item["type"]["S"], "part", number) for number, item in enumerate(items, start=1))
    fields = [name for name, _ in TABLES[table].fields]
    _, made = rows(found, TABLES[table], wanted, damages or Damages())
    return [dict(zip(fields, row, strict=True)) for row in made]


def typed(made: Return) -> dict[str, Any]:
    return packed(return_to_item(made))


@settings(max_examples=40, deadline=None)
@given(returns())
def test_a_return_says_what_the_domain_says(made: Return) -> None:
    (row,) = rows_of("returns", typed(made))
    standing = [line for line in made.lines if line.status not in {"rejected", "cancelled"}]
    people = [event.at for event in made.timeline if event.act in {"approved", "rejected"} and event.by != "policy"]
    assert (row["return_id"], row["status"], row["as_gift"]) == (made.id, made.status, made.as_gift)
    assert (row["lines"], row["units"]) == (len(made.lines), sum(line.quantity for line in made.lines))
    assert row["promised"] == sum(line.chosen.value for line in standing)
    assert row["fees"] == sum(each.amount for line in standing for each in line.chosen.deductions)
    assert row["goods"] == sum(line.decision.price * line.quantity for line in made.lines)
    assert row["charges"] == sum(charge.amount for charge in made.charges)
    assert row["reduced"] == sum(line.inspection.reduction for line in made.lines if line.inspection)
    for column, kind in (("exchanged", "exchange"), ("refunded", "refund"), ("gift_card", "gift_card")):
        assert row[column] == sum(each.amount for each in made.settlements if each.kind == kind)
    assert row["settled_at_utc"] == max((each.at for each in made.settlements), default=None)
    assert row["decided_at_utc"] == next(iter(people), None)
    assert row["sent_at_utc"] == next((event.at for event in made.timeline if event.act == "sent"), None)
    assert row["ship_by_utc"] == min((line.ship_by for line in made.lines if line.ship_by), default=None)
    assert row["label_cost"] == (made.label.cost if made.label else None)
    assert row["created_at_local"].tzinfo is ZONES[made.merchant]
    assert row["created_at_local"] == row["created_at_utc"] == made.created_at


@settings(max_examples=40, deadline=None)
@given(returns())
def test_a_line_says_what_the_domain_says(made: Return) -> None:
    shown = rows_of("lines", typed(made))
    assert len(shown) == len(made.lines)
    for row, line in zip(shown, made.lines, strict=True):
        chosen, inspection = line.chosen, line.inspection
        assert (row["outcome"], row["promised"], row["due"]) == (chosen.kind, chosen.value, chosen.due)
        assert (row["value"], row["asked_for"], row["approval"]) == (line.value, line.outcome, chosen.approval)
        assert (row["wanted"], row["photos"], row["sku"]) == (line.wanted, len(line.photos), line.line.sku)
        assert (row["condition"], row["inspection"]) == (
            (inspection.condition, inspection.verdict) if inspection else (None, None)
        )
        assert (row["overridden"], row["line_status"]) == (line.granted is not None, line.status)
        effects = {say.effect for say in line.decision.clauses}
        assert row["contested"] == (line.decision.verdict == "review" and {"grants", "refuses"} <= effects)
        settlement = next((each for each in made.settlements if line.line.id in each.lines), None)
        assert row["settled_as"] == (settlement.kind if settlement else None)
        assert row["settled_at_utc"] == (settlement.at if settlement else None)


@settings(max_examples=30, deadline=None)
@given(returns())
def test_the_timeline_is_told_event_by_event(made: Return) -> None:
    shown = [(row["at_utc"], row["act"], row["by"], row["lines"], row["note"]) for row in rows_of("timeline", typed(made))]
    assert shown == [(event.at, event.act, event.by, event.lines, event.note) for event in made.timeline]


def kept(value: dict[str, Any], paths: list[list[str]]) -> dict[str, Any]:
    """Return a typed map with nothing but what the paths lead to; `x[]` leads into a list."""
    left: dict[str, Any] = {}
    for name in {path[0].removesuffix("[]") for path in paths} & set(value):
        deeper = [path[1:] for path in paths if path[0].removesuffix("[]") == name]
        if any(not rest for rest in deeper):
            left[name] = value[name]
        elif "M" in value[name]:
            left[name] = {"M": kept(value[name]["M"], deeper)}
        elif "L" in value[name]:
            left[name] = {"L": [{"M": kept(each["M"], deeper)} for each in value[name]["L"]]}
        else:
            left[name] = value[name]
    return left


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
@settings(max_examples=25, deadline=None)
@given(made=returns())
def test_a_column_depends_on_nothing_but_the_attributes_that_it_names(table: Table, made: Return) -> None:
    item = typed(made)
    elements = len(item[table.each]["L"]) if table.each else 1
    for column in table.columns:
        pruned = kept(item, [path.split(".") for path in column.paths])
        for place in range(elements):
            before = item[table.each]["L"][place]["M"] if table.each else item
            if not table.each:
                after = pruned
            elif table.each in pruned:
                after = pruned[table.each]["L"][place]["M"]
            else:
                after = {}
            assert column.read(pruned, after) == column.read(item, before), column.name


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_columns_have_names_of_their_own_even_without_case(table: Table) -> None:
    names = [name.lower() for name, _ in table.fields]
    assert len(set(names)) == len(names)


UNTOLD = {
    "draft_id", "reserved_rma", "policy_sha256", "version",  # how it was made
    "outbox", "remind_at", "remind_hours", "grace_days", "label_wanted_at", "label_order",  # what is still to be done
}  # fmt: skip
"""Attributes of a return of which no merchant asks."""


def test_every_attribute_of_a_return_and_of_its_lines_is_in_a_column_or_left_out_on_purpose() -> None:
    paths = {path.replace("[]", "") for table in TABLES.values() for column in table.columns for path in column.paths}
    assert set(Return.model_fields) - {path.split(".")[0] for path in paths} == UNTOLD
    for name, model in (("lines", ReturnLine), ("lines.inspection", Inspection), ("timeline", Event)):
        told = {path.removeprefix(f"{name}.").split(".")[0] for path in paths if path.startswith(f"{name}.")}
        assert set(model.model_fields) <= told


def test_days_are_those_of_the_shops_calendar_and_both_ends_count() -> None:
    evening = datetime(2026, 3, 11, 3, 30, tzinfo=UTC)  # still the tenth in Bogotá, already the eleventh in Tehran
    azulu = typed_item(created_at=evening)
    nurana = typed_item(created_at=evening, merchant="nurana")
    for day, expected in ((9, []), (10, ["azulu"]), (11, ["nurana"])):
        on_that_day = Wanted(ZONES, since=date(2026, 3, day), until=date(2026, 3, day))
        assert [row["merchant"] for row in rows_of("returns", azulu, nurana, wanted=on_that_day)] == expected
    assert len(rows_of("returns", azulu, nurana, wanted=Wanted(ZONES, since=date(2026, 3, 10)))) == 2
    assert len(rows_of("returns", azulu, nurana, wanted=Wanted(ZONES, shop="nurana"))) == 1


def typed_item(**changes: Any) -> dict[str, Any]:
    return packed(return_item(**changes))


def test_a_shop_that_is_not_known_any_more_has_no_time_of_its_own() -> None:
    (row,) = rows_of("returns", typed_item(merchant="closed"))
    assert (row["created_at_utc"], row["created_at_local"]) == (NOON, None)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"created_at": None}, "the return lacks created_at"),
        ({"created_at": {"S": "yesterday"}}, "created_at is no moment"),
        ({"created_at": {"S": "0001-01-01T00:00:00+23:00"}}, "created_at is in the year 1"),
        ({"created_at": {"N": "5"}}, "created_at is of another type than S"),
        ({"charges": {"L": [{"M": {"amount": {"S": "NaN"}}}]}}, "charges: amount is no amount"),
        ({"lines": {"S": "none"}}, "lines is of another type than L"),
        ({"lines": {"L": [{"S": "x"}]}}, "lines holds what is no map"),
        ({"lines": {"L": "x"}}, "lines is no list"),
        ({"slot": {"N": "one"}}, "slot is no whole number"),
        ({"slot": {"N": float("inf")}}, "slot is no whole number"),
        ({"slot": {"N": "9" * 400}}, "slot is larger than any number here"),
        ({"charges": {"L": [{"M": {"amount": {"S": "1E+999999999"}}}]}}, "amount is larger or finer than any amount here"),
        ({"charges": {"L": [{"M": {"amount": {"S": "1E-999999999"}}}]}}, "amount is larger or finer than any amount here"),
        ({"as_gift": {"BOOL": "yes"}}, "as_gift is neither true nor false"),
    ],
)
def test_a_return_that_cannot_be_read_is_named_and_left_out(change: dict[str, Any], why: str) -> None:
    wrong = {name: value for name, value in (typed_item() | change).items() if value is not None}
    damages = Damages()
    assert len(rows_of("returns", typed_item(), wrong, typed_item(), damages=damages)) == 2
    (only,) = damages.first
    assert (only.file, only.line) == ("part", 2)
    assert only.why.endswith(f"{why}: this return is left out")


def test_an_item_from_before_the_shops_half_was_built_is_read() -> None:
    old = typed_item()
    for name in ("settlements", "as_gift", "remind_hours", "grace_days", "opened_by", "contact"):
        old.pop(name, None)
    for line in old["lines"]["L"]:
        for name in ("photos", "granted", "granted_why", "inspection", "arrived"):
            line["M"].pop(name, None)
    (row,) = rows_of("lines", old)
    assert (row["outcome"], row["value"], row["overridden"], row["photos"], row["arrived"]) == ("exchange", 179100, False, 0, 0)


@settings(max_examples=40, deadline=None)
@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_nothing_that_an_item_could_hold_brings_a_reading_down(value: Any) -> None:
    for name in ("created_at", "lines", "merchant", "charges", "timeline", "label", "settlements"):
        for odd in (value, {"S": value}, {"L": value}, {"M": value}):
            damages = Damages()
            for table in TABLES:
                rows_of(table, typed_item() | {name: odd}, damages=damages)
