"""Photos are cleaned once, never replaced, put aside where they are none, and deleted when their time is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from chalicelib.adapters.s3 import BucketFiles
from chalicelib.domain.clauses import MOST_PHOTOS
from chalicelib.domain.lifecycle import cancelled
from chalicelib.domain.returns import Return
from chalicelib.files import INCOMING, QUARANTINE
from chalicelib.photos import Drawer, Photos, order_folder
from tests.conftest import Tables, new_bucket
from tests.desks import AtTheDesk
from tests.made import made

DRAWER = Drawer.of("azulu", "AZ-1001", "draft")
FOLDER = DRAWER.line("1")
NAME = "0123456789abcdef0123456789abcdef"


def picture(colour: str = "red") -> bytes:
    """Return a small photo."""
    written = BytesIO()
    Image.new("RGB", (30, 20), colour).save(written, "JPEG")
    return written.getvalue()


class Shelf:
    """Photos on a bucket and tables of moto, with a clock that can be put forward."""

    def __init__(self, tables: Tables) -> None:
        self.later = timedelta()
        self.desk = AtTheDesk(tables)
        self.files = BucketFiles(new_bucket())
        self.photos = Photos(self.files, self.desk.returns, self.desk.sessions, self.desk.shops, self.clock)

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.later

    def upload(self, content: bytes, name: str = NAME, folder: str = FOLDER) -> str:
        """Put a file where a browser posts it; return its key."""
        key = f"{INCOMING}{folder}{name}"
        self.files.put(key, content, "application/octet-stream")
        return key

    def keys(self) -> list[str]:
        """Return everything that lies in the bucket."""
        return [each.key for place in ("photos/", INCOMING, QUARANTINE) for each in self.files.list(place)]

    def tidy(self) -> None:
        """Do what a day's first sweep does."""
        for task in self.photos.outlived():
            task()


@pytest.fixture
def shelf(tables: Tables) -> Shelf:
    return Shelf(tables)


def test_a_photo_is_written_anew_and_the_upload_is_gone(shelf: Shelf) -> None:
    shelf.photos.clean(shelf.upload(picture()))

    assert shelf.keys() == [f"{FOLDER}{NAME}.jpg"]
    found = shelf.photos.of(DRAWER, ["1", "2"])
    assert (found["1"].count, found["1"].waiting, found["1"].unreadable) == (1, 0, False)
    assert found["2"].count == 0


def test_an_upload_waits_until_it_is_cleaned(shelf: Shelf) -> None:
    shelf.upload(picture())

    found = shelf.photos.of(DRAWER, ["1"])["1"]
    assert (found.count, found.waiting, found.keys) == (1, 1, ())


def test_the_same_event_twice_changes_nothing(shelf: Shelf) -> None:
    key = shelf.upload(picture())
    shelf.photos.clean(key)
    shelf.photos.clean(key)

    assert shelf.keys() == [f"{FOLDER}{NAME}.jpg"]


def test_a_form_that_is_sent_once_more_replaces_no_photo(shelf: Shelf) -> None:
    shelf.photos.clean(shelf.upload(picture("red")))
    before = shelf.files.get(f"{FOLDER}{NAME}.jpg", 100_000)
    shelf.photos.clean(shelf.upload(picture("blue")))

    assert shelf.files.get(f"{FOLDER}{NAME}.jpg", 100_000) == before
    assert shelf.keys() == [f"{FOLDER}{NAME}.jpg"]


def test_a_crash_after_writing_is_mended_by_the_next_try(shelf: Shelf) -> None:
    shelf.files.put(f"{FOLDER}{NAME}.jpg", picture(), "image/jpeg")
    shelf.photos.clean(shelf.upload(picture()))

    assert shelf.keys() == [f"{FOLDER}{NAME}.jpg"]


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xd8" + b"0" * (16 * 1024 * 1024)], ids=["empty", "html", "16 MB"])
def test_what_is_no_photo_is_put_aside_and_never_shown(shelf: Shelf, content: bytes) -> None:
    shelf.photos.clean(shelf.upload(content))

    assert shelf.keys() == [f"{QUARANTINE}{FOLDER}{NAME}"]
    found = shelf.photos.of(DRAWER, ["1"])["1"]
    assert (found.count, found.unreadable) == (0, True)
    assert shelf.photos.pictures([f"{QUARANTINE}{FOLDER}{NAME}", f"{INCOMING}{FOLDER}{NAME}"]) == ()


def test_no_line_gets_more_photos_than_any_policy_asks_for(shelf: Shelf) -> None:
    for number in range(MOST_PHOTOS + 3):
        shelf.photos.clean(shelf.upload(picture(), name=f"{number:032x}"))

    assert len(shelf.keys()) == MOST_PHOTOS


