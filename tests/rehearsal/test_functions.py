"""Functions run as Lambda runs them, and the gateway answers for those that cannot."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.rehearsal.crowd import hello_stack
from tests.rehearsal.fleet import LONGEST_EVENT, EventTooLarge, Fleet, TooManyRequests
from tests.rehearsal.gateway import Gateway
from tests.rehearsal.runtime import Instance, Program, runtime_folder

CODE = """
import json, os, sys, time
def answer(event, context):
    do = event.get("do") or (event.get("queryStringParameters") or {}).get("do")
    if do == "raise":
        raise ValueError("no")
    if do == "exit":
        os._exit(3)
    if do == "sleep":
        time.sleep(30)
    if do == "long":
        return "x" * (6 * 1024 * 1024)
    if do == "wait":
        time.sleep(0.3)
    if do == "see":
        return {"pid": os.getpid(), "variables": sorted(os.environ), "path": sys.path, "name": context.function_name}
    return {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": str(os.getpid())}
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A function that does as it is told."""
    folder = tmp_path_factory.mktemp("task")
    (folder / "hello.py").write_text(CODE, "utf-8")
    return Program(folder, "hello.answer", {"OWN": "1"}, "hello", timeout=1.0)


@pytest.fixture(scope="module")
def runtime() -> Iterator[Path]:
    with runtime_folder() as folder:
        yield folder


def test_a_function_knows_its_own_variables_lambdas_and_nothing_of_this_machine(
    program: Program, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRAY", "1")
    with Instance(program, runtime) as instance:
        ready = instance.polled()
        seen = instance.invoke({"do": "see"})
        assert 0 < ready < (instance.first_answered or 0)
        assert (seen.cold, instance.invoke({"do": "see"}).cold) == (True, False)
    variables = seen.value["variables"]
    assert "STRAY" not in variables
    assert "OWN" in variables
    lambdas = {name for name in variables if name.startswith(("AWS_", "LAMBDA_", "_"))}
    assert set(variables) - lambdas <= {"LANG", "LC_CTYPE", "OWN", "PATH", "PYTHONPATH", "TZ"}
    assert not [each for each in seen.value["path"] if "site-packages" in each]


def test_an_error_an_end_and_an_answer_too_long_are_told_as_lambda_tells_them(program: Program, runtime: Path) -> None:
    with Instance(program, runtime) as instance:
        raised = instance.invoke({"do": "raise"})
        assert (raised.failed, raised.value["errorType"]) == (True, "ValueError")
        assert not instance.invoke({}).failed, "an error ends no instance"
        assert instance.invoke({"do": "exit"}).value["errorType"] == "Runtime.ExitError"
        assert not instance.alive
    with Instance(program, runtime) as instance:
        assert instance.invoke({"do": "long"}).value["errorType"] == "Function.ResponseSizeTooLarge"
    with Instance(program, runtime) as instance:
        late = instance.invoke({"do": "sleep"})
        assert (late.failed, late.value["errorType"], instance.alive) == (True, "Sandbox.Timedout", False)


def test_instances_answer_one_event_at_a_time_and_more_are_started_as_needed(program: Program, runtime: Path) -> None:
    fleet = Fleet(program, runtime, room=2, most=3)
    fleet.warm(2)
    with ThreadPoolExecutor(4) as pool:
        several = [pool.submit(fleet.invoke, {"do": "wait"}) for _ in range(2)]
        assert len({each.result().value["body"] for each in several}) == 2
        crowd = [pool.submit(fleet.invoke, {"do": "wait"}) for _ in range(4)]
        refused = [each.exception() for each in crowd if each.exception()]
    assert [type(each) for each in refused] == [TooManyRequests]
    with pytest.raises(EventTooLarge):
        fleet.invoke(b"x" * (LONGEST_EVENT + 1))
    assert fleet.invoke({"do": "exit"}).failed
    assert not fleet.invoke({}).failed, "another instance takes over"
    fleet.close()


def test_the_gateway_answers_for_what_no_function_can(program: Program, runtime: Path) -> None:
    stack = hello_stack()
    api = stack.template["Resources"]["RestAPI"]["Properties"]
    api["MethodSettings"] = [{"ResourcePath": "/*", "ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 6}]
    fleet = Fleet(program, runtime, room=1)
    gateway = Gateway(stack, {"Hello": fleet})

    def status(target: str, method: str = "GET", body: bytes | None = b"", **headers: str) -> int:
        return gateway.answer(method, target, list(headers.items()), body, "127.0.0.1").status

    assert status("/api/hello") == 200
    assert [status(each) for each in ("/hello", "/api/other", "/api/hello/")] == [403, 403, 403]
    assert status("/api/hello", "POST") == 403
    assert status("/api/hello", body=None) == 413
    assert status("/api/hello", Cookie="x" * 11_000) == 413
    assert status("/api/hello", body=b"x" * 7_000_000) == 413, "the gateway takes it, but no function does"
    assert status("/api/hello?do=raise") == 502
    assert status("/api/hello?do=see") == 502, "that is no answer for a gateway"
    assert status("/api/hello") == 429
    assert [each.status for each in gateway.served][-2:] == [502, 429]
    fleet.close()
