"""What no browser brings about: services that fail until events are given up, mails that come back; each with what must follow.

They begin before the journeys and are judged after them, since what is left behind is found by the next sweep but one.
"""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

from PIL import Image

from tests.mail_events import came_back
from tests.rehearsal.rehearsal import Rehearsal
from tests.rehearsal.sources import PutAside

PATIENCE = 180.0
UNLUCKY, BOUNCED = "zahra@example.com", "leila@example.com"
FOLDER = "photos/nurana/NU-1001/0123456789abcdef0123456789abcdef/0123456789abcdef/"


class Accidents:
    """Three misfortunes and whether what they hit was made good; `found` holds one line each, and True where all went well.

    `logged` is how much each function had written when they were over: up to there it had reason to complain.
    """

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.found: list[tuple[str, bool]] = []
        self.logged: dict[str, int] = {}
        self._rehearsal = rehearsal
        self._files = rehearsal.client("s3")

    def happen(self) -> None:
        """Let everything fail that is to fail, until it was given up; then let it work again."""
        rehearsal = self._rehearsal
        photos = [("CleanRole", "s3:GetObject", f"{FOLDER}{number:032x}") for number in range(2)]
        with self._failing(("MailRole", "ses:", UNLUCKY), ("BouncedRole", "dynamodb:", ""), *photos):
            before = {name: aside.given_up for name, aside in rehearsal.asides.items()}
            self.found.append(("a link can be asked for", self._ask("nurana", "NU-1005", UNLUCKY) == 303))
            for number, content in enumerate((_picture(), b"no photo", b"no photo either")):
                self._put(f"incoming/{FOLDER}{number:032x}", content)
            for _ in range(2):
                rehearsal.bus.put("aws.ses", "Email Bounced", self._bounce("nobody@example.com"))
            for name, count, what in (("Deliver", 1, "a mail"), ("Clean", 2, "photos"), ("Bounced", 2, "bounces")):
                aside, most = rehearsal.asides[name], before[name] + count
                given_up = _until(partial(_reached, aside, most), 60)
                self.found.append((f"{what} that a service failed to take: put aside", given_up))
        self.logged = rehearsal.written()
        rehearsal.bus.put("aws.ses", "Email Bounced", self._bounce(BOUNCED))

    def judge(self) -> list[tuple[str, bool]]:
        """Wait for what must follow, and return what was found."""
        rehearsal, ends = self._rehearsal, time.monotonic() + PATIENCE
        follows: dict[str, Callable[[], bool]] = {
            "the sweep sent the mail, once": lambda: len(rehearsal.mails(UNLUCKY)) == 1,
            "the sweep cleaned the photo": lambda: self._there(f"{FOLDER}{0:032x}.jpg"),
            "the sweep put aside what was no photo": lambda: self._there(f"quarantine/{FOLDER}{1:032x}"),
            "what was no photo was put aside at once": lambda: self._there(f"quarantine/{FOLDER}{2:032x}"),
            "an address that bounced was noted": lambda: '"kept": "yes"' in rehearsal.said("Bounced"),
        }
        self.found += [(what, _until(holds, max(0.1, ends - time.monotonic()))) for what, holds in follows.items()]
        return self.found

    def _bounce(self, email: str) -> dict[str, Any]:
        detail: dict[str, Any] = came_back(email, shop="nurana", sent_at=datetime.now(UTC) - timedelta(minutes=1))["detail"]
        chosen = self._rehearsal.owner["CONFIGURATION_SET"]
        detail["mail"]["tags"]["ses:configuration-set"] = [chosen]
        return detail

    @contextmanager
    def _failing(self, *accidents: tuple[str, str, str]) -> Iterator[None]:
        self._rehearsal.fail(*accidents)
        try:
            yield
        finally:
            self._rehearsal.fail()

    def _ask(self, shop: str, number: str, email: str) -> int:
        where = urlsplit(self._rehearsal.url)
        connection = http.client.HTTPSConnection(where.netloc, context=ssl._create_unverified_context(), timeout=40)
        form = urlencode({"number": number, "email": email})
        connection.request("POST", f"{where.path}/{shop}/find", form, {"Content-Type": "application/x-www-form-urlencoded"})
        try:
            return connection.getresponse().status
        finally:
            connection.close()

    def _put(self, key: str, content: bytes) -> None:
        self._files.put_object(Bucket=self._rehearsal.owner["FILES_BUCKET"], Key=key, Body=content)

    def _there(self, key: str) -> bool:
        listed = self._files.list_objects_v2(Bucket=self._rehearsal.owner["FILES_BUCKET"], Prefix=key)
        return bool(listed.get("Contents"))


def _picture() -> bytes:
    written = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(written, "JPEG")
    return written.getvalue()


def _reached(aside: PutAside, count: int) -> bool:
    return aside.given_up >= count


def _until(holds: Callable[[], bool], seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.3)
    return False
