"""Customers who are stopped are counted; `make rehearse` has a dozen of them come at once through the package."""

from __future__ import annotations

from tests.local.serving import free_ports
from tests.rehearsal.crowd import Crowd, callers, gathered


def test_many_callers_are_answered_at_once_each_from_an_address_of_their_own() -> None:
    crowd = callers(free_ports(), count=6, calls=5, room=2, seed=9, reading=(0.0, 0.02))
    assert (crowd.finished, crowd.stopped, len(crowd.waits.well)) == (6, {}, 30)


def test_whoever_is_stopped_is_lost_and_says_why() -> None:
    def come(number: int, crowd: Crowd) -> None:
        crowd.waits.note(429 if number == 1 else 200, 0.1)
        assert number != 2, "a page without a way on"

    crowd = gathered(4, come)
    assert (crowd.finished, crowd.told_to_wait) == (3, 1)
    (said,) = crowd.stopped
    assert said.startswith("AssertionError: a page without a way on")
