"""Every sample of docs/orders.md does what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from chalicelib.cli import main
from chalicelib.domain.orders import Variant
from chalicelib.imports.catalogue_files import CATALOGUE_COLUMNS
from chalicelib.imports.order_rows import ORDER_COLUMNS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "orders.md").read_text("utf-8")
SAMPLES = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SECONDS = re.compile(r"; [0-9.]+ s$", re.MULTILINE)


def test_every_command_says_what_the_page_shows(tables, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RETURNS_TABLE", tables.returns)
    for _, name, text in SAMPLES:
        if name:
            Path(name).write_text(text, "utf-8")
    ran = 0
    for kind, _, text in SAMPLES:
        if kind != "console":
            continue
        for part in text.split("$ python -m chalicelib ")[1:]:
            command, _, shown = part.partition("\n")
            main(shlex.split(command))
            said = capsys.readouterr()
            assert SECONDS.sub("", said.err + said.out) == SECONDS.sub("", shown)
            ran += 1
    assert ran == 8


def test_every_sample_is_of_a_known_kind():
    assert {kind for kind, _, _ in SAMPLES} == {"console", "csv", "jsonl", "sh"}
    assert all(f"import azulu {name}" in PAGE for _, name, _ in SAMPLES if name)


def test_every_column_of_an_order_is_on_the_page():
    shown = re.findall(r"^\| `[\w\[\].]+` \| `(\w+)` \| (yes)? ?\|", PAGE, re.MULTILINE)
    assert {column: needed == "yes" for column, needed in shown} == dict(ORDER_COLUMNS)


def test_every_column_of_the_catalogue_is_on_the_page():
    shown = re.findall(r"^\| `(\w+)` \| (yes)? ?\|", PAGE.partition("| field and column")[2], re.MULTILINE)
    assert {column: needed == "yes" for column, needed in shown} == dict(CATALOGUE_COLUMNS)
    assert set(Variant.model_fields) <= set(CATALOGUE_COLUMNS)
