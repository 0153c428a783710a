"""The tables, views and queries for Athena: made of the exports' columns, and read by another engine they say the same.

No Athena runs here. The SQL is parsed in its dialect and translated for DuckDB, which reads an export with the tables' types.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from chalicelib.adapters.dynamodb import packed
from chalicelib.adapters.return_items import return_to_item
from chalicelib.domain.orders import Variant
from chalicelib.domain.returns import Return
from chalicelib.exports.columns import TABLES, Column, Table
from chalicelib.exports.damages import Damages
from chalicelib.exports.reading import Found
from chalicelib.exports.rows import Wanted, rows
from chalicelib.reports.counting import count
from chalicelib.reports.facts import STAGES, Facts, Span
from chalicelib.reports.figures import Figures
from chalicelib.shops import load_shops
from infra.athena.expressions import expression
from infra.athena.generate import FOLDER, files
from infra.athena.item import paths
from tests.exports.aws_layout import full, incremental, part_of
from tests.exports.items import order_item, product_item, return_item
from tests.exports.returns import returns
from tests.made import NOON, made
from tests.reports.test_counting import whole_life

ZONES = {slug: shop.merchant.timezone for slug, shop in load_shops().items()}
QUERIES = sorted((FOLDER / "queries").glob("*.sql"))
ALL = [*(FOLDER / name for name in files()), *QUERIES]
# Athena takes definitions of tables in Hive's dialect, everything else in Trino's.
DEFINITIONS = ("full_export", "changes")
# What its documentation lists as reserved in definitions of tables.
RESERVED = frozenset(
    """all alter and array as authorization between bigint binary boolean both by case cashe cast char column conf constraint
    commit create cross cube current current_date current_timestamp cursor database date dayofweek decimal delete describe
    distinct div double drop else end exchange exists extended external extract false fetch float floor following for
    foreign from full function grant group grouping having if import in inner insert int integer intersect interval into is
    join lateral left less like local macro map more none not null numeric of on only or order out outer over partialscan
    partition percent preceding precision preserve primary procedure range reads reduce regexp references revoke right rlike
    rollback rollup row rows select set smallint start table tablesample then time timestamp to transform trigger true
    truncate unbounded union uniquejoin update user using utc_timestamp values varchar views when where window with""".split()
)
Row = dict[str, Any]


@cache
def statement(name: str, **put: str) -> exp.Expr:
    """Return the one statement of a file, in Athena's dialect, its placeholders filled."""
    text = (FOLDER / name).read_text("utf-8")
    for placeholder, value in put.items():
        assert placeholder in text
        text = text.replace(placeholder, value)
    parsed = sqlglot.parse_one(text, read="athena")
    assert not isinstance(parsed, exp.Command), f"{name} is not understood"
    return parsed


@cache
def column_types(name: str) -> dict[str, exp.DataType]:
    """Return the columns of a table with their types."""
    return {column.name: column.args["kind"] for column in statement(name).this.expressions}


def inside(kind: exp.DataType, name: str) -> exp.DataType:
    """Return the type of a field of a struct; fail if it has none of this name."""
    fields = {field.name: field.args["kind"] for field in kind.expressions}
    assert name in fields, f"{name} is not in {kind.sql('athena')}"
    return fields[name]


def leaf(path: str) -> set[str]:
    """Return under which of DynamoDB's types the value at a path is read, following lists and maps on the way."""
    kind = column_types("full_export.sql")["Item"]
    *above, last = path.split(".")
    for step in above:
        kind = inside(kind, step.removesuffix("[]"))
        kind = inside(inside(kind, "L").expressions[0], "M") if step.endswith("[]") else inside(kind, "M")
    kind = inside(kind, last.removesuffix("[]"))
    return {field.name for field in kind.expressions}


class Engine:
    """DuckDB with the tables and views of `infra/athena/`."""

    def __init__(self, items: Sequence[Path], changes: Sequence[Path] = (), **put: str) -> None:
        self._database = duckdb.connect(config={"autoinstall_known_extensions": False})
        self._database.execute("SET TimeZone = 'UTC'; SET threads = 1")
        # What Athena has and DuckDB calls otherwise.
        self._database.execute("CREATE MACRO at_timezone(moment, zone) AS timezone(zone, moment)")
        self._table("full_export", items)
        self._table("changes", changes)
        views = ["shops.sql", "items_changed.sql" if put else "items.sql", *(f"{name}.sql" for name in TABLES)]
        for name in views:
            self._run(statement(name, **(put if name.startswith("items") else {})))

    def query(self, name: str) -> list[Row]:
        """Return the rows of a query's file."""
        return self._rows(statement(f"queries/{name}.sql"))

    def table(self, name: str) -> list[Row]:
        """Return all rows of a view."""
        return self._rows(sqlglot.parse_one(f"SELECT * FROM {name}", read="athena"))

    def _table(self, name: str, parts: Sequence[Path]) -> None:
        types = {column: kind.sql("duckdb") for column, kind in column_types(f"{name}.sql").items()}
        if not parts:
            self._database.execute(f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in types.items())})")
            return
        reading = f"read_json(?, columns = {types!r}, format = 'newline_delimited', compression = 'gzip')"
        self._database.execute(f"CREATE TABLE {name} AS SELECT * FROM {reading}", [[str(part) for part in parts]])

    def _rows(self, query: exp.Expr) -> list[Row]:
        answer = self._run(query)
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def _run(self, query: exp.Expr) -> duckdb.DuckDBPyConnection:
        return self._database.execute(query.sql("duckdb", unsupported_level=sqlglot.ErrorLevel.IGNORE))


