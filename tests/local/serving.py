"""Starts `python -m chalicelib serve` as a person would, and talks to what then runs."""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]


def free_ports() -> int:
    """Return the first of three free ports in a row, below those that the system itself hands out to anybody meanwhile."""
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000, 3)
        with contextlib.suppress(OSError), contextlib.ExitStack() as sockets:
            for each in range(port, port + 3):
                sockets.enter_context(socket.socket()).bind(("127.0.0.1", each))
            return port


def start(port: int, errors: int | IO[str] = subprocess.PIPE) -> subprocess.Popen[str]:
    """Start the portal with an environment that names another account, as a developer's may."""
    environment = os.environ | {"AWS_PROFILE": "production", "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "chalicelib", "serve", "--port", str(port)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
    )


def greeting(served: subprocess.Popen[str]) -> str | None:
    """Return what the portal said until it was ready, or None if it ended before."""
    assert served.stdout is not None
    said = ""
    for line in served.stdout:
        said += line
        if "Ctrl-C" in line:
            return said
    return None


def fetch(port: int, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, dict[str, str], str]:
    """Return status, headers and text of an answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
    finally:
        connection.close()


@dataclass
class Run:
    """A portal that runs: its first port, how many seconds it took to be ready, what it said, its address if that is another."""

    port: int
    seconds: float
    said: str
    portal: str = ""

    def mails(self, count: int, to: str = "") -> list[dict[str, Any]]:
        """Return all mails, or all to this address, once there are that many."""
        for _ in range(100):
            sent: list[dict[str, Any]] = json.loads(fetch(self.port + 1, "GET", "/messages.json")[2])
            mails = [mail for mail in sent if not to or to in mail["to"]]
            if len(mails) >= count:
                return mails
            time.sleep(0.1)
        raise AssertionError(f"{len(mails)} mails came, not {count}")
