"""The table of promises: what it shows, and that nothing untried counts as kept."""

from __future__ import annotations

from tests.trust.table import Row, Tried, markdown, plain, summary

KEPT = Row(1, Tried("no unit twice", "32 threads", 10_000, 0, "on moto and dynalite"), 12.4)
LOST = Row(12, Tried("forgotten", "a canary", 5, 2), 1)
BROKEN = Row(3, Tried("outbox", "", 0, 0), 1, "ended with code 1")


def test_columns_are_aligned_and_numbers_stand_at_the_right() -> None:
    assert plain([KEPT, LOST]).splitlines() == [
        "    promise        how it was tried   tries  lost  and",
        " 1  no unit twice  32 threads        10,000     0  on moto and dynalite; 12 s",
        "12  forgotten      a canary               5     2  1 s",
    ]


def test_what_is_long_goes_on_in_the_next_line() -> None:
    long = Row(2, Tried("crashes", "every call " * 7, 1_359, 0), 3)
    assert plain([long]).splitlines()[1:] == [
        "2  crashes  every call every call every call every call  1,359     0  3 s",
        "            every call every call every call",
    ]


def test_the_same_table_is_markdown() -> None:
    first, rule, row = markdown([KEPT]).splitlines()
    assert first == "|  | promise | how it was tried | tries | lost | and |"
    assert rule == "| ---: | --- | --- | ---: | ---: | --- |"
    assert row == "| 1 | no unit twice | 32 threads | 10,000 | 0 | on moto and dynalite; 12 s |"


def test_what_was_lost_or_not_tried_is_not_kept() -> None:
    assert KEPT.kept
    assert not LOST.kept
    assert not BROKEN.kept
    assert not Row(1, Tried("nothing", "", 0, 0), 1).kept
    assert "  ?  " in plain([BROKEN])
    assert summary([KEPT, LOST, BROKEN], "full", 7, 14.2).startswith("1 of 3 promises kept in 14 s, seed 7")
