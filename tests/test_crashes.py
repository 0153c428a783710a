"""Whatever call breaks on the way, and however: trying again ends where an undisturbed run ends, and nothing is half-done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from chalicelib.domain.comparisons import fingerprint
from chalicelib.domain.drafts import DraftLine
from chalicelib.domain.errors import StaleDraft, Unavailable
from chalicelib.domain.returns import Return
from tests.conftest import Tables
from tests.desks import YES, AtTheDesk
from tests.failing import WAYS, FailingClient, When

Step = Callable[[AtTheDesk], object]


def choose(at: AtTheDesk) -> object:
    return at.desk.choose_items(at.visit(), {"1": 2}, "receipt", None)


def describe(at: AtTheDesk) -> object:
    visit = at.visit()
    return at.desk.describe(visit, visit.draft.id, [DraftLine(id="1", quantity=1, reason="size", answers=YES)])


def choose_outcomes(at: AtTheDesk) -> object:
    visit = at.visit()
    return at.desk.choose_outcomes(visit, visit.draft.id, {"1": "exchange"}, "mail", None)


def submit(at: AtTheDesk) -> object:
    visit = at.visit()
    if visit.returns:
        # The browser posts the same form again: its draft is the one that became a return.
        return at.desk.submit(visit, visit.returns[0].draft_id, "")
    _, seen, _ = at.desk.check(visit)
    return at.desk.submit(visit, visit.draft.id, fingerprint(seen))


def track(at: AtTheDesk) -> object:
    return at.desk.track(at.visit(), 1, "Servientrega", "123456789")


def cancel(at: AtTheDesk) -> object:
    return at.desk.cancel(at.visit(), 1)


WALK: tuple[Step, ...] = (choose, describe, choose_outcomes, submit)
WALKS: dict[str, tuple[Step, ...]] = {"sent": (*WALK, track), "taken back": (*WALK, cancel)}


def walked(tables: Tables, steps: tuple[Step, ...], fails_at: int = 0, way: When = "throttled") -> tuple[list[Return], int]:
    """Go the steps, each again until it succeeds; return the order's returns and how many calls were made."""
    client = FailingClient(tables.client)
    at = AtTheDesk(replace(tables, client=cast("object", client)))  # type: ignore[arg-type]
    client.arm(fails_at, way)
    for step in steps:
        for attempt in range(2):
            try:
                step(at)
                break
            except (Unavailable, StaleDraft):
                assert not attempt, "the second attempt meets no failure"
    calls = client.calls
    client.arm(0, way)
    return list(at.visit().returns), calls


def plain(made: list[Return]) -> list[dict[str, object]]:
    """Return what matters of returns: all but what chance gives, and the count of writes."""
    return [each.model_dump(exclude={"draft_id", "rma", "reserved_rma", "version"}) for each in made]


@pytest.mark.parametrize("walk", sorted(WALKS))
@pytest.mark.parametrize("way", WAYS)
def test_every_call_may_break_once_and_the_walk_ends_the_same(dynalite_tables: Tables, walk: str, way: When) -> None:
    def fresh() -> Tables:
        for table in (dynalite_tables.returns, dynalite_tables.sessions):
            for item in dynalite_tables.client.scan(TableName=table)["Items"]:
                dynalite_tables.client.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
        return dynalite_tables

    undisturbed, calls = walked(fresh(), WALKS[walk])
    assert len(undisturbed) == 1
    for fails_at in range(1, calls + 1):
        disturbed, _ = walked(fresh(), WALKS[walk], fails_at, way)
        assert plain(disturbed) == plain(undisturbed), f"call {fails_at} {way}"
