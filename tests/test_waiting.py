"""The queue in pages: everything once, oldest first, whatever the statuses, filters and page ends; and never too much at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.merchant import Merchant
from chalicelib.domain.places import queue_place
from chalicelib.domain.returns import QueueState, Return, ReturnStatus
from chalicelib.ports import Returns
from chalicelib.shops import load_shops
from chalicelib.waiting import FILTERED_BATCH, MOST_READ, PAGE, Wanted, queue_page
from tests.made import NOON, made

AZULU: Merchant = load_shops()["azulu"].merchant


class Shelf:
    """The part of `ports.Returns` that the queue reads, in memory, as the index gives it; `reads` counts what it gave."""

    def __init__(self, held: Sequence[tuple[QueueState, Return]]) -> None:
        self.held = sorted(held, key=lambda each: queue_place(each[1]))
        self.reads = 0

    def queue_page(self, merchant: str, status: QueueState, after: str, before: str, limit: int) -> tuple[Return, ...]:
        assert after <= before, "DynamoDB refuses such a range"
        found = [one for stands, one in self.held if stands == status and after < queue_place(one) <= before][:limit]
        self.reads += len(found)
        return tuple(found)


BASIC = made("under_review")
OTHER_SKU = BASIC.model_copy(
    update={
        "lines": tuple(each.model_copy(update={"line": each.line.model_copy(update={"sku": "RARE-1"})}) for each in BASIC.lines)
    }
)


def one(number: int, minutes: int, **changes: Any) -> Return:
    """Return a return that was made so many minutes after noon."""
    plain = OTHER_SKU if changes.pop("rare", False) else BASIC
    return plain.model_copy(update={"order_number": f"AZ-{number}", "created_at": NOON + timedelta(minutes=minutes), **changes})


def all_pages(shelf: Shelf, wanted: Wanted) -> list[list[Return]]:
    """Turn the pages to the end."""
    pages: list[list[Return]] = []
    after: str | None = ""
    while after is not None:
        page = queue_page(cast("Returns", shelf), AZULU, wanted, after)
        pages.append(list(page.returns))
        after = page.after
    return pages


HELD = st.lists(
    st.tuples(st.sampled_from(["under_review", "received", "accepted", "settled"]), st.integers(0, 60), st.booleans()),
    max_size=90,
)


@settings(max_examples=60, deadline=None)
@given(HELD, st.booleans())
def test_turning_the_pages_shows_everything_that_fits_once_and_oldest_first(
    held: list[tuple[ReturnStatus, int, bool]], only_rare: bool
) -> None:
    shelf = Shelf([(status, one(number, minutes, rare=rare)) for number, (status, minutes, rare) in enumerate(held)])
    wanted = Wanted(sku="rare-1" if only_rare else "")
    pages = all_pages(shelf, wanted)
    shown = [each for page in pages for each in page]
    expected = [each for status, each in shelf.held if status != "settled" and wanted.fits(each)]
    assert shown == expected
    assert all(len(page) <= PAGE for page in pages)


def test_a_filter_that_matches_little_reads_a_bounded_number_and_says_how_far_it_got() -> None:
    shelf = Shelf([("under_review", one(number, number, rare=number == 700)) for number in range(701)])
    first = queue_page(cast("Returns", shelf), AZULU, Wanted(sku="RARE-1"))
    assert first.returns == ()
    assert first.reached == NOON + timedelta(minutes=MOST_READ - 1)
    assert shelf.reads <= MOST_READ + FILTERED_BATCH
    assert [len(page) for page in all_pages(shelf, Wanted(sku="RARE-1"))] == [0, 0, 1]


def test_a_page_reads_little_more_than_it_shows() -> None:
    shelf = Shelf([("under_review", one(number, number)) for number in range(1000)])
    queue_page(cast("Returns", shelf), AZULU, Wanted())
    assert shelf.reads <= 2 * PAGE


def test_days_are_the_shops_own() -> None:
    midnight = datetime(2026, 3, 11, 5, 0, tzinfo=UTC)  # in Bogotá
    before, after = midnight - timedelta(minutes=1), midnight
    shelf = Shelf([("under_review", one(1, 0, created_at=before)), ("under_review", one(2, 0, created_at=after))])

    def numbers(**days: date) -> list[str]:
        return [each.order_number for page in all_pages(shelf, Wanted(**days)) for each in page]  # type: ignore[arg-type]

    tenth, eleventh = date(2026, 3, 10), date(2026, 3, 11)
    assert numbers(since=eleventh) == ["AZ-2"]
    assert numbers(until=tenth) == ["AZ-1"]
    assert numbers(since=tenth, until=eleventh) == ["AZ-1", "AZ-2"]
    assert numbers(since=eleventh, until=tenth) == []


def test_the_filters_look_at_one_line_together() -> None:
    two = made("under_review", "authorised")
    lines = (
        two.lines[0].model_copy(update={"reason": "size"}),
        two.lines[1].model_copy(update={"reason": "damaged", "line": two.lines[1].line.model_copy(update={"sku": "RARE-1"})}),
    )
    found = two.model_copy(update={"lines": lines, "assignee": "ana@azulu.example"})
    assert Wanted(sku="rare-1", reason="damaged").fits(found)
    assert not Wanted(sku="rare-1", reason="size").fits(found)
    assert Wanted(assignee="ana@azulu.example").fits(found)
    assert not Wanted(assignee="luis@azulu.example").fits(found)
