"""One customer made of canaries."""

from __future__ import annotations

from tests.trust import erasure


def test_who_is_forgotten_is_found_nowhere_and_no_figure_changes() -> None:
    tried = erasure.tried(erasure.SMALL, seed=20260310)
    assert tried.lost == 0
    assert tried.tries > 60
