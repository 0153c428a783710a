"""What a program remembers of sessions: those of late, so many and no more, from many threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from chalicelib.known_sessions import MOST, KnownSessions


def test_those_that_were_not_met_for_the_longest_time_are_forgotten() -> None:
    known = KnownSessions()
    for number in range(MOST):
        known.add(str(number))
    known.add("0")
    known.add("one more")
    assert "0" in known
    assert "one more" in known
    assert "1" not in known
    assert "2" in known


def test_many_threads_may_add_at_once() -> None:
    known = KnownSessions()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: known.add(str(number)), range(5 * MOST)))
    assert sum(str(number) in known for number in range(5 * MOST)) == MOST
