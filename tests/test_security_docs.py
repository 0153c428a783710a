"""The table of docs/security.md names tests that there are."""

from __future__ import annotations

import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs/security.md").read_text("utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def test_every_test_that_is_named_is_there() -> None:
    assert len(NAMED) > 60
    for path, name in NAMED:
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), f"{path} has no {name}"


def test_every_requirement_names_how_it_is_met_and_a_test() -> None:
    rows = [line.strip("|").split("|") for line in PAGE.splitlines() if re.match(r"\| \d+\.\d", line)]
    assert len(rows) > 30
    for row in rows:
        assert len(row) == 4, row
        assert all(cell.strip() for cell in row), row
        assert "tests/" in row[3] or "make audit" in row[2], row