def engine(tmp_path: Path, *items: dict[str, Any]) -> Engine:
    """Return an engine over a full export of these items in DynamoDB's typed form."""
    part = tmp_path / "part.json.gz"
    part.write_bytes(gzip.compress(b"".join(json.dumps({"Item": item}).encode() + b"\n" for item in items)))
    return Engine([part])


def expected(table: Table, items: Sequence[dict[str, Any]]) -> list[Row]:
    """Return the rows that the exports' own columns read, moments as their zone's clock shows them."""
    found = (Found(item, item["type"]["S"], "part", number) for number, item in enumerate(items, start=1))
    damages = Damages()
    names = [name for name, _ in table.fields]
    _, made_rows = rows(found, table, Wanted(ZONES), damages)
    shown = [dict(zip(names, map(_shown, row), strict=True)) for row in made_rows]
    assert not damages.count
    return shown


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return list(value) if isinstance(value, tuple) else value


def ordered(found: Iterator[Row] | list[Row]) -> list[str]:
    """Return rows in an order of their own, amounts in one spelling."""
    return sorted(
        repr({name: value.normalize() if isinstance(value, Decimal) else value for name, value in row.items()}) for row in found
    )


def test_the_files_are_what_make_athena_writes() -> None:
    for name, text in files().items():
        assert (FOLDER / name).read_text("utf-8") == text, f"{name} is not up to date: run make athena"
    assert {path.name for path in FOLDER.glob("*.sql")} == set(files())


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
@pytest.mark.parametrize("dialect", ["athena", "trino"])
def test_every_file_is_one_statement_that_the_dialect_knows(path: Path, dialect: str) -> None:
    if path.stem in DEFINITIONS and dialect == "trino":
        dialect = "hive"
    (parsed,) = sqlglot.parse(path.read_text("utf-8"), read=dialect)
    assert isinstance(parsed, exp.Create if path.parent == FOLDER else exp.Select)


def test_every_path_of_the_columns_is_in_the_table() -> None:
    assert len(paths()) > 80
    for path in paths():
        assert leaf(path), path


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_plain_column_is_read_as_dynamodb_writes_it(table: Table) -> None:
    written = {"text": "S", "amount": "S", "moment": "S", "whole": "N", "flag": "BOOL", "texts": "L"}
    plain = [column for column in table.columns if column.how == f"`{column.paths[0]}`"]
    assert len(plain) >= 10
    for column in plain:
        assert leaf(column.paths[0]) == {written[column.kind]}, column.name


def test_both_images_of_an_item_have_one_type() -> None:
    changes = column_types("changes.sql")
    assert set(changes) == {"Metadata", "Keys", "NewImage"}
    assert changes["NewImage"] == column_types("full_export.sql")["Item"]


def test_no_two_names_differ_by_case_alone() -> None:
    for kind in column_types("full_export.sql")["Item"].find_all(exp.DataType):
        names = [field.name for field in kind.expressions if isinstance(field, exp.ColumnDef)]
        assert len({name.lower() for name in names}) == len(names)


def test_a_reserved_name_is_quoted() -> None:
    names = [name for file in DEFINITIONS for name in statement(f"{file}.sql").find_all(exp.ColumnDef)]
    reserved = [name for name in names if name.name.lower() in RESERVED]
    assert {name.name for name in reserved} == {"by"}
    assert all(name.this.args["quoted"] for name in reserved)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_view_has_the_documented_columns_in_their_order(table: Table) -> None:
    shown = statement(f"{table.name}.sql").expression.named_selects
    assert list(shown) == [name for name, _ in table.fields]


def test_a_column_that_is_worked_out_and_has_no_expression_is_no_plain_one() -> None:
    (plain,) = (column for column in TABLES["lines"].columns if column.name == "quantity")
    worked_out = Column("doubled", "whole", "", ("lines[].quantity",), "twice `lines[].quantity`", plain.read)
    assert expression(TABLES["lines"], plain) == "CAST(line.quantity.N AS bigint)"
    with pytest.raises(KeyError):
        expression(TABLES["lines"], worked_out)


