"""Serves the Chalice application over HTTP as API Gateway would: what Chalice's own local server leaves out is filled in here."""

from __future__ import annotations

import contextlib
from http.server import BaseHTTPRequestHandler
from typing import Any

from chalice import Chalice
from chalice.config import Config
from chalice.local import (
    ChaliceRequestHandler,
    ForbiddenError,
    LambdaContext,
    LocalChalice,
    LocalDevServer,
    LocalGateway,
    ThreadedHTTPServer,
)

LONGEST_BODY = 10 * 1024 * 1024
"""API Gateway takes no longer one."""

SCHEDULED = {
    "version": "0",
    "id": "local",
    "account": "123456789012",
    "region": "local",
    "time": "2026-01-01T00:00:00Z",
    "source": "aws.events",
    "detail-type": "Scheduled Event",
    "detail": {},
    "resources": [],
}
"""What EventBridge calls a scheduled function with; ours reads nothing of it, but Chalice does."""


def make_server(app: Chalice, port: int) -> LocalDevServer:
    """Return a server of the application on 127.0.0.1, one thread a connection; OSError if the port is taken."""
    # Each thread needs a request of its own; Chalice's local class keeps it so.
    app.__class__ = LocalChalice
    config = Config.create(chalice_app=app, chalice_stage="local", lambda_timeout=29, lambda_memory_size=512)

    def answer(request: Any, address: Any, server: Any, **_: Any) -> _Connection:
        return _Connection(request, address, server, app, config)

    return LocalDevServer(app, config, "127.0.0.1", port, answer, _Server)


def context() -> LambdaContext:
    """Return what a function gets beside its event."""
    return LambdaContext("vuelta-local", 512, max_runtime_ms=60_000)


class _Server(ThreadedHTTPServer):
    request_queue_size = 128


class _Gateway(LocalGateway):
    """Adds what the real gateway's requests carry, and answers what no route knows with a page of the application."""

    def handle_request(self, method: str, path: str, headers: dict[str, Any], body: bytes | None) -> dict[str, Any]:
        """Return the application's answer; a HEAD is answered as a GET, whose body the connection leaves out."""
        method = "GET" if method == "HEAD" else method
        try:
            answer: dict[str, Any] = super().handle_request(method, path, headers, body)
        except ForbiddenError:
            # The deepest addresses have no route: one that the application does know answers for them.
            shop = path.partition("?")[0].split("/", 2)[1:2]
            answer = super().handle_request("GET", f"/{''.join(shop) or '-'}/-", headers, None)
        return answer

    def _generate_lambda_event(self, method: str, path: str, headers: dict[str, Any], body: bytes | None) -> dict[str, Any]:
        event: dict[str, Any] = super()._generate_lambda_event(method, path, headers, body)
        event["path"] = event["requestContext"]["path"]
        event["httpMethod"] = method
        event["requestContext"] |= {
            "stage": "local",
            "domainName": event["headers"].get("host", ""),
            "requestId": self._generate_lambda_context().aws_request_id,
            "protocol": "HTTP/1.1",
        }
        return event


class _Connection(ChaliceRequestHandler):
    """One connection of a browser."""

    # Head and body leave in two writes; waiting to join them would cost 40 ms an answer.
    disable_nagle_algorithm = True

    def __init__(self, request: Any, address: Any, server: Any, app: Chalice, config: Config) -> None:
        self.local_gateway = _Gateway(app, config)
        BaseHTTPRequestHandler.__init__(self, request, address, server)

    def _generic_handle(self) -> None:
        length = self.headers.get("content-length", "0")
        if not length.isdecimal() or "transfer-encoding" in self.headers:
            self.close_connection = True
            self.send_error(400)
        elif int(length) > LONGEST_BODY:
            self.close_connection = True
            self.send_error(413)
        else:
            # A browser that has gone away is no error of ours.
            with contextlib.suppress(ConnectionError):
                super()._generic_handle()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle  # noqa: N815

    def _send_http_response_with_body(self, code: int, headers: dict[str, Any], body: bytes | str) -> None:
        if self.command == "HEAD":
            sent = body if isinstance(body, bytes) else body.encode()
            self.send_response(code)
            self._send_headers({**headers, "Content-Length": str(len(sent))})
        else:
            super()._send_http_response_with_body(code, headers, body)

    def version_string(self) -> str:
        """Return what the Server header says."""
        return "vuelta"

    def log_message(self, *_: Any) -> None:
        """Write nothing: the application logs its requests itself."""
