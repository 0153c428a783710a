"""A browser without pictures that reaches the rehearsal by TLS from an address of its own, and notes how long it waits."""

from __future__ import annotations

import http.client
import json
import random
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.rehearsal.guard import MAILS
from tests.web.browsing import Browser, check_headers

HONEST = {429, 503}
"""Statuses that ask for patience, and say so."""
MOST_TRIES = 40


@dataclass
class Waits:
    """How long each answer took in seconds, by status; may be written to from many threads."""

    answered: list[tuple[int, float]] = field(default_factory=list)

    def note(self, status: int, seconds: float) -> None:
        """Keep one."""
        self.answered.append((status, seconds))

    @property
    def well(self) -> list[float]:
        """How long those took that did not ask for patience, in order."""
        return sorted(seconds for status, seconds in self.answered if status not in HONEST)


class Visitor(Browser):
    """Fulfils what `Browser` promises by HTTP. `pause` is called before each request, as somebody reads the page before."""

    def __init__(self, url: str, source: str, waits: Waits, pause: Callable[[], object]) -> None:
        parts = urlsplit(url)
        self.secure = True
        self.stage = parts.path
        self.language = "en"
        self.cookies = {}
        self.redirects = []
        self.answers = []
        self._waits = waits
        self._pause = pause
        self._host = parts.netloc
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self._line = http.client.HTTPSConnection(parts.netloc, context=context, source_address=(source, 0), timeout=60)

    def send(self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> dict[str, Any]:
        """Send one request; return the answer as the gateway would take it. AssertionError if the portal failed."""
        sent = {"Accept-Language": self.language, "Accept": "text/html", **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        got, content = self.ask(method, address, body, sent)
        answer = {
            "statusCode": got.status, "headers": dict(got.headers), "body": content.decode("utf-8", "replace"),
            "multiValueHeaders": {"Set-Cookie": got.headers.get_all("Set-Cookie") or []},
            "address": address, "isBase64Encoded": False,
        }  # fmt: skip
        assert got.status < 500, f"{method} {address}: {got.status}"
        if got.status == 200:
            check_headers(address, answer, secure=True)
        self._keep(answer)
        return answer

    def ask(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Send one request, after a while again where patience is asked for; return the last answer and its body."""
        for _ in range(MOST_TRIES):
            self._pause()
            began = time.perf_counter()
            self._line.request(method, address, body, dict(headers))
            got = self._line.getresponse()
            content = got.read()
            self._waits.note(got.status, time.perf_counter() - began)
            if got.status not in HONEST:
                break
            time.sleep(float(got.headers.get("Retry-After", "1")) * random.uniform(0.8, 1.2))
        return got, content

    def close(self) -> None:
        """Leave."""
        self._line.close()


class Postman:
    """Reads the mails that leave, each once, and keeps the web addresses in them by recipient."""

    def __init__(self, emulator: str) -> None:
        self._emulator = emulator
        self._links: dict[str, list[str]] = {}
        self._read = 0
        self._turn = threading.Lock()

    def link(self, email: str, patience: float = 600.0) -> str:
        """Return the newest link that was mailed to an address, once there is one. TimeoutError if none comes."""
        ends = time.monotonic() + patience
        while time.monotonic() < ends:
            if self._links.get(email):
                return self._links[email][-1]
            time.sleep(0.5)
            with self._turn:
                self._fetch()
        raise TimeoutError(f"no mail came to {email}")

    def _fetch(self) -> None:
        with urllib.request.urlopen(f"{self._emulator}{MAILS}?{self._read}", timeout=60) as answer:
            for mail in json.load(answer):
                self._read += 1
                for recipient in mail["to"]:
                    self._links.setdefault(recipient, []).extend(each for each in mail["links"] if "/link/" in each)
