"""Promise 1: whatever many do at once, one draft makes one return, no unit goes back twice, and nothing that was done is lost.

First one draft is sent a thousand times over. Then, order after order, customers with drafts of their own, customers who take
back, the shop's people who approve, and imports of the same order are at it together, over few units. Whatever one of them was
told was done must stand there in the end, once; what they were told was not done must not.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from random import Random
from threading import Lock

import boto3
from botocore.config import Config

from chalicelib.adapters.bulk import BulkTable
from chalicelib.adapters.items import order_to_item
from chalicelib.counter import Counter as Staff
from chalicelib.counter import NotWaiting
from chalicelib.desk import ChangedMeanwhile, NothingChosen, StaleDraft
from chalicelib.domain.comparisons import fingerprint
from chalicelib.domain.errors import Busy, LifecycleError
from chalicelib.visit import Visit
from tests.conftest import REGION, Tables, emulated_aws, new_tables, running_dynalite, tables_at
from tests.desks import AtTheDesk
from tests.made import line, order, stored
from tests.trust.table import Tried

FULL = 10_000  # acts on each emulator, besides a tenth as many submits of one draft
SMALL = 40
THREADS = 32
ACTS = 40  # of one order
UNITS = {"1": 5, "2": 3}


@dataclass
class Race:
    """One order over which many are at it; `done` says who was told that what was done."""

    at: AtTheDesk
    random: Random
    numbers: count[int] = field(default_factory=lambda: count(1))
    done: dict[str, tuple[str, str]] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.template = self.at.ready(dict.fromkeys(UNITS, 1))[0].draft
        self.staff = Staff(self.at.shops, self.at.returns, self.at.clock)
        self.shelf = BulkTable(self.at.tables.client, self.at.tables.returns)
        self.placed = order_to_item(self.at.visit().stored)

    def run(self, acts: int) -> int:
        """Let so many acts happen on all threads; return how many units went back twice, or acts were lost or invented."""
        plans = [
            (name, self.random.random())
            for name in self.random.choices(["submit", "cancel", "approve", "import"], [5, 2, 4, 1], k=acts)
        ]
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self._act, range(acts), plans))
        return self._lost()

    def _act(self, number: int, plan: tuple[str, float]) -> None:
        name, chance = plan
        who = f"p{number}@azulu.example"
        try:
            what = getattr(self, f"_{name}")(who, chance)
        except (NothingChosen, NotWaiting, LifecycleError, IndexError):
            what = None
        except Busy:
            what = None
            name = "busy"
        with self.lock:
            self.told[name if what or name == "busy" else f"{name} refused"] += 1
            if what:
                self.done[who] = (name, what)

    def _submit(self, who: str, chance: float) -> str:
        """A customer sends a draft of their own, agreeing to whatever has changed meanwhile, until it is made."""
        random = Random(chance)
        wish = {line_id: random.randint(0, 2) for line_id in UNITS}
        outcome = random.choice(["exchange", "refund", "refund"])  # a person decides on refunds
        lines = tuple(
            each.model_copy(update={"quantity": wish[each.id], "outcome": outcome})
            for each in self.template.lines
            if wish[each.id]
        )
        draft = self.template.changed(id=f"draft-{who}", lines=lines)
        while True:
            fresh = self.at.visit()
            visit = Visit(fresh.shop, fresh.session, fresh.stored, fresh.returns, draft, fresh.at)
            try:
                _, now, _ = self.at.desk.check(visit)
                return self.at.desk.submit(visit, draft.id, fingerprint(now)).draft_id
            except (ChangedMeanwhile, StaleDraft):
                continue

    def _cancel(self, _who: str, chance: float) -> str | None:
        """A customer takes a return back."""
        visit = self.at.visit()
        slot = visit.returns[int(chance * len(visit.returns))].slot
        return str(slot) if self.at.desk.cancel(visit, slot).standing("cancelled") else None

    def _approve(self, who: str, chance: float) -> str:
        """One of the shop's people approves what waits."""
        waiting = [made for made in self.at.visit().returns if made.standing("under_review")]
        return self.staff.decide("azulu", waiting[int(chance * len(waiting))].id, (), approve=True, by=who, note="").id

    def _import(self, _who: str, _chance: float) -> str | None:
        """The shop imports the order again, a newer version each time."""
        version = f"3000 {next(self.numbers):09d}"
        (written,) = self.shelf.replace([self.placed | {"version": version}])
        return version if written else None

    def _lost(self) -> int:
        """Compare what everybody was told with what stands there; return how many differences there are."""
        made = self.at.visit().returns
        twice = sum(max(0, sum(each.reserved(line_id) for each in made) - units) for line_id, units in UNITS.items())
        rmas = [each.rma for each in made if each.rma]
        slots = [each.slot for each in made]
        approved = [(event.by, each.id) for each in made for event in each.timeline if event.act == "approved"]
        stands = {
            "submit": Counter(each.draft_id for each in made),
            "cancel": Counter(str(each.slot) for each in made if each.standing("cancelled")),
            "approve": Counter(each for by, each in approved if by in self.done),
        }
        told = {name: Counter(what for act, what in self.done.values() if act == name) for name in stands}
        told["cancel"] = Counter(set(told["cancel"]))  # Once more answers with what is left, and is no second time.
        lost = sum(((stands[name] - told[name]) + (told[name] - stands[name])).total() for name in stands)
        newest = max((what for act, what in self.done.values() if act == "import"), default=None)
        key = {"pk": {"S": self.placed["pk"]}, "sk": {"S": self.placed["sk"]}}
        kept = self.at.tables.client.get_item(TableName=self.at.tables.returns, Key=key, ConsistentRead=True)["Item"]
        overwritten = newest is not None and kept["version"]["S"] != newest
        return twice + lost + len(rmas) - len(set(rmas)) + (slots != list(range(1, len(made) + 1))) + overwritten


