"""The Runtime API, as one instance of a function sees it: ask for the next event, give its answer or its error."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LONGEST_ANSWER = 6 * 1024 * 1024
"""Bytes; what Lambda takes in either direction."""
VERSION = "/2018-06-01/runtime"


@dataclass(frozen=True)
class Asked:
    """An event on its way; `answers` gets one triple: whether it failed, the body, and the moment (`time.perf_counter`)."""

    id: str
    body: bytes
    arn: str
    until: float
    answers: queue.SimpleQueue[tuple[bool, bytes, float]] = field(default_factory=queue.SimpleQueue)


class RuntimeApi:
    """Serves one instance on a port of its own. `failure` is what the instance said when it could not start."""

    def __init__(self) -> None:
        self.failure: bytes | None = None
        self._waiting: queue.SimpleQueue[Asked | None] = queue.SimpleQueue()
        self._current: Asked | None = None
        self._first_poll: float | None = None
        self._polled = threading.Event()
        self._ended = False
        self._turn = threading.Lock()
        self._server = _Server(self)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def address(self) -> str:
        """What AWS_LAMBDA_RUNTIME_API says."""
        return f"127.0.0.1:{self._server.server_port}"

    def wait_for_poll(self, patience: float) -> float | None:
        """Return the moment at which the instance first asked for an event; None if it cannot start or takes too long."""
        return self._first_poll if self._polled.wait(patience) else None

    def put(self, asked: Asked) -> None:
        """Give the instance an event; it is answered with an error at once where the program has ended."""
        with self._turn:
            self._current = asked
            ended = self._ended
        if ended:
            self.broken(self.failure or b"{}")
        else:
            self._waiting.put(asked)

    def broken(self, said: bytes) -> None:
        """Answer what waits with an error: the program has ended, or could not begin."""
        with self._turn:
            self._ended = True
            self.failure = self.failure or said
            current, self._current = self._current, None
        if current is not None:
            current.answers.put((True, self.failure, time.perf_counter()))
        self._polled.set()
        self._waiting.put(None)

    def close(self) -> None:
        """Serve no more."""
        self._waiting.put(None)
        self._server.shutdown()
        self._server.server_close()

    def next(self) -> Asked | None:
        """Wait for the next event; None when there will be no more."""
        if self._first_poll is None:
            self._first_poll = time.perf_counter()
            self._polled.set()
        return self._waiting.get()

    def answered(self, identity: str, body: bytes, *, failed: bool) -> bool:
        """Take the answer to an event; False where it is too large, which is an error then, or not of the current event."""
        with self._turn:
            current = self._current
            if current is None or current.id != identity:
                return False
            self._current = None
        if len(body) > LONGEST_ANSWER:
            said = b'{"errorType": "Function.ResponseSizeTooLarge", "errorMessage": "Response payload size exceeded"}'
            current.answers.put((True, said, time.perf_counter()))
            return False
        current.answers.put((failed, body, time.perf_counter()))
        return True


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: RuntimeApi) -> None:
        self.api = api
        super().__init__(("127.0.0.1", 0), _Connection)


class _Connection(BaseHTTPRequestHandler):
    """A connection of the runtime's client, which keeps it open."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536

    def do_GET(self) -> None:
        """Hold the request until there is an event."""
        asked = self.server.api.next() if self.path == f"{VERSION}/invocation/next" else None
        if asked is None:
            self.close_connection = True
            return
        headers = {
            "Lambda-Runtime-Aws-Request-Id": asked.id,
            "Lambda-Runtime-Deadline-Ms": str(int(asked.until * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": asked.arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{asked.id.replace('-', '')[:24]};Sampled=0",
            "Content-Type": "application/json",
        }
        self._say(200, asked.body, headers)

    def do_POST(self) -> None:
        """Take an answer, an error, or the reason why the program cannot begin."""
        body = self._body()
        part = self.path.removeprefix(f"{VERSION}/").split("/")
        if part == ["init", "error"]:
            self._say(202)
            self.server.api.broken(body)
            return
        taken = self.server.api.answered(part[1], body, failed=part[2] == "error")
        self._say(202 if taken else 413)

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def _say(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def handle(self) -> None:
        """Serve until either side ends."""
        try:
            super().handle()
        except (TimeoutError, ConnectionError):
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Write nothing."""
