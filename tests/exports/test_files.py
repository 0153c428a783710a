"""What is written is what was read: exact in each format, and nothing in it is run by a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from chalicelib.exports.columns import FieldKind
from chalicelib.exports.csv_file import write_csv
from chalicelib.exports.extras import MissingLibrary
from chalicelib.exports.jsonl_file import write_jsonl
from chalicelib.exports.parquet_file import write_parquet
from chalicelib.exports.xlsx_file import write_xlsx

FIELDS: tuple[tuple[str, FieldKind], ...] = (
    ("name", "text"), ("by", "texts"), ("count", "whole"), ("value", "amount"), ("at_utc", "utc"), ("at_local", "local"),
    ("yes", "flag"),
)  # fmt: skip
AT = datetime(2026, 3, 10, 17, 0, 5, tzinfo=UTC)
LOCAL = AT.astimezone(ZoneInfo("Asia/Tehran"))
ROW = ("پیراهن, “A”; 1", ("a", "b"), 3, Decimal("12345678.90"), AT, LOCAL, True)
EMPTY = (None, (), None, None, None, None, None)


def as_csv(*rows: tuple, bom: bool = False, separator: Any = "comma") -> bytes:
    stream = io.BytesIO()
    write_csv(stream, FIELDS, rows, bom=bom, separator=separator)
    return stream.getvalue()


def test_csv_is_what_spreadsheets_read() -> None:
    raw = as_csv(ROW, EMPTY)
    assert raw.decode().split("\r\n") == [
        "name,by,count,value,at_utc,at_local,yes",
        '"پیراهن, “A”; 1",a|b,3,12345678.90,2026-03-10 17:00:05,2026-03-10 20:30:05,true',
        ",,,,,,",
        "",
    ]
    assert as_csv(ROW, bom=True) == b"\xef\xbb\xbf" + raw.replace(b"\r\n,,,,,,", b"")
    assert as_csv(ROW, separator="semicolon").startswith(b"name;by;count;")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+57 300 123", "'+57 300 123"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1+1", "  '=1+1"),
        ("＝１", "'＝１"),
        ("good,=1+1", "good,'=1+1"),
        ("good\n=1+1", "good =1+1"),
        ("a\x00b\x9bc", "abc"),
        ("size 38-40", "size 38-40"),
        ("‌می‌خواهم", "‌می‌خواهم"),
    ],
)
def test_a_text_that_could_be_a_formula_is_disarmed_and_any_other_kept(text: str, cell: str) -> None:
    shown = list(csv.reader(io.StringIO(as_csv((text, *EMPTY[1:])).decode(), newline="")))[1][0]
    assert shown == cell


@settings(max_examples=300)
@given(st.text(st.sampled_from("=+-@＝\t\r\n\0,;\" '1a"), max_size=12), st.sampled_from(["comma", "semicolon", "tab"]))
def test_no_cell_begins_like_a_formula_whatever_separator_a_program_expects(text: str, separator: str) -> None:
    raw = as_csv((text, (text,), *EMPTY[2:]), separator=separator).decode()
    for piece in re.split(r'[,;\t\r\n"]+', raw):
        assert not piece.strip().startswith(tuple("=+-@＝＋－＠"))
    for expected in ",;\t":
        for row in csv.reader(io.StringIO(raw, newline=""), delimiter=expected):
            assert not any(cell.strip().startswith(tuple("=+-@＝＋－＠")) for cell in row)


rows = st.lists(
    st.tuples(
        st.none() | st.text(st.characters(codec="utf-8"), max_size=20),
        st.lists(st.text(st.characters(codec="utf-8"), max_size=5), max_size=2).map(tuple),
        st.none() | st.integers(-(2**40), 2**40),
        st.none() | st.decimals(0, 10**15, places=2),
        st.none() | st.integers(0, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
        st.none() | st.integers(0, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, ZoneInfo("America/Bogota"))),
        st.none() | st.booleans(),
    ),
    max_size=5,
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(rows)
def test_json_lines_are_exact(drawn: list[tuple]) -> None:
    stream = io.BytesIO()
    write_jsonl(stream, FIELDS, drawn)
    read = [json.loads(line) for line in stream.getvalue().splitlines()]
    for values, (name, by, count, value, at_utc, at_local, yes) in zip(read, drawn, strict=True):
        assert list(values) == [field for field, _ in FIELDS]
        assert (values["name"], tuple(values["by"]), values["count"], values["yes"]) == (name, by, count, yes)
        assert values["value"] is None if value is None else Decimal(values["value"]) == value
        for field, at in (("at_utc", at_utc), ("at_local", at_local)):
            assert values[field] is None if at is None else datetime.fromisoformat(values[field]) == at


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows)
def test_parquet_is_exact(tmp_path: Path, drawn: list[tuple]) -> None:
    target = tmp_path / "it's.parquet"
    write_parquet(target, FIELDS, drawn)
    with duckdb.connect() as database:
        read = database.execute(
            'SELECT name, "by", count, value, epoch_ms(at_utc), at_local, yes FROM read_parquet(?)', [str(target)]
        )
        shown = read.fetchall()
    for got, (name, by, count, value, at_utc, at_local, yes) in zip(shown, drawn, strict=True):
        local = at_local and at_local.replace(tzinfo=None)
        expected = (name, list(by), count, value, at_utc and int(at_utc.timestamp()) * 1000, local, yes)
        assert got == expected
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def workbook(path: Path, drawn: list[tuple], most_rows: int = 1_048_576) -> Any:
    with path.open("wb") as stream:
        write_xlsx(stream, "returns", FIELDS, iter(drawn), most_rows)
    return load_workbook(path)


def test_a_workbook_holds_numbers_dates_and_texts_that_stay_texts(tmp_path: Path) -> None:
    texts = ["=1+1", "+57 300", "http://example.com", "_x0041_", "a\x01\ufffeb", "007", "پیراهن"]
    sheet = workbook(tmp_path / "x.xlsx", [ROW, EMPTY, *((text, *EMPTY[1:]) for text in texts)])["returns"]
    header, first, empty, *rest = sheet.iter_rows()
    assert [cell.value for cell in header] == [name for name, _ in FIELDS]
    shown = [cell.value for cell in first]
    assert shown == [ROW[0], "a|b", 3, 12345678.9, AT.replace(tzinfo=None), LOCAL.replace(tzinfo=None), True]
    assert first[3].number_format == "0.00"
    assert {cell.value for cell in empty} == {None}
    assert [unescape(row[0].value) for row in rest] == [text.replace("\ufffe", "") for text in texts]
    assert {row[0].data_type for row in rest} == {"s"}
    assert {row[0].hyperlink for row in rest} == {None}
    assert sheet.freeze_panes == "A2"


def test_a_text_that_the_library_takes_for_markup_of_its_own_stays_that_text(tmp_path: Path) -> None:
    texts = ["<r>Fish & chips</r>", "<r><t>bold</t></r>", "<r></r>", "<r> a\x01\nb </r>", "<r>_x0041_</r>"]
    drawn = [*((text, *EMPTY[1:]) for text in texts), (None, ("<r>", "</r>"), *EMPTY[2:])]
    _, *rest, last = workbook(tmp_path / "x.xlsx", drawn)["returns"].iter_rows()
    assert [unescape(row[0].value) for row in rest] == texts
    assert last[1].value == "<r>|</r>"


def test_an_amount_with_more_digits_than_excel_has_stays_whole(tmp_path: Path) -> None:
    long = Decimal("123456789012345.678901")
    sheet = workbook(tmp_path / "x.xlsx", [(None, (), None, long, None, None, None)])["returns"]
    assert sheet["D2"].value == "123456789012345.678901"


def test_a_text_longer_than_a_cell_is_cut_where_one_can_see_it(tmp_path: Path) -> None:
    sheet = workbook(tmp_path / "x.xlsx", [("😀" * 20_000, *EMPTY[1:]), ("a" * 32_767, *EMPTY[1:])])["returns"]
    cut, whole = sheet["A2"].value, sheet["A3"].value
    assert cut.endswith("😀…")
    assert len(cut.encode("utf-16-le")) // 2 <= 32_767
    assert whole == "a" * 32_767


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path) -> None:
    book = workbook(tmp_path / "x.xlsx", [(str(number), *EMPTY[1:]) for number in range(5)], most_rows=3)
    assert book.sheetnames == ["returns", "returns 2", "returns 3"]
    assert [[row[0].value for row in sheet.iter_rows()] for sheet in book] == [
        ["name", "0", "1"],
        ["name", "2", "3"],
        ["name", "4"],
    ]


def test_a_library_that_is_missing_is_named_in_one_line(monkeypatch, tmp_path: Path) -> None:
    for library in ("xlsxwriter", "duckdb"):
        monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingLibrary, match=r"pip install -r requirements-exports.txt, or choose"):
        write_xlsx(io.BytesIO(), "returns", FIELDS, [])
    with pytest.raises(MissingLibrary, match=r"pip install -r requirements-analytics.txt$"):
        write_parquet(tmp_path / "x.parquet", FIELDS, [])
