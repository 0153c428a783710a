"""Promise 2: whatever call breaks on a way that writes, and however, doing it again ends where an undisturbed run ends.

Which calls there are is not written down anywhere: each step is walked once undisturbed and counted, then once for each of its
calls and each way of breaking it, from the same beginning. Whoever was disturbed does what they would do: a browser posts its
form again, a stream brings its record again, a sweep comes again, a command is given again.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from tests.conftest import emulated_aws
from tests.gate import WAYS, Killed, Way
from tests.trust.stage import Stage
from tests.trust.steps import Step
from tests.trust.table import Tried
from tests.trust.walks import TALES

FULL = 0  # every cell
SMALL = 24  # about so many, drawn by lot
STEPS = 67  # about so many there are
PROMISE = "Whatever call breaks, doing it again ends the same"
TURNS = 6


@dataclass
class Matrix:
    """What came of the cells that were tried; `wanted` says whether any of a step's are, and `draw` which."""

    wanted: Callable[[], bool] = lambda: True
    draw: Callable[[list[tuple[int, Way]]], list[tuple[int, Way]]] = lambda cells: cells
    steps: list[Step] = field(default_factory=list)
    cells: int = 0
    lost: list[str] = field(default_factory=list)
    twice: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)

    def walk(self, tale: Callable[[Stage], Iterator[Step]]) -> None:
        """Walk a tale; before each of its steps is done, do it broken in every way."""
        with emulated_aws():
            stage = Stage()
            for step in tale(stage):
                self._try(stage, step)

    def _try(self, stage: Stage, step: Step) -> None:
        self.steps.append(step)
        if not self.wanted():
            _go(stage, step, 0, "unreachable")
            return
        before = stage.snapshot()
        calls = _go(stage, step, 0, "unreachable")
        due, mails = stage.came_of_it(), stage.mailed()
        assert calls, f"{step.name} calls nothing"
        for at, way in self.draw([(at, way) for at in range(1, len(calls) + 1) for way in WAYS]):
            stage.restore(before)
            self.cells += 1
            self.ways[way] += 1
            self.calls[calls[at - 1]] += 1
            cell = f"{step.name}, call {at} of {len(calls)} ({calls[at - 1]}) {way}"
            try:
                _go(stage, step, at, way)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what was lost
                self.lost.append(f"{cell}: {type(error).__name__}: {error}")
                continue
            came = stage.came_of_it()
            self.lost += [f"{cell}: {name}: {_difference(due[name], came[name])}" for name in due if came[name] != due[name]]
            twice = (stage.mailed() - mails).total()
            self.twice += twice
            if twice > 1:
                self.lost.append(f"{cell}: {twice} mails came twice, where one call broke")
        stage.restore(before)
        _go(stage, step, 0, "unreachable")


def _go(stage: Stage, step: Step, at: int, way: Way) -> list[str]:
    """Do a step while its call `at` breaks, then again until it is done; return the calls of the first time."""
    stage.gate.arm(at, way)
    try:
        done = step.act()
    except Killed:
        done = False
    calls = stage.gate.calls
    stage.gate.arm(0, way)
    assert done or at, f"{step.name} fails undisturbed"
    for _ in range(TURNS):
        if done:
            break
        done = (step.again or step.act)()
    assert done, "it is never done"
    if step.then:
        step.then()
    return calls


def _difference(due: object, came: object) -> str:
    if isinstance(due, list) and isinstance(came, list):
        missing, more = Counter(due) - Counter(came), Counter(came) - Counter(due)
        return f"missing {sorted(missing)}, more {sorted(more)}"
    return f"{came} rather than {due}"


def walked(size: int, seed: int) -> Matrix:
    """Walk every tale; try about so many cells drawn by lot, or every one where `size` is 0."""
    random = Random(seed)
    some = Matrix(lambda: random.random() < size / STEPS, lambda cells: [random.choice(cells)])
    matrix = some if size else Matrix()
    logging.disable(logging.CRITICAL)  # What breaks is reported, and here everything does.
    try:
        for name, tale in TALES.items():
            print(f"  {name}: {matrix.cells} cells so far, {len(matrix.lost)} lost", file=sys.stderr, flush=True)
            matrix.walk(tale)
    finally:
        logging.disable(logging.NOTSET)
    for each in matrix.lost:
        print(f"  lost: {each}", file=sys.stderr)
    return matrix


def tried(size: int, seed: int) -> Tried:
    """Try the matrix, as `walked` does."""
    matrix = walked(size, seed)
    how = (
        f"{len(matrix.steps)} steps of customers, staff, worker and commands, every call in them broken in {len(WAYS)} ways, "
        "done again, compared with an undisturbed run"
    )
    said = f"{len(matrix.calls)} kinds of calls; {matrix.twice} mails sent twice"
    return Tried(PROMISE, how, matrix.cells, len(matrix.lost), said)
