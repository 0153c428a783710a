"""Brings the packaged portal up without AWS: emulator, functions, gateway, and what calls functions besides."""

from __future__ import annotations

import json
import secrets
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from zipfile import ZipFile

from chalicelib.local.gateway import SCHEDULED
from tests.rehearsal.cloud import owners, parameters
from tests.rehearsal.emulator import OWNERS, connected, emulated
from tests.rehearsal.fleet import Fleet
from tests.rehearsal.front import Front
from tests.rehearsal.gateway import Gateway
from tests.rehearsal.guard import ACCIDENT, LEDGER
from tests.rehearsal.runtime import Program, runtime_folder
from tests.rehearsal.sources import Bus, Called, PutAside, Stream, log, new_files
from tests.rehearsal.stack import Function, Stack

POLL_SECONDS = 0.2
SCHEDULE_SECONDS = 15.0
"""What is to happen every few minutes happens as often here, so that it happens at all while somebody looks."""


@dataclass
class Rehearsal:
    """A portal that runs: its address, the terminal of whoever deployed it, and what one may look at."""

    url: str
    port: int
    owner: Mapping[str, str]
    stack: Stack
    gateway: Gateway
    fleets: Mapping[str, Fleet]
    functions: Mapping[str, Called]
    bus: Bus
    asides: Mapping[str, PutAside]
    left_out: list[str]
    logs: Path
    clients: Callable[[str, str], Any]

    @property
    def mailbox(self) -> str:
        """The address of the mailbox, whose `/messages.json` holds every mail."""
        return f"http://127.0.0.1:{self.port + 1}"

    def ledger(self) -> dict[str, Any]:
        """Return what the guard before the emulator saw."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port + 2}{LEDGER}", timeout=10) as answer:
            ledger: dict[str, Any] = json.load(answer)
        return ledger

    def fail(self, *accidents: tuple[str, str, str]) -> None:
        """Have calls end with an error of the service from now on, by role, beginning of the action and a text in them."""
        body = json.dumps(accidents).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port + 2}{ACCIDENT}", body, method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def mails(self, to: str) -> list[dict[str, Any]]:
        """Return the mails that were sent to an address."""
        with urllib.request.urlopen(f"{self.mailbox}/messages.json", timeout=20) as answer:
            return [mail for mail in json.load(answer) if to in mail["to"]]

    def client(self, service: str) -> Any:
        """Return a client with the rights of whoever deployed the stack."""
        return connected(service, self.owner["AWS_ENDPOINT_URL"], OWNERS)

    def said(self, function: str, since: int = 0) -> str:
        """Return what a function wrote to its log behind so many bytes."""
        return (self.logs / function).read_bytes()[since:].decode("utf-8", "replace")

    def written(self) -> dict[str, int]:
        """Return how many bytes each function wrote so far."""
        return {function: (self.logs / function).stat().st_size for function in self.fleets}

    def write_logs(self) -> None:
        """Bring what the functions wrote to their log groups, with the rights of their roles, as Lambda does."""
        for function in self.stack.functions():
            # Lambda itself writes a line at the beginning and at the end of each call.
            lines = ["START", *(line for line in self.said(function.id).splitlines() if line)][:1000]
            if self.fleets[function.id].calls:
                client, group = self.clients(function.role, "logs"), f"/aws/lambda/{function.name}"
                client.create_log_stream(logGroupName=group, logStreamName="rehearsal")
                events = [{"timestamp": 0, "message": line} for line in lines]
                client.put_log_events(logGroupName=group, logStreamName="rehearsal", logEvents=events)


@contextmanager
def rehearse(build: Path, port: int, room: int = 4, **given: str) -> Iterator[Rehearsal]:
    """Bring up what `make package` made in a folder: the portal at `port` by TLS, the mailbox at the next, the emulator after.

    `room` is how many instances of a function may run at once; `given` are parameters of the template.
    """
    url, endpoint = f"https://127.0.0.1:{port}/api", f"http://127.0.0.1:{port + 2}"
    with ExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory(prefix="vuelta-rehearsal-")))
        logs = folder / "logs"
        logs.mkdir()
        task = _unpacked(build / "deployment.zip", folder / "task")
        runtime = running.enter_context(runtime_folder())
        stack = Stack.read(build / "sam.yaml", **{**parameters(url), **given})
        keys = {role: (f"ASIA{role.upper()}", "secret", secrets.token_hex(20)) for role, _ in stack.resources("AWS::IAM::Role")}
        left_out = running.enter_context(emulated(build / "sam.yaml", dict(stack.given), port, endpoint, keys))
        owner = owners(stack, endpoint)
        for logical, _ in stack.resources("AWS::DynamoDB::Table"):
            table = connected("dynamodb", endpoint, (owner["AWS_ACCESS_KEY_ID"], "owner", "")).describe_table(
                TableName=stack.name(logical)
            )
            stack.attributes[logical, "StreamArn"] = table["Table"]["LatestStreamArn"]

        def client(role: str, service: str) -> Any:
            return connected(service, endpoint, keys[role])

        fleets = {}
        for function in stack.functions():
            written = running.enter_context((logs / function.id).open("ab"))
            fleets[function.id] = _fleet(function, task, runtime, keys[function.role], endpoint, room, written)
            running.callback(fleets[function.id].close)
        asides = _asides(stack, client)
        functions = _called(stack, fleets, asides)
        bus = Bus(stack, functions)
        gateway = Gateway(stack, fleets)
        running.enter_context(serving(Front(gateway, port)))
        stop = threading.Event()
        for act, seconds in _acts(stack, fleets, functions, asides, bus, client, owner):
            running.callback(_repeat(act, seconds, stop))
        running.callback(stop.set)
        yield Rehearsal(url, port, owner, stack, gateway, fleets, functions, bus, asides, left_out, logs, client)


@contextmanager
def serving(front: Front) -> Iterator[None]:
    """Serve in a thread."""
    threading.Thread(target=front.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        front.shutdown()
        front.server_close()


def _unpacked(package: Path, task: Path) -> Path:
    with ZipFile(package) as archive:
        archive.extractall(task)
    return task


def _fleet(
    function: Function, task: Path, runtime: Path, keys: tuple[str, str, str], endpoint: str, room: int, written: IO[bytes]
) -> Fleet:
    # The template's own variables, and the way to the emulator.
    variables = {**function.environment, "AWS_ENDPOINT_URL": endpoint}
    program = Program(task, function.handler, variables, function.name, function.memory, function.timeout, keys)
    return Fleet(program, runtime, room, function.most, written)


def _asides(stack: Stack, client: Callable[[str, str], Any]) -> dict[str, PutAside]:
    """Return where each function's given-up events go, by its id; buckets only, the template has nothing else."""
    roles = {function.id: function.role for function in stack.functions()}
    found = {}
    for kind in ("AWS::Lambda::EventSourceMapping", "AWS::Lambda::EventInvokeConfig"):
        for _, properties in stack.resources(kind):
            goal = properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
            if goal:
                function = stack.named("AWS::Serverless::Function", properties["FunctionName"])
                bucket = stack.name(stack.named("AWS::S3::Bucket", goal))
                found[function] = PutAside(client(roles[function], "s3"), bucket)
    return found


