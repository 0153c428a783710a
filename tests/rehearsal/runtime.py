"""Runs a function as Lambda does: its folder under the real runtime client, in a program of its own, one event at a time.

program = Program(folder=Path("unzipped"), handler="app.app", environment={"RETURNS_TABLE": "…"})
with Instance(program) as instance:
    instance.polled()               # seconds from the start of the program until it asked for its first event
    answer = instance.invoke({…})   # answer.body, answer.seconds; answer.failed where the function raised
    instance.first_answered         # seconds from the start of the program until its first answer
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import IO, Any, Self

from tests.rehearsal.runtime_api import Asked, RuntimeApi

LAMBDAS_OWN = (
    "awslambdaric", "boto3", "botocore", "dateutil", "jmespath", "runtime_client", "s3transfer", "simplejson", "six.py",
    "snapshot_restore_py.py", "urllib3",
)  # fmt: skip
"""What Lambda has without the package: the runtime's client, the AWS SDK, and what they need."""
LONGEST_START = 60.0
REGION, ACCOUNT = "us-east-1", "123456789012"


@dataclass(frozen=True)
class Program:
    """What is deployed of a function: its code, its entry, its own variables, its memory in MB and its time in seconds.

    `keys` are the credentials of its role: key id, secret, session token.
    """

    folder: Path
    handler: str
    environment: Mapping[str, str] = field(default_factory=dict)
    name: str = "function"
    memory: int = 512
    timeout: float = 29.0
    keys: tuple[str, str, str] = ("AKIAREHEARSAL", "secret", "token")

    @property
    def arn(self) -> str:
        """The name that the function gets from its context."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.name}"

    def variables(self, api: str, runtime: Path) -> dict[str, str]:
        """Return the whole environment of an instance: what Lambda sets, and the function's own."""
        key, secret, token = self.keys
        lambdas = {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_SESSION_TOKEN": token,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info[0]}.{sys.version_info[1]}",
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": f"[$LATEST]{uuid.uuid4().hex}",
            "AWS_LAMBDA_RUNTIME_API": api,
            "LAMBDA_TASK_ROOT": str(self.folder),
            "LAMBDA_RUNTIME_DIR": str(runtime),
            "PYTHONPATH": str(runtime),
            "LANG": "en_US.UTF-8",
            "PATH": os.defpath,
            "TZ": ":UTC",
            "_HANDLER": self.handler,
        }
        return lambdas | dict(self.environment)


@dataclass(frozen=True)
class Answer:
    """What came back for an event, and how long that took from its delivery; `failed` where it is an error of the function."""

    body: bytes
    seconds: float
    failed: bool = False
    cold: bool = False

    @property
    def value(self) -> Any:
        """What the function returned, or the error as Lambda describes it."""
        return json.loads(self.body or b"null")


@contextmanager
def runtime_folder() -> Iterator[Path]:
    """Make a folder of what Lambda has without the package, and nothing else of this environment."""
    import awslambdaric  # noqa: PLC0415 - found only where the development requirements are installed

    packages = Path(awslambdaric.__file__).parents[1]
    with TemporaryDirectory(prefix="vuelta-runtime-") as made:
        for name in LAMBDAS_OWN:
            for found in [packages / name, *packages.glob(f"{name}.*.so")]:
                if found.exists():
                    (Path(made) / found.name).symlink_to(found)
        yield Path(made)


class Instance:
    """One environment of a function. `started` is a moment of `time.perf_counter`; what it writes goes to `log`."""

    def __init__(self, program: Program, runtime: Path, log: int | IO[Any] = subprocess.DEVNULL) -> None:
        self.program = program
        self.first_answered: float | None = None
        self.served = 0
        self._api = RuntimeApi()
        # As on Lambda nothing is written beside the code; -S keeps out what is installed here and not there.
        command = [sys.executable, "-B", "-S", "-s", "-m", "awslambdaric", program.handler]
        environment = program.variables(self._api.address, runtime)
        self.started = time.perf_counter()
        self._running = subprocess.Popen(
            command, cwd=program.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        threading.Thread(target=self._watch, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether the program runs; one that ended, or was ended for its slowness, takes no more events."""
        return self._running.poll() is None

    def polled(self, patience: float = LONGEST_START) -> float:
        """Wait for the first request for an event; return the seconds that it took from the start of the program.

        Raises RuntimeError with what the function said where it ended before, or took too long.
        """
        asked = self._api.wait_for_poll(patience)
        if asked is None:
            failure = self._api.failure or b"it took too long"
            self.close()
            raise RuntimeError(f"{self.program.handler} does not start: {failure.decode('utf-8', 'replace')[:2000]}")
        return asked - self.started

    def invoke(self, event: Mapping[str, Any] | bytes, patience: float | None = None) -> Answer:
        """Give it an event and return its answer; after its time (or `patience` seconds) it is ended, as Lambda ends it."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        cold = self.served == 0
        if cold:
            try:
                self.polled()
            except RuntimeError as error:
                said = {"errorType": "Runtime.Unknown", "errorMessage": str(error)}
                return Answer(json.dumps(said).encode(), 0.0, failed=True)
        self.served += 1
        limit = self.program.timeout if patience is None else patience
        began = time.perf_counter()
        asked = Asked(str(uuid.uuid4()), body, self.program.arn, time.time() + limit)
        self._api.put(asked)
        try:
            failed, answer, answered = asked.answers.get(timeout=limit)
        except queue.Empty:
            self.close()
            said = f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {asked.id} Task timed out after {limit:.2f} seconds"
            return Answer(json.dumps({"errorType": "Sandbox.Timedout", "errorMessage": said}).encode(), limit, failed=True)
        if self.first_answered is None:
            self.first_answered = answered - self.started
        return Answer(answer, answered - began, failed, cold)

    def close(self) -> None:
        """End the program."""
        self._running.kill()
        self._running.wait()
        self._api.close()

    def _watch(self) -> None:
        code = self._running.wait()
        said = {"errorType": "Runtime.ExitError", "errorMessage": f"Runtime exited with error: exit status {code}"}
        self._api.broken(json.dumps(said).encode())
