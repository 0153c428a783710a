"""Guessing learns nothing, and a portal that tells a little, or counts for each instance alone, is found out."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.access import Access, LinkUnusable
from chalicelib.domain.visits import Link
from chalicelib.links import Links, MailedLink
from tests.trust import guesses
from tests.trust.guesses import SHARES, SMALL, Learned
from tests.trust.portals import street


def test_nothing_is_learned_by_guessing_at_any_instance() -> None:
    done = guesses.tried(SMALL, seed=5)
    assert (done.lost, done.tries) == (0, SMALL)
    assert sum(SHARES.values()) == 100


class Noting(Links):
    """Remembers every secret that it mailed."""

    def _new_link(self, *told: Any, **more: Any) -> MailedLink:
        mailed = super()._new_link(*told, **more)
        mailed_secrets.add(mailed.secret)
        return mailed


class Talkative(Access):
    """Says of a secret that begins right that it is no longer good."""

    def peek(self, merchant: str, secret: str) -> Link:
        """Return the link, or say that there once was one."""
        if secret not in mailed_secrets and any(each.startswith(secret[:20]) for each in mailed_secrets):
            raise LinkUnusable("expired", None)
        return super().peek(merchant, secret)


mailed_secrets: set[str] = set()


def test_a_portal_that_tells_right_beginnings_is_found_out() -> None:
    found = Learned()
    with street() as place:
        was = place.site.portal.links
        doors = was.returns, was.sessions, was.clock, was.secret
        portal = replace(place.site.portal, access=Talkative(*doors), links=Noting(*doors))
        guesses.guessed(
            replace(place, site=replace(place.site, portal=portal), instances=(portal,)), found, 100, random.Random(5)
        )
    assert found.lost
    assert {each.partition(":")[0] for each in found.lost} == {"links"}


class CountsAlone:
    """Counts what is limited in its own memory, as an instance might that shares no table with the others."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self._seen: Counter[tuple[str, str]] = Counter()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def admit(self, what: str, who: str, limit: int, window_start: datetime, window_seconds: int) -> bool:
        """Count somebody."""
        self._seen[what, who] += 1
        return self._seen[what, who] <= limit


def test_instances_that_count_each_for_itself_are_found_out() -> None:
    found = Learned()
    with street(guesses.INSTANCES) as place:
        portals = [
            replace(portal, links=replace(portal.links, sessions=CountsAlone(portal.sessions))) for portal in place.instances
        ]
        guesses.flooded(place)
        guesses.answered(replace(place, instances=tuple(portals)), found)
    assert any(each.endswith("mails of AZ1002") for each in found.lost)
