"""A few hundred requests and events that nobody should send."""

from __future__ import annotations

from tests.trust import bad_input


def test_whatever_is_sent_is_answered_and_nothing_breaks() -> None:
    tried = bad_input.tried(bad_input.SMALL, seed=20260310)
    assert (tried.lost, tried.tries) == (0, bad_input.SMALL)