@settings(
    max_examples=5,
    phases=(Phase.generate,),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(returns(), min_size=1, max_size=3))
def test_the_views_say_what_the_columns_say(tmp_path: Path, drawn: list[Return]) -> None:
    items = [packed(return_to_item(each.model_copy(update={"slot": slot}))) for slot, each in enumerate(drawn, start=1)]
    running = engine(tmp_path, packed(order_item()), packed(product_item()), *items)
    for table in TABLES.values():
        assert ordered(running.table(table.name)) == ordered(expected(table, items))


def test_a_wish_tells_its_options_and_a_shop_without_a_zone_has_no_local_time(tmp_path: Path) -> None:
    current = made(merchant="elsewhere")
    wish = Variant(
        merchant="elsewhere",
        product="DR",
        sku="DR-2",
        name="Dress",
        options={"size": "M"},
        price=Decimal(1),
        currency="COP",
        stock=1,
    )
    current = current.model_copy(update={"lines": (current.lines[0].model_copy(update={"wish": wish}),)})
    (line,) = engine(tmp_path, packed(return_to_item(current))).table("lines")
    assert line["wanted"] == "Dress · M"
    assert (line["created_at_utc"], line["created_at_local"]) == (NOON.replace(tzinfo=None), None)


def counted(items: Sequence[dict[str, Any]]) -> Facts:
    return count(((item["type"]["S"], item) for item in items), ZONES["azulu"], Span(None, None, NOON))


def some_returns() -> list[dict[str, Any]]:
    """Return a return that was settled, one at night, one refused, and one that waits: all of one shop."""
    night = NOON.replace(hour=4, minute=59)
    some = [
        whole_life(), made(created_at=night, order_number="AZ-2"), made("rejected", order_number="AZ-3"),
        made("under_review", "authorised", order_number="AZ-4", created_at=NOON + timedelta(days=40)),
    ]  # fmt: skip
    return [packed(return_to_item(each)) for each in some]


def test_the_queries_give_the_reports_figures(tmp_path: Path) -> None:
    items = some_returns()
    running, facts = engine(tmp_path, packed(order_item()), *items), counted(items)
    days = {
        (str(row["day"]), row["currency"]): (row["returns"], row["lines"], row["units"], row["value"])
        for row in running.query("returns_by_day")
    }
    assert days == facts["requested"]
    assert "2026-03-09" in {day for day, _ in days}
    reasons = {
        (row["product"], row["reason"], row["currency"]): (row["lines"], row["units"], row["value"])
        for row in running.query("reasons_by_product")
    }
    assert reasons == facts["reasons"]
    assert {(row["product"],): (row["name"],) for row in running.query("reasons_by_product")} == facts["names"]
    outcomes = {
        (row["outcome"], row["currency"]): (row["lines"], row["units"], row["promised"], row["settled_lines"], row["settled"])
        for row in running.query("outcomes")
    }
    assert outcomes == facts["outcomes"]
    figures = Figures(facts, Span(None, None, NOON), str, 0, 30)
    (retained,) = running.query("retained_value")
    assert Decimal(str(retained["per_cent"])) == figures.retained("COP")
    assert retained["promised"] == figures.total("outcomes", 2)
    cycles = [(row["stage"], row["returns"], row["median"], row["ninth"]) for row in running.query("cycle_times")]
    assert cycles == [(cycle.stage, cycle.returns, cycle.median, cycle.ninth) for cycle in figures.cycles]
    assert {stage for stage, *_ in cycles} == set(STAGES)


def test_increments_lead_the_full_export_on(tmp_path: Path) -> None:
    kept, changed, deleted = return_item("AZ-1"), return_item("AZ-2"), return_item("AZ-3")
    made_since = return_item("AZ-4")
    base = part_of(full(tmp_path, [kept, changed, deleted], NOON, parts=1))
    later = [NOON + timedelta(hours=hour) for hour in range(1, 4)]
    images = [
        (kept, return_item("AZ-1", language="fa"), NOON - timedelta(hours=1)),  # older than the full export
        (changed, return_item("AZ-2", language="en"), later[0]), (changed, return_item("AZ-2", language="fa"), later[1]),
        (None, made_since, later[0]), (deleted, None, later[2]),
    ]  # fmt: skip
    parts = [part_of(incremental(tmp_path, images, NOON - timedelta(hours=2), later[2]))]
    running = Engine([base], parts, EXPORT_TIME=NOON.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    languages = {row["order_number"]: row["language"] for row in running.table("returns")}
    assert languages == {"AZ-1": kept["language"], "AZ-2": "fa", "AZ-4": made_since["language"]}
