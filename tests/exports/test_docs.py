"""docs/exports.md tells every column as the code has it, and its samples run as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from chalicelib.cli import main
from chalicelib.exports.columns import LINES, RETURNS, TABLES, TIMELINE, Column
from tests.exports.aws_layout import full
from tests.exports.items import order_item, return_item
from tests.made import NOON

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "exports.md").read_text("utf-8")
SAMPLES = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def documented() -> list[str]:
    """Return the rows of the page's table of columns, as they must stand there."""
    key = [column for column in RETURNS.columns if column in LINES.columns and column in TIMELINE.columns]
    rows = [("all", column) for column in key]
    rows += [(table.name, column) for table in TABLES.values() for column in table.columns if column not in key]
    return [f"| {name} | {_names(column)} | {column.kind} | {column.meaning} | {column.how} |" for name, column in rows]


def _names(column: Column) -> str:
    return ", ".join(f"`{name}`" for name, _ in column.fields)


def test_every_column_is_on_the_page_as_the_code_has_it() -> None:
    table = PAGE.partition("| table | column | type | meaning | read from |\n|---|---|---|---|---|\n")[2].partition("\n\n")[0]
    assert table.splitlines() == documented()


def test_every_command_says_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    full(tmp_path / "exports" / "azulu", [order_item(), return_item(), return_item("NU-1", merchant="nurana")], NOON)
    ran = 0
    for kind, text in SAMPLES:
        if kind != "console":
            continue
        for part in text.split("$ python -m chalicelib ")[1:]:
            command, _, shown = part.partition("\n")
            main(shlex.split(command))
            said = capsys.readouterr()
            assert (said.err + said.out).replace("\r\n", "\n") == shown
            ran += 1
    assert ran == 3


def test_the_page_names_every_right_and_every_variable() -> None:
    for word in ("ExportsPolicy", "EXPORTS_BUCKET", "RETURNS_TABLE", "requirements-exports.txt", "requirements-analytics.txt"):
        assert word in PAGE