def one_draft(tables: Tables, submits: int) -> int:
    """Send one draft so many times from all threads; return how many returns more or fewer than one came of it."""
    at = AtTheDesk(tables)
    visit, seen = at.ready()
    with ThreadPoolExecutor(THREADS) as pool:
        made = list(pool.map(lambda _: at.desk.submit(visit, visit.draft.id, seen), range(submits)))
    return len({each.rma for each in made} | {each.rma for each in at.visit().returns}) - 1 + (at.slots() != ["RETURN#001"])


def raced(name: str, fresh: Callable[[], Tables], acts: int, seed: int) -> tuple[int, Counter[str]]:
    """Race on one emulator; return how much was lost and what everybody was told."""
    told: Counter[str] = Counter()
    lost = one_draft(fresh(), max(acts // 10, 20))
    left, number = acts, 0
    while left:
        tables = fresh()
        placed = stored(order(*(line(each, quantity=units) for each, units in UNITS.items())))
        race = Race(AtTheDesk(tables, placed), Random(f"{seed}/{number}"))
        lost += race.run(min(ACTS, left))
        told += race.told
        left, number = left - min(ACTS, left), number + 1
        for table in (tables.returns, tables.sessions):
            tables.client.delete_table(TableName=table)
        if number % 10 == 0:
            print(f"  {name}: {acts - left:,} acts, {lost} lost", file=sys.stderr, flush=True)
    return lost, told


def tried(size: int, seed: int) -> Tried:
    """Race on moto and on dynalite, so many acts on each."""
    with emulated_aws():
        config = Config(max_pool_connections=THREADS * 2)
        lost, told = raced("moto", lambda: new_tables(boto3.client("dynamodb", region_name=REGION, config=config)), size, seed)
    with running_dynalite() as address:
        if address is None:
            sys.exit("dynalite is not installed: run `npm ci` (Node 20 or newer)")
        found, more = raced("dynalite", lambda: tables_at(address), size, seed)
    lost, told = lost + found, told + more
    refused = sum(times for name, times in told.items() if name.endswith("refused"))
    done = ", ".join(f"{times:,} {name}" for name, times in sorted(told.items()) if not name.endswith("refused"))
    drafts = max(size // 10, 20)
    how = f"{drafts:,} submits of one draft, then {size:,} acts over few units, {THREADS} threads, on moto and again on dynalite"
    tries = 2 * (drafts + size)
    return Tried("No unit goes back twice, and nothing done is lost", how, tries, lost, f"done: {done}; {refused:,} refused")
