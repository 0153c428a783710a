"""Many at once: one draft makes one return, and no unit goes back twice, whatever the emulator."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from chalicelib.desk import ChangedMeanwhile, NothingChosen, StaleDraft
from chalicelib.domain.comparisons import fingerprint
from chalicelib.visit import Visit
from tests.conftest import Tables
from tests.desks import AtTheDesk
from tests.made import line, order, stored

THREADS = 32


@pytest.mark.slow
def test_a_thousand_submits_of_one_draft_make_one_return(any_tables: Tables) -> None:
    at = AtTheDesk(any_tables)
    visit, seen = at.ready()
    with ThreadPoolExecutor(THREADS) as pool:
        made = list(pool.map(lambda _: at.desk.submit(visit, visit.draft.id, seen), range(1000)))
    assert {each.rma for each in made} == {made[0].rma}
    assert at.slots() == ["RETURN#001"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_mixed_drafts_over_few_units_return_none_twice_and_lose_none(any_tables: Tables, seed: int) -> None:
    placed = stored(order(line("1", quantity=5), line("2", quantity=3)))
    at = AtTheDesk(any_tables, placed)
    template, _ = at.ready({"1": 1, "2": 1})
    random = Random(seed)

    def customer(number: int, wish: dict[str, int]) -> int:
        """Submit an own draft, agreeing to whatever has changed meanwhile, until it is made or nothing is left."""
        lines = tuple(each.model_copy(update={"quantity": wish[each.id]}) for each in template.draft.lines if wish.get(each.id))
        draft = template.draft.changed(id=f"draft-{number}", lines=lines)
        fresh = at.visit()
        visit = Visit(fresh.shop, fresh.session, fresh.stored, fresh.returns, draft, fresh.at)
        while True:
            try:
                _, now, _ = at.desk.check(visit)
                return at.desk.submit(visit, draft.id, fingerprint(now)).slot
            except NothingChosen:
                return 0
            except (ChangedMeanwhile, StaleDraft):
                fresh = at.visit()
                visit = Visit(fresh.shop, fresh.session, fresh.stored, fresh.returns, draft, fresh.at)

    wishes = [{"1": random.randint(0, 2), "2": random.randint(0, 2)} for _ in range(60)]
    with ThreadPoolExecutor(THREADS) as pool:
        slots = list(pool.map(customer, range(len(wishes)), wishes))
    after = at.visit()
    taken = {line_id: sum(made.reserved(line_id) for made in after.returns) for line_id in ("1", "2")}
    assert taken == {"1": 5, "2": 3}
    assert sorted(slot for slot in slots if slot) == list(range(1, len(after.returns) + 1))
