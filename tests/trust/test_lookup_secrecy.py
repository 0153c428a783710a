"""Nothing is given away by asking for a link, and what would give something away is noticed."""

from __future__ import annotations

import time
from dataclasses import replace

from chalicelib.access import Access
from tests.trust import lookup_secrecy
from tests.trust.lookup_secrecy import SMALL, area_under_curve, compared
from tests.trust.portals import Street, street


def test_a_wish_for_a_link_tells_nothing_by_its_answer_its_calls_or_its_time() -> None:
    done = lookup_secrecy.tried(SMALL, seed=4)
    assert (done.lost, done.tries) == (0, SMALL + 5 * 12)


class Telltale(Access):
    """Looks first, and records only what fits: what a simpler portal would do."""

    def ask(self, merchant: str, number: str, email: str, language: str, source: str) -> None:
        """Record a wish that fits."""
        stored, _ = self.returns.order_with_returns(merchant, number)
        if stored and stored.email == email:
            time.sleep(0.05)  # as long as a few more calls take where AWS is far away
            super().ask(merchant, number, email, language, source)


def test_a_portal_that_looks_before_it_answers_is_found_out() -> None:
    with street() as place:
        access = place.site.portal.access
        portal = replace(place.site.portal, access=Telltale(access.returns, access.sessions, access.clock, access.secret))
        told = compared(_at(place, portal), 20, seed=4)
    assert sum(each.startswith("order") for each in told.differing) == 20
    assert told.areas["order"] > 0.9
    assert any(each.startswith("order") for each in told.tellers)


def _at(place: Street, portal: object) -> Street:
    return replace(place, site=replace(place.site, portal=portal))  # type: ignore[arg-type]


def test_the_area_is_that_of_a_coin_where_nothing_differs_and_all_where_everything_does() -> None:
    assert area_under_curve([1, 2, 3], [1, 2, 3]) == 0.5
    assert area_under_curve([4, 5], [1, 2, 3]) == 1
    assert area_under_curve([1, 2], [3]) == 0
    assert area_under_curve([1, 3], [2, 2]) == 0.5
