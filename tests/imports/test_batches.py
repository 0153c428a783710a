"""What becomes of records that are new, newer, the same or older."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from chalicelib.adapters.bulk import BulkTable
from chalicelib.imports.batches import BATCH, Tally, bring_in
from chalicelib.imports.records import Terms
from tests.imports.records import MemoryShelf, json_lines, order_record, orders_of

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
KEY = ("azulu#AZ1001", "ORDER")


def imported(shelf, *records, as_of=MONDAY):
    tally = Tally()
    terms = Terms("azulu", "COP", as_of, MONDAY + timedelta(days=30))
    bring_in(orders_of(json_lines(*records), terms=terms), shelf, as_of, lambda rejected: None, tally)
    return tally


def day(number):
    return MONDAY + timedelta(days=number)


@pytest.fixture
def shelf():
    return MemoryShelf()


def test_new_orders_are_written(shelf):
    assert imported(shelf, order_record(), order_record(number="AZ-2")) == Tally(read=2, written=2)
    assert len(shelf.items) == 2


def test_the_same_file_again_writes_nothing(shelf):
    records = [order_record(number=f"AZ-{number}") for number in range(BATCH + 20)]
    imported(shelf, *records)
    before, shelf.writes = dict(shelf.items), 0
    assert imported(shelf, *records) == Tally(read=len(records), unchanged=len(records))
    assert (shelf.items, shelf.writes) == (before, 0)


def test_a_newer_file_replaces_the_whole_order(shelf):
    imported(shelf, order_record(language="es"))
    assert imported(shelf, order_record(language=..., email="eva@example.com"), as_of=day(1)) == Tally(read=1, written=1)
    assert shelf.items[KEY]["email"] == "eva@example.com"
    assert "language" not in shelf.items[KEY]


def test_an_older_file_never_overwrites(shelf):
    imported(shelf, order_record(email="new@example.com"), as_of=day(1))
    assert imported(shelf, order_record(email="old@example.com")) == Tally(read=1, older=1)
    assert shelf.items[KEY]["email"] == "new@example.com"


def test_what_an_order_says_of_its_age_outweighs_the_files(shelf):
    imported(shelf, order_record(email="new@example.com", updated_at=day(3).isoformat()), as_of=day(4))
    assert imported(shelf, order_record(updated_at=day(2).isoformat()), as_of=day(9)) == Tally(read=1, older=1)


def test_of_equal_ages_the_newer_file_counts(shelf):
    imported(shelf, order_record(updated_at=day(0).isoformat()), as_of=day(1))
    changed = order_record(email="eva@example.com", updated_at=day(0).isoformat())
    assert imported(shelf, changed, as_of=day(2)) == Tally(read=1, written=1)
    assert imported(shelf, order_record(updated_at=day(0).isoformat()), as_of=day(1)) == Tally(read=1, older=1)


def test_in_whatever_order_files_come_the_newest_stays():
    records = {age: order_record(email=f"{'aba'[age]}@example.com") for age in range(3)}
    for ages in permutations(records):
        shelf = MemoryShelf()
        for age in ages:
            imported(shelf, records[age], as_of=day(age))
        assert shelf.items[KEY]["email"] == "a@example.com", ages
        assert shelf.items[KEY]["updated_at"].startswith("2026-03-04"), ages


@pytest.mark.parametrize("between", [0, BATCH])
def test_of_one_number_twice_in_a_file_the_later_stays(shelf, between):
    others = [order_record(number=f"AZ-{number}") for number in range(between)]
    records = [order_record(), *others, order_record(number="az 1001", email="eva@example.com")]
    imported(shelf, *records)
    assert shelf.items[KEY]["email"] == "eva@example.com"
    shelf.writes = 0
    again = imported(shelf, *records)
    assert (again.written, again.older, shelf.writes) == (0, 1, 0)


def test_of_one_number_twice_in_a_file_the_newer_stays_wherever_it_stands(shelf):
    newer = order_record(email="new@example.com", updated_at=day(1).isoformat())
    older = order_record(email="old@example.com", updated_at=day(0).isoformat())
    assert imported(shelf, newer, older, as_of=day(2)) == Tally(read=2, written=1, older=1)
    assert shelf.items[KEY]["email"] == "new@example.com"


def test_whoever_wrote_meanwhile_is_not_overwritten(shelf):
    class Overtaken(MemoryShelf):
        def held(self, keys):
            found = super().held(list(keys))
            imported(shelf, order_record(email="fast@example.com"), as_of=day(5))
            self.items |= shelf.items
            return found

    slow = Overtaken()
    slow.items = shelf.items
    imported(shelf, order_record())
    slow.items = dict(shelf.items)
    assert imported(slow, order_record(email="slow@example.com"), as_of=day(2)) == Tally(read=1, older=1)
    assert slow.items[KEY]["email"] == "fast@example.com"


def test_rejections_are_told_and_the_rest_is_written(shelf):
    told = []
    tally = Tally()
    entries = orders_of(json_lines(order_record(), {"x": 1}, order_record(number="AZ-2")))
    bring_in(entries, shelf, MONDAY, told.append, tally)
    assert tally == Tally(read=3, written=2, rejected=1)
    assert [rejected.line for rejected in told] == [2]


def test_the_contract_holds_on_dynamodb(any_tables):
    shelf = BulkTable(any_tables.client, any_tables.returns)
    records = [order_record(number=f"AZ-{number}") for number in range(130)]
    assert imported(shelf, *records) == Tally(read=130, written=130)
    assert imported(shelf, *records) == Tally(read=130, unchanged=130)
    newer = [record | {"language": "en"} for record in records[:40]]
    assert imported(shelf, *newer, as_of=day(1)) == Tally(read=40, written=40)
    assert imported(shelf, *records) == Tally(read=130, unchanged=90, older=40)
