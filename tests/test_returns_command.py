"""The staff's commands for returns: whoever runs them, whatever a shop speaks, whatever a customer wrote."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import get_args

import pytest

from chalicelib import bootstrap
from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.answers import Answer
from chalicelib.cli import build_parser, main
from chalicelib.commands.printable import printable
from chalicelib.commands.returns import STATUSES
from chalicelib.counter import Counter, Found
from chalicelib.domain.returns import Return, ReturnStatus
from chalicelib.domain.verdicts import ClauseSay
from chalicelib.shops import load_shops
from tests.conftest import Tables
from tests.made import NOON, line, made


@pytest.fixture
def returns(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> ReturnsTable:
    """The returns table that the environment names."""
    for name, value in (
        ("RETURNS_TABLE", tables.returns),
        ("SESSIONS_TABLE", tables.sessions),
        ("PORTAL_URL", "https://returns.example.com"),
        ("FILES_BUCKET", "files"),
    ):
        monkeypatch.setenv(name, value)
    bootstrap.portal.cache_clear()
    return ReturnsTable(Table(tables.client, tables.returns))


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user whom the machine knows by number only."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)


def with_line(new: Return, **changes: object) -> Return:
    """Return the return with a line changed."""
    return new.model_copy(update={"lines": (new.lines[0].model_copy(update=changes),)})


def test_a_user_without_a_name_can_run_every_command_and_decides_as_staff(nobody: None, returns: ReturnsTable) -> None:
    returns.add(made("under_review"))
    build_parser()
    assert main(["returns", "approve", "azulu", "AZ-1001/1"]) == 0
    kept = returns.by_slot("azulu", "AZ-1001", 1)
    assert kept is not None
    assert kept.timeline[-1].by == "staff"


def test_who_decides_is_the_user_unless_somebody_else_is_named(returns: ReturnsTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "neda")
    returns.add(made("under_review", "under_review"))
    assert main(["returns", "approve", "azulu", "AZ-1001/1", "--line", "1"]) == 0
    assert main(["returns", "approve", "azulu", "AZ-1001/1", "--line", "2", "--by", "Ana"]) == 0
    kept = returns.by_slot("azulu", "AZ-1001", 1)
    assert kept is not None
    assert [event.by for event in kept.timeline[-2:]] == ["neda", "Ana"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ({"es": "Catorce días.", "fa": "چهارده روز."}, "Z7: Catorce días."),
        ({"fa": "چهارده روز."}, "Z7: چهارده روز."),
        ({}, "Z7: "),
    ],
)
def test_a_clause_is_shown_in_the_shops_language_where_it_has_no_english(
    returns: ReturnsTable, capsys: pytest.CaptureFixture[str], text: dict[str, str], shown: str
) -> None:
    new = made()
    decision = replace(new.lines[0].decision, clauses=(ClauseSay("Z7", "grants", text),))
    returns.add(with_line(new, decision=decision))
    assert main(["returns", "show", "azulu", "AZ-1001/1"]) == 0
    assert shown in capsys.readouterr().out


@pytest.mark.parametrize("act", [["show", "azulu", "AZ-1001/1"], ["list", "azulu"]])
def test_nothing_that_others_wrote_moves_a_terminal(
    returns: ReturnsTable, capsys: pytest.CaptureFixture[str], act: list[str]
) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202e\x9b1m\n"
    new = with_line(made(), line=line(sku=f"S{evil}", name=f"Dress{evil}"), remark=f"Hello{evil}")
    assert returns.add(new.model_copy(update={"email": f"ana{evil}@example.com"}))
    assert main(["returns", *act]) == 0
    told = capsys.readouterr().out
    assert "\\x1b]0;owned" in told
    assert all(char.isprintable() for row in told.splitlines() for char in row)


def test_persian_stays_readable_on_a_terminal() -> None:
    assert printable("می\u200cخواهم\u202e\r") == "می\u200cخواهم\\u202e\\r"


def test_staff_list_show_and_decide_from_a_terminal(returns: ReturnsTable, capsys: pytest.CaptureFixture[str]) -> None:
    returns.add(made("under_review"))
    assert main(["returns", "list", "azulu"]) == 0
    assert "AZ-1001/1" in capsys.readouterr().out
    assert main(["returns", "show", "azulu", "AZ-1001/1"]) == 0
    assert "Z7: Fourteen days." in capsys.readouterr().out
    assert main(["returns", "approve", "azulu", "AZ-1001/1", "--line", "1", "--note", "Fine.", "--by", "Neda"]) == 0
    assert "RMA" in capsys.readouterr().out
    assert main(["returns", "list", "azulu", "--status", "under_review"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["returns", "list", "nowhere"],
        ["returns", "show", "azulu", "AZ-1001/9"],
        ["returns", "approve", "azulu", "7K3M", "--note", "x"],
        ["returns", "reject", "azulu", "AZ-1001/1", "--note", "x", "--line", "7"],
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_two(
    returns: ReturnsTable, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    returns.add(made("under_review"))
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.startswith("vuelta: ")


@pytest.mark.parametrize("missing", ["RETURNS_TABLE", "SESSIONS_TABLE", "PORTAL_URL"])
def test_a_missing_variable_of_the_environment_is_named_in_one_line(
    returns: ReturnsTable, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    monkeypatch.delenv(missing)
    assert main(["returns", "list", "azulu"]) == 2
    told = capsys.readouterr().err
    assert missing in told
    assert told.count("\n") == 1


def test_every_status_can_be_asked_for() -> None:
    assert set(STATUSES) == set(get_args(ReturnStatus))


def test_a_settled_return_is_shown_whole(returns: ReturnsTable, capsys: pytest.CaptureFixture[str]) -> None:
    counter = Counter(load_shops(), returns, lambda: NOON + timedelta(days=3))
    new = made("under_review")
    returns.add(new)
    answer = Answer(approve=True, granted=counter.granted(new, "1", "store_credit", Decimal(1000)), why="A loyal customer.")
    counter.answer("azulu", new.id, {"1": answer}, by="Neda", seen=1, internal="Called her.")
    found = Found("used", "reduced", Decimal(100), "Worn.")
    counter.receive("azulu", new.id, {"1": 1}, {"1": found}, by="Luis", note="", seen=4)
    assert main(["returns", "list", "azulu", "--status", "accepted"]) == 0
    counter.settle("azulu", new.id, "store_credit", amount=Decimal(900), reference="CRED-1", by="Luis", seen=6)
    counter.assign("azulu", new.id, "neda@azulu.example", by="Luis")
    assert main(["returns", "show", "azulu", new.id]) == 0
    told = capsys.readouterr().out
    for words in ("accepted ", "beyond the policy: “A loyal customer.”", "1 arrived, used, reduced, worth 900 COP",
                  "because: “Worn.”",
                  "given: store_credit of 900 COP, CRED-1, until 2026-04-12", "internal: “Called her.”", "mail settled: waits",
                  "assigned to neda@azulu.example", "settled by Luis"):  # fmt: skip
        assert words in told, words
