"""Files as lines, whatever they hold."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.imports.lines import LONGEST_LINE, ImportRefusedError, Line, read_lines, sniffed


def lines(content):
    return list(read_lines(io.BytesIO(content)))


@pytest.mark.parametrize("content", [b"a\nb\n", b"a\r\nb\r\n", b"a\nb", b"\xef\xbb\xbfa\nb\n"])
def test_lines_end_as_they_like(content):
    assert lines(content) == [Line(1, "a"), Line(2, "b")]


def test_blank_lines_count_and_say_nothing():
    assert lines(b"a\n\n \r\nb\n") == [Line(1, "a"), Line(4, "b")]


def test_a_line_that_is_not_utf_8_spoils_itself_only():
    assert lines(b"a\nJos\xe9\nb\n") == [
        Line(1, "a"),
        Line(2, "Jos\\xe9", "byte 4 of the line is not UTF-8: save the file as UTF-8"),
        Line(3, "b"),
    ]


@pytest.mark.parametrize("ending", [b"\n", b""])
def test_a_line_without_end_is_not_kept_in_memory(ending):
    long = lines(b"a\n" + b"x" * (3 * LONGEST_LINE) + ending + b"b\n"[: 2 * len(ending)])
    assert long[0] == Line(1, "a")
    assert long[1].fault == "the line is longer than 1024 KiB"
    assert len(long[1].text) < 300
    assert long[2:] == ([Line(3, "b")] if ending else [])


def test_a_line_may_be_as_long_as_the_limit():
    assert lines(b"x" * (LONGEST_LINE - 1) + b"\n" + b"b")[1] == Line(2, "b")
    assert lines(b"x" * LONGEST_LINE)[0].fault is None


@pytest.mark.parametrize(
    ("start", "words"), [("a".encode("utf-16"), "UTF-16"), (b"\x1f\x8b\x08", "compressed"), (b"PK\x03\x04", "spreadsheet")]
)
def test_a_file_of_another_kind_is_named(start, words):
    with pytest.raises(ImportRefusedError, match=words):
        lines(start + b"\x00rest\n")


@given(st.binary())
def test_any_bytes_are_read_and_counted(content):
    passed = []
    try:
        list(read_lines(io.BytesIO(content), passed.append))
    except ImportRefusedError:
        return
    assert sum(passed) == len(content)


@pytest.mark.parametrize(
    ("name", "asked", "start", "form"),
    [
        ("orders.csv", None, "{", "csv"),
        ("orders.CSV", None, "number", "csv"),
        ("orders.jsonl", None, "number", "jsonl"),
        ("orders.json", None, "{", "jsonl"),
        ("-", None, " {", "jsonl"),
        ("-", None, "number;", "csv"),
        ("orders.txt", None, "{", "jsonl"),
        ("orders.csv", "jsonl", "{", "jsonl"),
    ],
)
def test_the_format_is_what_was_asked_or_told_by_the_name_or_the_start(name, asked, start, form):
    told, whole = sniffed(iter([Line(1, start), Line(2, "more")]), name, asked)
    assert told == form
    assert [line.number for line in whole] == [1, 2]


def test_an_array_is_not_json_lines():
    with pytest.raises(ImportRefusedError, match="each object on a line of its own"):
        sniffed(iter([Line(1, "[")]), "orders.json", None)


def test_an_empty_file_is_refused():
    with pytest.raises(ImportRefusedError, match="empty"):
        sniffed(iter([]), "orders.csv", None)
