"""The table of figures: what it shows, and that nothing short of its bound counts as kept."""

from __future__ import annotations

from tests.bench.table import Figure, markdown, of_rounds, plain, summary

FAST = of_rounds("cold start", [210.0, 190.0, 200.0], "ms", [400.0, 420.0, 410.0], rival_name="a bare client", ratio=1)
SLOW = Figure("warm page", 3.14159, "ms", 1.5, "hello", ratio=1)
LARGE = Figure("page", 5_120, "bytes", at_most=5_000)
COUNTED = Figure("decisions", 120_000, "a second", at_least=100_000)
TOLD = Figure("an item", 812, "bytes")


def test_medians_stand_beside_the_rivals_with_their_spread() -> None:
    assert plain([FAST, TOLD]).splitlines() == [
        "what             ours                   rival  ratio  asked for  spread",
        "cold start     200 ms  410 ms (a bare client)   0.49  ≤ 1 ×      190–210  yes",
        "an item     812 bytes",
    ]


def test_the_same_table_is_markdown() -> None:
    first, rule, row = markdown([SLOW]).splitlines()
    assert first == "| what | ours | rival | ratio | asked for | spread |  |"
    assert rule == "| --- | ---: | ---: | ---: | --- | --- | --- |"
    assert row == "| warm page | 3.14 ms | 1.50 ms (hello) | 2.09 | ≤ 1 × |  | NO |"


def test_what_is_short_of_its_bound_is_named() -> None:
    assert [figure.kept for figure in (FAST, SLOW, LARGE, COUNTED, TOLD)] == [True, False, False, True, True]
    assert summary([FAST, SLOW, LARGE, COUNTED, TOLD]) == "2 of 4 bounds hold; short of it: warm page, page"


def test_a_ratio_that_cannot_be_told_is_not_kept() -> None:
    assert not Figure("alone", 1, "ms", ratio=1).kept
