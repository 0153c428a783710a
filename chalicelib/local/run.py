"""Runs everything on this machine: the emulated AWS, the demo, the portal, the mailbox, the stream pump and the sweep."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Protocol

import boto3

from app import app, bounced, clean, deliver, sweep
from chalicelib.bootstrap import portal
from chalicelib.domain.errors import VueltaError
from chalicelib.local import aws, feedback, gateway, mailbox, uploads
from chalicelib.local.demo.load import load
from chalicelib.local.pump import carry, read_stream
from chalicelib.local.tour import Tour, tour
from chalicelib.shops import load_shops

HOST = "127.0.0.1"
POLL_SECONDS = 0.2
SWEEP_SECONDS = 60

log = logging.getLogger("vuelta.local")


class PortTaken(VueltaError):
    """A port that the run needs is another program's."""

    def __init__(self, port: int, first: int) -> None:
        super().__init__(
            f"port {port} is taken by another program: choose three free ones in a row by their first, "
            f"such as `make run PORT={first + 100}`"
        )


def serve(port: int) -> None:
    """Run until interrupted or terminated: the portal at `port`, the mailbox at the next, the emulator at the one after.

    Raises PortTaken before anything is started.
    """
    for needed in (port, port + 1, port + 2):
        _check_free(needed, port)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    portal_url, mailbox_url, endpoint = (f"http://{HOST}:{port + step}" for step in range(3))
    variables = aws.environment(portal_url, endpoint)
    aws.enter(variables)
    with ExitStack() as running:
        server = aws.start(port + 2, (shop.merchant.sender for shop in load_shops().values()))
        running.callback(server.stop)
        stations = tour(load(portal()))
        exports = "export " + " ".join(f"{name}={value}" for name, value in variables.items())
        running.callback(_serve(gateway.make_server(app, port).server))
        running.callback(_serve(mailbox.make_server(port + 1, stations, portal_url, exports, _feedback())))
        for arn in aws.stream_arns():
            running.callback(_repeat(_pump(arn, stop), stop, POLL_SECONDS))
        running.callback(_repeat(_cleaning(), stop, POLL_SECONDS))
        running.callback(_repeat(lambda: sweep(gateway.SCHEDULED, gateway.context()), stop, SWEEP_SECONDS))
        _greet(stations, portal_url, mailbox_url, exports)
        stop.wait()
        print("\nStopping …", flush=True)


def _check_free(port: int, first: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise PortTaken(port, first) from None


class _Server(Protocol):
    def serve_forever(self) -> None: ...
    def shutdown(self) -> None: ...


def _serve(server: _Server) -> Callable[[], None]:
    """Serve in a thread; return what stops it."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.shutdown


def _repeat(act: Callable[[], object], stop: threading.Event, seconds: float) -> Callable[[], None]:
    """Act again and again in a thread, with a pause after each time; return what waits for its end."""

    def loop() -> None:
        while not stop.wait(seconds):
            try:
                act()
            except Exception:
                log.exception("what runs beside the portal failed; it goes on")

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    return lambda: thread.join(timeout=2)


def _pump(arn: str, stop: threading.Event) -> Callable[[], None]:
    pages = read_stream(boto3.client("dynamodbstreams"), arn)

    def function(event: dict[str, Any]) -> Any:
        try:
            return deliver(event, gateway.context())
        except Exception:
            log.exception("deliver failed")
            raise

    def act() -> None:
        for record in carry(next(pages), function, stop.wait):
            log.error("given up after the last attempt: stream record %s", record["dynamodb"]["SequenceNumber"])

    return act


def _cleaning() -> Callable[[], None]:
    client = boto3.client("s3")
    return lambda: uploads.carry(client, aws.BUCKET, lambda event: clean(event, gateway.context()))


def _feedback() -> mailbox.Feedback:
    shops = {shop.merchant.sender: slug for slug, shop in load_shops().items()}
    return lambda mail, kind: bounced(feedback.told_of(mail, kind, shops), gateway.context())


def _greet(stations: Tour, portal_url: str, mailbox_url: str, exports: str) -> None:
    print(f"\nVuelta runs on this machine. Begin here:  {mailbox_url}  (the tour, and every mail)\n")
    for shop, stops in stations:
        staff = f"; staff: /{shop.slug}/staff, {shop.staff[0].email}" if shop.staff else ""
        print(f"  {portal_url}/{shop.slug:<10}  order {stops[0].number}, address {stops[0].email}{staff}")
    print(f"\nFrom another terminal:\n{exports}\n\nCtrl-C stops it.", flush=True)