@pytest.mark.parametrize(
    "key",
    [
        f"{INCOMING}photos/nobody/AZ1001/draft/line/{NAME}",
        f"{INCOMING}photos/azulu/AZ1001/draft/{NAME}",
        f"{INCOMING}photos/azulu/AZ1001/draft/line/photo.jpg",
        f"{INCOMING}labels/azulu/AZ1001/1/{NAME}",
        f"photos/azulu/AZ1001/draft/line/{NAME}",
        f"{INCOMING}{INCOMING}photos/azulu/AZ1001/draft/line/{NAME}",
        "",
    ],
)
def test_an_event_about_anything_else_touches_nothing(shelf: Shelf, key: str) -> None:
    if key:
        shelf.files.put(key, picture(), "image/jpeg")
    before = shelf.keys()
    shelf.photos.clean(key)

    assert shelf.keys() == before


def test_only_photos_of_the_line_can_be_removed(shelf: Shelf) -> None:
    shelf.photos.clean(shelf.upload(picture()))
    shelf.photos.clean(shelf.upload(picture(), folder=DRAWER.line("2")))
    for name in ("", "../" + NAME + ".jpg", f"{DRAWER.line('2')}{NAME}.jpg", "x.jpg"):
        shelf.photos.remove(DRAWER, "1", name)
    assert len(shelf.keys()) == 2

    shelf.photos.remove(DRAWER, "1", f"{NAME}.jpg")
    assert shelf.keys() == [f"{DRAWER.line('2')}{NAME}.jpg"]


def test_the_sweep_cleans_what_no_event_told_of_but_leaves_what_just_came(shelf: Shelf) -> None:
    shelf.upload(picture())
    assert list(shelf.photos.left_behind()) == []

    shelf.later = timedelta(minutes=2)
    for task in shelf.photos.left_behind():
        task()
    assert shelf.keys() == [f"{FOLDER}{NAME}.jpg"]


def test_the_sweep_puts_aside_unread_what_stopped_everybody_who_tried_to_clean_it(shelf: Shelf) -> None:
    shelf.upload(picture())
    shelf.later = timedelta(hours=1, minutes=1)
    for task in shelf.photos.left_behind():
        task()

    assert shelf.keys() == [f"{QUARANTINE}{FOLDER}{NAME}"]
    assert shelf.photos.of(DRAWER, ["1"])["1"].unreadable


def kept(shelf: Shelf, *, over: timedelta | None = None) -> Return:
    """Write a return with a photo, cancelled so long ago if it is over."""
    key = f"{FOLDER}{NAME}.jpg"
    shelf.files.put(key, picture(), "image/jpeg")
    new = made()
    new = new.model_copy(update={"lines": (new.lines[0].model_copy(update={"photos": (key,)}),)})
    if over is not None:
        new = cancelled(new, shelf.clock() - over)
    assert shelf.desk.returns.add(new)
    return new


def test_photos_of_a_draft_of_which_nothing_came_are_deleted_with_it(shelf: Shelf) -> None:
    shelf.photos.clean(shelf.upload(picture()))
    shelf.later = timedelta(days=30)
    shelf.tidy()
    assert len(shelf.keys()) == 1

    shelf.later = timedelta(days=32)
    shelf.tidy()
    assert shelf.keys() == []


def test_photos_of_an_open_return_stay_however_old_they_are(shelf: Shelf) -> None:
    kept(shelf)
    shelf.later = timedelta(days=1000)
    shelf.tidy()

    assert len(shelf.keys()) == 1


@pytest.mark.parametrize(("days", "left"), [(179, 1), (181, 0)])
def test_photos_go_so_long_after_the_end_of_the_return_as_the_shop_says(shelf: Shelf, days: int, left: int) -> None:
    made = kept(shelf, over=timedelta())
    shelf.later = timedelta(days=days)
    shelf.tidy()

    assert len(shelf.keys()) == left
    assert [len(each) for each in shelf.photos.of_return(made).values()] == [left]


def test_photos_are_tidied_by_the_first_sweep_of_a_day_only(shelf: Shelf) -> None:
    shelf.photos.clean(shelf.upload(picture()))
    shelf.later = timedelta(days=40)
    noon = shelf.clock().replace(hour=12)
    shelf.later += noon - shelf.clock()

    assert len(list(shelf.photos.outlived())) == 1
    shelf.later += timedelta(minutes=5)
    assert list(shelf.photos.outlived()) == []
    shelf.later += timedelta(days=1)
    assert len(list(shelf.photos.outlived())) == 1


@given(number=st.text(min_size=1, max_size=20), line_id=st.text(min_size=1, max_size=100))
def test_whatever_an_order_and_its_lines_are_called_photos_lie_in_folders_of_their_own(number: str, line_id: str) -> None:
    folder = Drawer.of("azulu", number, "draft").line(line_id)

    assert folder.startswith(order_folder("azulu", number))
    assert folder.count("/") == 5
    assert folder.isascii()
    assert folder.isprintable()
