"""What a program remembers of sessions: those of late, so many and no more, from many threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from chalicelib.known_sessions import MOST, KnownSessions


def test_those_that_were_not_met_for_the_longest_time_are_forgotten() -> None:
    known = KnownSessions()
    for number in range(MOST):
        known.add("azulu", str(number))
    known.add("azulu", "0")
    known.add("azulu", "one more")
    assert [name for name in ("0", "1", "2", "one more") if known.has("azulu", name)] == ["0", "2", "one more"]


def test_whoever_is_known_at_one_shop_is_nobody_at_another() -> None:
    known = KnownSessions()
    known.add("azulu", "0")
    assert known.has("azulu", "0")
    assert not known.has("nurana", "0")


def test_many_threads_may_add_at_once() -> None:
    known = KnownSessions()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: known.add("azulu", str(number)), range(5 * MOST)))
    assert sum(known.has("azulu", str(number)) for number in range(5 * MOST)) == MOST
