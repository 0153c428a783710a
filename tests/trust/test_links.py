"""Links open once and to whom they were sent, and a portal that is less careful is found out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.access import Access, LinkUnusable
from chalicelib.domain.seats import link_seat
from chalicelib.domain.visits import Link
from tests.trust import links
from tests.trust.links import SMALL, Attempts
from tests.trust.portals import Street, street


def test_looking_uses_nothing_up_and_nothing_but_a_link_that_was_sent_opens_anything() -> None:
    done = links.tried(SMALL, seed=6)
    assert done.lost == 0
    assert done.tries > SMALL


class Careless(Access):
    """Uses a link up when it is looked at, and minds neither its shop nor whether it was used."""

    def peek(self, merchant: str, secret: str) -> Link:
        """Return the link and use it up."""
        seat = link_seat(secret)
        link = self.sessions.link(merchant, seat) if seat else None
        if seat is None or link is None:
            raise LinkUnusable("unknown", None)
        self.sessions.open_link(link.merchant, seat, links.digest("whoever looked"), self.clock())
        return link


def scanning(place: Street, found: Attempts) -> None:
    links.scanned(place, found, 6)


def carrying(place: Street, found: Attempts) -> None:
    links.forged(place, found, 35, links.random.Random(6))


@pytest.mark.parametrize(("attack", "what"), [(scanning, "fetched by scanners"), (carrying, "of other shops")])
def test_a_portal_that_is_less_careful_is_found_out(attack: Callable[[Street, Attempts], None], what: str) -> None:
    with street() as place:
        access = place.site.portal.access
        portal = replace(place.site.portal, access=Careless(access.returns, access.sessions, access.clock, access.secret))
        found = Attempts()
        attack(replace(place, instances=(portal,)), found)
    assert any(each.startswith(what) for each in found.lost)
