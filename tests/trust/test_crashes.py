"""A sample of the matrix of crashes, and that nothing that writes is left out of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app import app
from tests.gate import Gate, Killed
from tests.trust import crashes
from tests.trust.stage import Stage
from tests.trust.steps import Step


def test_whatever_call_breaks_doing_it_again_ends_the_same_and_every_form_is_among_it() -> None:
    matrix = crashes.walked(crashes.SMALL, seed=20260310)
    assert matrix.lost == []
    assert matrix.cells > crashes.SMALL / 2
    assert {path for path, methods in app.routes.items() if "POST" in methods} <= {step.route for step in matrix.steps}


def test_the_matrix_sees_what_is_lost() -> None:
    def forgetful(stage: Stage) -> Iterator[Step]:
        def act() -> bool:
            stage.portal.access.ask("azulu", "AZ-1001", "ana@example.com", "es", "1.1.1.1")
            return True

        yield Step("ask and never ask again", act, again=lambda: True)

    matrix = crashes.Matrix(draw=lambda cells: [cell for cell in cells if cell[1] == "killed before"])
    matrix.walk(forgetful)
    assert (matrix.cells, len(matrix.lost)) == (1, 1)


def test_a_call_breaks_as_it_is_told_to(aws: None) -> None:
    gate, done = Gate(), []

    def broken(name: str, way: str) -> Exception:
        return TimeoutError(f"{name} {way}")

    class Other:
        def put(self, number: int) -> int:
            done.append(number)
            return number

    other = gate.on_other(Other(), "other", broken)
    timed, killed = TimeoutError, Killed
    for number, (way, times, error) in enumerate([
        ("unreachable", 0, timed), ("answer lost", 1, timed), ("asked twice", 2, None), ("throttled", 0, timed),
        ("refused", 0, timed), ("killed before", 0, killed), ("killed after", 1, killed),
    ]):  # fmt: skip
        gate.arm(2, way)  # type: ignore[arg-type]
        assert other.put(-1) == -1
        if error:
            with pytest.raises(error):
                other.put(number)
        else:
            other.put(number)
        assert done.count(number) == times, way