def _called(stack: Stack, fleets: Mapping[str, Fleet], asides: Mapping[str, PutAside]) -> dict[str, Called]:
    retries = dict.fromkeys(fleets, 2)
    for _, properties in stack.resources("AWS::Lambda::EventInvokeConfig"):
        retries[stack.named("AWS::Serverless::Function", properties["FunctionName"])] = int(properties["MaximumRetryAttempts"])
    return {function: Called(fleet, retries[function], asides.get(function)) for function, fleet in fleets.items()}


def _acts(
    stack: Stack, fleets: Mapping[str, Fleet], functions: Mapping[str, Called], asides: Mapping[str, PutAside], bus: Bus,
    client: Callable[[str, str], Any], owner: Mapping[str, str],
) -> Iterator[tuple[Callable[[], object], float]]:  # fmt: skip
    """Yield what happens again and again, with the seconds between."""
    roles = {function.id: function.role for function in stack.functions()}
    for aside in asides.values():
        aside.permitted()
    for _, properties in stack.resources("AWS::Lambda::EventSourceMapping"):
        function = stack.named("AWS::Serverless::Function", properties["FunctionName"])
        # Lambda reads a stream with the rights of the function that gets it.
        reader = client(roles[function], "dynamodbstreams")
        yield Stream(reader, properties, fleets[function], asides.get(function)).pump(), POLL_SECONDS
    for logical, properties in stack.resources("AWS::Serverless::Function"):
        for event in properties.get("Events", {}).values():
            if event["Type"] == "Schedule":
                yield partial(functions[logical], SCHEDULED), SCHEDULE_SECONDS
    files = connected("s3", owner["AWS_ENDPOINT_URL"], OWNERS)
    pages = new_files(files, owner["FILES_BUCKET"])
    yield (lambda: [bus.put("aws.s3", "Object Created", detail) for detail in next(pages)]), POLL_SECONDS


def _repeat(act: Callable[[], object], seconds: float, stop: threading.Event) -> Callable[[], None]:
    """Act again and again in a thread, with a pause after each time; return what waits for its end."""

    def loop() -> None:
        while not stop.wait(seconds):
            try:
                act()
            except Exception:  # noqa: BLE001 - whatever it was, it is written down and goes on
                if not stop.is_set():
                    log.exception("what calls functions failed; it goes on")

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    return lambda: thread.join(timeout=3)
