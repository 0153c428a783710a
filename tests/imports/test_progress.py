"""How an import shows where it is, and what it keeps in memory meanwhile."""

from __future__ import annotations

import io
import sys
import tracemalloc
from datetime import UTC, datetime

import pytest

from chalicelib.commands.progress import progress
from chalicelib.imports.batches import Tally, bring_in
from chalicelib.imports.lines import read_lines
from chalicelib.imports.order_files import read_orders
from tests.imports.records import TERMS, json_lines, order_record, row, table


class Terminal(io.StringIO):
    """A terminal."""

    def isatty(self):
        return True


def test_a_terminal_sees_a_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress(2000, "azulu orders") as passed:
        passed(1000)
    assert "azulu orders:" in sys.stderr.getvalue()
    assert "2.00k" in sys.stderr.getvalue()


def test_nothing_else_does(capsys):
    with progress(None, "azulu orders") as passed:
        passed(1000)
    assert capsys.readouterr().err == ""


class Endless(io.RawIOBase):
    """A file that is made while it is read: a header, if any, and one line for each of `count` orders."""

    def __init__(self, head, line, count):
        self._lines = iter([head] if head else [])
        self._line = line
        self._numbers = iter(range(count))

    def readline(self, size=-1):
        for line in self._lines:
            return line
        for number in self._numbers:
            return self._line.replace(b"AZ-1001", b"AZ-%d" % number)
        return b""


class Nowhere:
    """A table that keeps nothing."""

    def held(self, keys):
        return {}

    def add(self, items):
        pass

    def replace(self, items):
        return [True for item in items]


def peak(form, count):
    head, _, rows = table(row()).partition(b"\n") if form == "csv" else (b"", b"", json_lines(order_record()))
    tally = Tally()
    tracemalloc.start()
    try:
        entries = read_orders(read_lines(Endless(head, rows, count)), form, TERMS)
        bring_in(entries, Nowhere(), datetime(2026, 3, 9, tzinfo=UTC), lambda rejected: None, tally)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        assert tally.written == count


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_memory_hardly_grows_with_the_file(form):
    peak(form, 200)  # what is loaded once
    # Kept in memory, three thousand orders would take some nine megabytes.
    assert peak(form, 4000) - peak(form, 1000) < 1_000_000
