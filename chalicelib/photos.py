"""The photos that customers add to what they send back: where they lie, which of them may be shown, and when they are deleted.

A browser posts a file under `incoming/`, where nobody looks at it. Whoever cleans writes what it shows anew under `photos/`, or
puts the file aside under `quarantine/`; only what lies under `photos/` is ever shown.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote

from chalicelib.cleaning import ACCEPTED, MOST_BYTES, NoPhotoError, cleaned
from chalicelib.domain.clauses import MOST_PHOTOS
from chalicelib.domain.identifiers import fold_order_number
from chalicelib.domain.returns import Return, ReturnStatus
from chalicelib.domain.visits import DRAFT_LIFE
from chalicelib.files import INCOMING, QUARANTINE, StoredFile, TooLarge, UploadForm
from chalicelib.ports import Files, Returns, Sessions
from chalicelib.shops import Shop

PHOTOS = "photos/"
LEFT_AFTER = timedelta(minutes=1)
"""How long what was uploaded is left to the event that it causes before somebody else cleans it."""
GIVEN_UP_AFTER = timedelta(hours=1)
"""When a file is put aside unread: whoever tried to clean it was stopped each time, and would be so for ever."""
FORGOTTEN_AFTER = DRAFT_LIFE + timedelta(days=1)
"""When photos are deleted of which nothing came: the draft that they were for is gone by then."""
DAY_SECONDS = 24 * 3600
OPEN: frozenset[ReturnStatus] = frozenset({"under_review", "received", "accepted", "authorised", "sent"})

_SEGMENT = "[^/]+"
_KEY = re.compile(
    rf"{PHOTOS}(?P<shop>{_SEGMENT})/(?P<order>{_SEGMENT})/(?P<draft>{_SEGMENT})/(?P<line>{_SEGMENT})/(?P<name>[0-9a-f]{{32}})"
)
_NAME = re.compile(r"[0-9a-f]{32}(\.jpg)?")
_log = logging.getLogger("vuelta.photos")


@dataclass(frozen=True)
class Drawer:
    """Where the photos of one draft lie, and of the return that it becomes."""

    folder: str

    @classmethod
    def of(cls, merchant: str, number: str, draft_id: str) -> Drawer:
        """Return the drawer of a draft; the order's number may be written in any way."""
        return cls(f"{order_folder(merchant, number)}{draft_id}/")

    def line(self, line_id: str) -> str:
        """Return the folder of one line, whose id may hold anything at all."""
        return f"{self.folder}{sha256(line_id.encode()).hexdigest()[:16]}/"


