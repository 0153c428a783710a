"""Small races, on both emulators."""

from __future__ import annotations

from random import Random

from tests.conftest import Tables
from tests.desks import AtTheDesk
from tests.made import line, order, stored
from tests.trust import races


def test_no_unit_goes_back_twice_and_nothing_that_was_done_is_lost(any_tables: Tables) -> None:
    placed = stored(order(*(line(each, quantity=units) for each, units in races.UNITS.items())))
    race = races.Race(AtTheDesk(any_tables, placed), Random(20260310))
    assert race.run(races.SMALL) == 0
    # Which of them come first, and with that which are refused, is the threads' affair.
    assert {each.removesuffix(" refused") for each in race.told} >= {"submit", "cancel", "approve", "import"}


def test_one_draft_sent_by_many_makes_one_return(any_tables: Tables) -> None:
    assert races.one_draft(any_tables, 60) == 0


def test_what_nobody_was_told_and_what_is_missing_are_both_seen(any_tables: Tables) -> None:
    placed = stored(order(*(line(each, quantity=units) for each, units in races.UNITS.items())))
    race = races.Race(AtTheDesk(any_tables, placed), Random(1))
    race.done["somebody"] = ("submit", "a draft that made no return")
    assert race.run(0) == 1
    invented = race._submit("nobody", 0.3)
    assert invented
    assert race._lost() == 2
