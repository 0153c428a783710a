"""How many decisions a second one core makes, beside an engine written in Rust; and what more clauses cost."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import Any

import zen

from chalicelib.domain.contract import answer, read_case
from chalicelib.domain.decisions import decide
from chalicelib.domain.policy import Policy
from chalicelib.shops import load_shops
from tests.bench.table import Figure, of_rounds
from tests.bench.zen_azulu import context, model
from tests.domain.cases import drawn_case
from tests.domain.shopmaking import case, policy

ROUNDS, CASES, SEED = 9, 1000, 20260310
CLAUSES = (10, 100, 1000)
Told = tuple[str, list[tuple[str, str, Decimal]], str | None]
"""Verdict, outcomes with approval and value, and who pays for the parcel."""


def drawn(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield cases of azulu with one line. Their times are of whole seconds, which is as fine as the rival counts."""
    chance = random.Random(seed)
    while count:
        found = drawn_case(chance.choice, "azulu")
        order = found["order"]
        times = (found["at"], order["placed_at"], order["delivered_at"] or found["at"])
        if len(found["request"]["lines"]) == 1 and not any(datetime.fromisoformat(each).microsecond for each in times):
            count -= 1
            yield found


def ours(line: bytes) -> dict[str, Any]:
    """Return our answer to a case that is written as JSON."""
    read = read_case(line)
    rules = load_shops()["azulu"].policy_for(read.order.placed_at)
    return answer(None, decide(read.order, read.request, rules, read.at))


def agreed(found: dict[str, Any]) -> tuple[Told, Told]:
    """Return what we tell of a case, and what the rival does."""
    (line,) = ours(json.dumps(found).encode())["lines"]
    theirs = _rival().evaluate(context(found))["result"]
    return _told(line), _told(theirs)


def measured() -> list[Figure]:
    """Measure both on the same cases in turn, then ours with policies of more and more clauses."""
    cases = list(drawn(CASES, SEED))
    lines = [json.dumps(each).encode() for each in cases]
    read = [read_case(line) for line in lines]
    rules = [load_shops()["azulu"].policy_for(each.order.placed_at) for each in read]
    rival, contexts = _rival(), [context(each) for each in cases]
    decided: list[float] = []
    answered: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        decided.append(_rate(lambda: [decide(one.order, one.request, of, one.at) for one, of in zip(read, rules, strict=True)]))
        theirs.append(_rate(lambda: [rival.evaluate(each) for each in contexts]))
        answered.append(_rate(lambda: [json.dumps(ours(line)) for line in lines]))
    said = {"rival_name": "zen-engine", "at_least": median(theirs)}
    return [
        of_rounds("decide, azulu's policy, cases that are read", decided, "a second", theirs, **said),
        of_rounds("decide, from a line of JSON to a line of JSON", answered, "a second", theirs, rival_name="zen-engine"),
        *_growth(),
    ]


def with_clauses(count: int) -> Policy:
    """Return a policy of so many clauses, one in ten of which speaks of the line that is asked about."""
    rules = [
        f'[[clauses]]\nid = "c{place}"\nwhen = {{ category = "{"lamps" if place % 10 == 0 else f"kind-{place}"}" }}\n'
        f'grants = ["exchange", "refund"]\nwindow = {{ days = {10 + place % 30}, from = "delivery" }}\n'
        f'fee = {{ kind = "fee_{place}", amount = "0.01" }}'
        for place in range(count)
    ]
    return policy('outcomes = ["exchange", "refund"]\n' + "\n".join(rules))


def _growth() -> Iterator[Figure]:
    asked = read_case(json.dumps(case("2026-03-06T12:00:00+01:00", line={"categories": ["lamps"]})).encode())
    policies = {count: with_clauses(count) for count in CLAUSES}
    spent: dict[int, list[float]] = {count: [] for count in CLAUSES}
    for _ in range(ROUNDS):
        for count, rules in policies.items():
            repeats = 20_000 // count
            started = time.process_time()
            for _ in range(repeats):
                decide(asked.order, asked.request, rules, asked.at)
            spent[count].append((time.process_time() - started) / repeats / count * 1e6)
    for count in CLAUSES:
        # Near linear: of a thousand clauses none costs half as much again as one of a hundred.
        bound = 1.5 * median(spent[100]) if count == 1000 else None
        yield of_rounds(f"decide, for each of {count:,} clauses", spent[count], "µs", at_most=bound)


def _rate(work: Callable[[], object]) -> float:
    """Return how many cases a second of this program's own time `work` goes through."""
    started = time.process_time()
    work()
    return CASES / (time.process_time() - started)


def _rival() -> zen.ZenDecision:
    return zen.ZenEngine().create_decision(model())


def _told(line: dict[str, Any]) -> Told:
    outcomes = [(each["kind"], each["approval"], Decimal(str(each["value"]))) for each in line["outcomes"]]
    return line["verdict"], outcomes, line.get("shipping")