@dataclass(frozen=True)
class LinePhotos:
    """The photos of one line: those that can be shown, how many wait to be cleaned, and whether the last one was none."""

    shown: tuple[StoredFile, ...] = ()
    waiting: int = 0
    unreadable: bool = False

    @property
    def count(self) -> int:
        """How many there are as far as the customer knows."""
        return len(self.shown) + self.waiting

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the files that a return keeps."""
        return tuple(each.key for each in self.shown)


@dataclass(frozen=True)
class Picture:
    """A photo to be shown: its file, and an address that opens it for a few minutes."""

    key: str
    address: str

    @property
    def name(self) -> str:
        """What follows the last slash of its key."""
        return self.key.rpartition("/")[2]


@dataclass(frozen=True)
class Photos:
    """The photos in the bucket."""

    files: Files
    returns: Returns
    sessions: Sessions
    shops: Mapping[str, Shop]
    clock: Callable[[], datetime]

    def form(self, drawer: Drawer, line_id: str, redirect: str) -> UploadForm:
        """Return a form by which a browser posts one photo of a line, and is then sent to `redirect`."""
        prefix = f"{INCOMING}{drawer.line(line_id)}"
        return self.files.upload_form(prefix, content_types=ACCEPTED, most_bytes=MOST_BYTES, redirect=redirect)

    def of(self, drawer: Drawer, line_ids: Iterable[str]) -> dict[str, LinePhotos]:
        """Return what was added for each of these lines."""
        shown, waiting, aside = (self.files.list(f"{place}{drawer.folder}") for place in ("", INCOMING, QUARANTINE))
        found = {}
        for line_id in line_ids:
            folder = drawer.line(line_id)
            mine = sorted((each for each in shown if each.key.startswith(folder)), key=lambda each: each.changed_at)
            refused = [each.changed_at for each in aside if each.key.startswith(f"{QUARANTINE}{folder}")]
            found[line_id] = LinePhotos(
                shown=tuple(mine),
                waiting=sum(each.key.startswith(f"{INCOMING}{folder}") for each in waiting),
                unreadable=bool(refused) and (not mine or max(refused) > mine[-1].changed_at),
            )
        return found

    def pictures(self, keys: Iterable[str]) -> tuple[Picture, ...]:
        """Return addresses, good for a few minutes, of photos that were cleaned."""
        clean = (key for key in keys if key.startswith(PHOTOS))
        return tuple(Picture(key, self.files.link(key, "photo.jpg", inline=True)) for key in clean)

    def of_return(self, made: Return) -> dict[str, tuple[Picture, ...]]:
        """Return by line id the photos of a return that are still there; nothing is read where there never were any."""
        if not any(line.photos for line in made.lines):
            return {}
        there = {each.key for each in self.files.list(Drawer.of(made.merchant, made.order_number, made.draft_id).folder)}
        return {line.line.id: self.pictures(key for key in line.photos if key in there) for line in made.lines if line.photos}

    def remove(self, drawer: Drawer, line_id: str, name: str) -> None:
        """Delete a photo that the customer takes back before the return is made."""
        if _NAME.fullmatch(name):
            self.files.delete(f"{drawer.line(line_id)}{name}")

    def cleaned_by(self, event: Mapping[str, Any]) -> None:
        """Clean the file that an event of the bucket tells of (EventBridge, "Object Created"); none else is of any use again."""
        try:
            key = str(event["detail"]["object"]["key"])
        except (KeyError, TypeError):
            _report("photo_event_unreadable")
            return
        self.clean(key)

    def clean(self, key: str) -> None:
        """Make of an uploaded file a photo that can be shown, or put it aside; a second time nothing happens.

        A photo that was made is never replaced: the form that posted it may be sent once more, with another file.
        """
        path = key.removeprefix(INCOMING)
        found = _KEY.fullmatch(path)
        if found is None or not key.startswith(INCOMING) or found["shop"] not in self.shops:
            _report("photo_out_of_place")
            return
        try:
            content = self.files.get(key, MOST_BYTES)
            if content is None:
                return
            photo = cleaned(content)
        except (NoPhotoError, TooLarge) as error:
            _report("photo_refused", shop=found["shop"], why=str(error))
            self.files.move(key, f"{QUARANTINE}{path}")
            return
        there = {each.key for each in self.files.list(f"{path.rpartition('/')[0]}/")}
        if f"{path}.jpg" not in there and len(there) < MOST_PHOTOS:
            self.files.put(f"{path}.jpg", photo, "image/jpeg")
        self.files.delete(key)

    def left_behind(self) -> Iterator[partial[None]]:
        """Yield the cleaning of each file whose event was lost, and the putting aside of what nobody managed to clean."""
        now = self.clock()
        for each in self.files.list(f"{INCOMING}{PHOTOS}"):
            if each.changed_at <= now - GIVEN_UP_AFTER:
                yield partial(self.give_up, each.key)
            elif each.changed_at <= now - LEFT_AFTER:
                yield partial(self.clean, each.key)

    def give_up(self, key: str) -> None:
        """Put a file aside unread."""
        _report("photo_given_up")
        self.files.move(key, f"{QUARANTINE}{key.removeprefix(INCOMING)}")

    def outlived(self) -> Iterator[partial[None]]:
        """Yield, in the first sweep of a day, the tidying of every draft's photos whose time may be over.

        Those of a return go so many days after it came to its end as the shop says; those of which no return was made go with
        the draft that they were for.
        """
        now = self.clock()
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        for slug, shop in self.shops.items():
            if not self.sessions.admit(f"photos/{slug}", now.isoformat(), 1, today, DAY_SECONDS):
                continue
            soonest = min(timedelta(days=shop.merchant.time.photos_days), FORGOTTEN_AFTER)
            newest: dict[str, datetime] = {}
            for each in self.files.list(f"{PHOTOS}{slug}/"):
                folder = "/".join(each.key.split("/")[:4]) + "/"
                newest[folder] = max(each.changed_at, newest.get(folder, each.changed_at))
            due = [folder for folder, changed_at in newest.items() if now - changed_at > soonest]
            # More than a sweep can look at are looked at over some days, whichever comes first.
            for folder in sorted(due, key=lambda each: sha256(f"{today}{each}".encode()).digest()):
                yield partial(self.tidy, folder)

    def tidy(self, folder: str) -> None:
        """Delete the photos of one draft, if the time of the return that it became is over, or nothing came of it."""
        _, slug, number, draft_id, _ = folder.split("/")
        _, returns = self.returns.order_with_returns(slug, unquote(number))
        made = next((each for each in returns if each.draft_id == draft_id), None)
        if made is None:
            over = all(self.clock() - each.changed_at > FORGOTTEN_AFTER for each in self.files.list(folder))
        else:
            kept_for = timedelta(days=self.shops[slug].merchant.time.photos_days)
            over = made.status not in OPEN and self.clock() - made.timeline[-1].at > kept_for
        if over:
            self.files.delete(folder)


def order_folder(merchant: str, number: str) -> str:
    """Return the folder of an order's photos, whatever letters its number is written with."""
    return f"{PHOTOS}{merchant}/{quote(fold_order_number(number), safe='')}/"


def _report(event: str, **ids: str) -> None:
    """Log one JSON line of ids and words of ours; a key names an order, so it stays out."""
    _log.warning(json.dumps({"event": event} | ids))
