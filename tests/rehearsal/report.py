"""What came of a rehearsal: the figures as one table, and whatever was amiss as lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from tests.rehearsal.crowd import Crowd
from tests.rehearsal.reasons import reason, stale
from tests.rehearsal.rehearsal import Rehearsal

SLOWEST = 5
SIGNS = ("Traceback", '"event": "failed"', '"event": "unavailable"', '"event": "sweep_stopped"')
"""What never stands in a log where all went well."""


@dataclass(frozen=True)
class Outcome:
    """How many journeys passed and failed, what the accidents showed, seconds until the portal was up, and in all."""

    passed: int
    failed: int
    accidents: Sequence[tuple[str, bool]]
    logged: Mapping[str, int]
    crowd: Crowd
    up: float
    seconds: float


def failures(rehearsal: Rehearsal, outcome: Outcome) -> list[str]:
    """Return one line for each thing that was not as it must be."""
    ledger = rehearsal.ledger()
    wrong = [f"{outcome.failed} journeys failed or were left out"] if outcome.failed or not outcome.passed else []
    wrong += [f"{times} of the customers at once: {said}" for said, times in outcome.crowd.stopped.items()]
    wrong += [f"not so: {what}" for what, held in outcome.accidents if not held]
    wrong += [f"{role} lacks {action} on {where} ({times} times)" for role, action, where, times in ledger["refused"]]
    wrong += [f"a call nobody here knows the rights for, {times} times: {what}" for what, times in ledger["unknown"].items()]
    unused = [each for each in ledger["unused"] if reason(each[0], each[2], each[3]) is None]
    wrong += [f"{role} never needed {action} on {where} ({sid})" for role, sid, action, where in unused]
    wrong += [f"a reason in tests/rehearsal/reasons.py explains nothing any more: {key}" for key in stale(ledger["unused"])]
    logs = {function: rehearsal.said(function, since) for function, since in outcome.logged.items()}
    wrong += [f"{function} wrote {sign}" for function, said in logs.items() for sign in SIGNS if sign in said]
    broken = Counter(f"{each.method} {each.resource}: {each.status}" for each in rehearsal.gateway.served if each.status >= 500)
    return wrong + [f"{what}, {times} times" for what, times in broken.items()]


def printed(rehearsal: Rehearsal, outcome: Outcome) -> str:
    """Return the table."""
    rows = list(_rows(rehearsal, outcome))
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}".rstrip() for name, value in rows)


def _rows(rehearsal: Rehearsal, outcome: Outcome) -> Iterator[tuple[str, str]]:
    made = outcome.passed + outcome.failed
    yield "journeys", f"{outcome.passed} of {made} made"
    yield "accidents", f"{sum(held for _, held in outcome.accidents)} of {len(outcome.accidents)} made good"
    yield (
        "took",
        f"{outcome.seconds:.0f} s, {outcome.up:.0f} s of them until all was up",
    )
    crowd = outcome.crowd
    yield "customers at once", f"{crowd.finished} of {crowd.customers} finished; mails within {crowd.longest_mail:.0f} s"
    yield "their answers", f"median / 95 / 99 of 100: {crowd.figures()}"
    served = rehearsal.gateway.served
    statuses = ", ".join(f"{status}: {times}" for status, times in sorted(Counter(each.status for each in served).items()))
    yield "requests", f"{len(served)} ({statuses})"
    warm = sorted(each.function_seconds * 1000 for each in served if each.function_seconds is not None and not each.cold)
    if warm:
        yield "answers of warm functions", f"median {median(warm):.0f} ms, 95 of 100 within {warm[len(warm) * 95 // 100]:.0f} ms"
    for each in sorted(served, key=lambda each: -each.seconds)[:SLOWEST]:
        cold = ", a cold start" if each.cold else ""
        yield "slowest answers", f"{each.seconds * 1000:.0f} ms  {each.method} {each.resource}{cold}"
    for function, fleet in rehearsal.fleets.items():
        starts = ", ".join(
            f"{cold.polled * 1000:.0f} + {(cold.answered - cold.polled) * 1000:.0f} ms" for cold in fleet.cold_starts
        )
        took = f", {fmean(fleet.seconds) * 1000:.0f} ms each on average" if fleet.seconds else ""
        yield f"function {function}", f"{fleet.calls} events{took}; cold starts, until ready + first answer: {starts or 'none'}"
    ledger = rehearsal.ledger()
    calls: Counter[str] = Counter()
    for role, _, _, times in ledger["done"]:
        calls[role] += times
    for role, times in calls.items():
        yield f"calls of {role}", f"{times} of {len({tuple(each[1:3]) for each in ledger['done'] if each[0] == role})} kinds"
    yield "permissions lacking", str(len(ledger["refused"]) + len(ledger["unknown"]))
    unused = ledger["unused"]
    yield "permissions unused", f"{len(unused)}, with a reason each:" if unused else "0"
    for role, _, action, where in unused:
        yield "", f"{role} {action} {where.rpartition(':')[2]}: {reason(role, action, where) or 'NO REASON'}"
    yield "not in the emulator", ", ".join(kind.removeprefix("AWS::") for kind in rehearsal.left_out)
