"""What is shown of an uploaded picture is its pixels and nothing else; what is no picture, or too large, is refused."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chalicelib.cleaning import LONGEST_SIDE, MOST_BYTES, MOST_PIXELS, MOST_SCANS, NoPhotoError, cleaned

SECRET = b"PLANTED-CANARY"


def picture(kind: str = "JPEG", size: tuple[int, int] = (120, 80), mode: str = "RGB", **saved: Any) -> bytes:
    """Return a picture in one colour as a file."""
    written = BytesIO()
    Image.new(mode, size, "red" if mode != "I;16" else 40_000).save(written, kind, **saved)
    return written.getvalue()


def read(content: bytes) -> Image.Image:
    """Return what a viewer makes of a file."""
    found = Image.open(BytesIO(content))
    found.load()
    return found


def png(width: int, height: int, packed: bytes, *extra: tuple[bytes, bytes]) -> bytes:
    """Return a PNG that claims a size, whatever it holds."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), *extra, (b"IDAT", packed), (b"IEND", b"")]
    told = (struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(told)


def located() -> Image.Exif:
    """Return what a telephone writes into a photo: where, when, by whom, and which side is up."""
    exif = Image.Exif()
    exif[0x0112] = 6  # Turn by 90 degrees.
    exif[0x010F] = exif[0x013B] = SECRET.decode()
    exif[0x0132] = "2026:03:10 12:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (4.0, 36.0, 0.0), 3: "W", 4: (74.0, 4.0, 0.0)})
    return exif


def test_nothing_of_where_when_and_by_whom_is_left() -> None:
    made = cleaned(picture(exif=located(), comment=SECRET, icc_profile=SECRET * 20))

    assert SECRET not in made
    assert dict(read(made).getexif()) == {}
    assert not {"exif", "comment", "icc_profile", "photoshop", "xmp"} & read(made).info.keys()


def test_a_photo_taken_sideways_stands_upright() -> None:
    assert read(cleaned(picture(size=(120, 80), exif=located()))).size == (80, 120)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("PNG", "LA"),
     ("PNG", "I;16"), ("WEBP", "RGB"), ("WEBP", "RGBA")],
)  # fmt: skip
def test_every_kind_that_is_taken_becomes_a_jpeg(kind: str, mode: str) -> None:
    made = read(cleaned(picture(kind, mode=mode)))

    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (120, 80))


def test_what_can_be_seen_through_stands_on_white() -> None:
    written = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(written, "PNG")

    assert read(cleaned(written.getvalue())).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("saved", [{}, {"transparency": 0}])
def test_greys_of_sixteen_bits_stay_the_greys_that_they_are(saved: dict[str, Any]) -> None:
    written = BytesIO()
    greys = Image.linear_gradient("L").convert("I").point(lambda grey: grey * 257).convert("I;16")
    greys.save(written, "PNG", exif=located(), **saved)

    made = read(cleaned(written.getvalue()))

    shown = [made.getpixel((255 - grey, 9)) for grey in (0, 100, 200, 255)]
    assert shown == [pytest.approx((grey, grey, grey), abs=2) for grey in (0, 100, 200, 255)]


@pytest.mark.parametrize("size", [(5000, 1000), (1000, 5000), (2001, 2001)])
def test_a_large_picture_becomes_smaller_and_keeps_its_shape(size: tuple[int, int]) -> None:
    width, height = read(cleaned(picture(size=size))).size

    assert max(width, height) == LONGEST_SIDE
    assert abs(width / height - size[0] / size[1]) < 0.01


@pytest.mark.parametrize(
    "hidden",
    [b"PK\x03\x04" + SECRET, b"<script>alert('" + SECRET + b"')</script>", b"%PDF-1.4 " + SECRET, SECRET * 5000],
    ids=["zip", "script", "pdf", "long"],
)
def test_what_is_hidden_behind_a_picture_is_gone(hidden: bytes) -> None:
    assert SECRET not in cleaned(picture() + hidden)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"hello",
        b"<html><body>hello</body></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.4\n" + picture(),
        b"<script>alert(1)</script>" + picture(),
        picture("GIF"),
        picture("TIFF"),
        picture("BMP"),
        picture("PPM"),
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x00\x00\x00WEBP",
        picture()[:-40],
        picture("PNG")[:-30],
        picture("WEBP")[:40],
    ],
    ids=[
        *("empty", "line", "text", "html", "svg", "pdf-first", "script-first", "gif", "tiff", "bmp", "ppm"),
        *("jpeg-head", "png-head", "webp-head", "jpeg-cut", "png-cut", "webp-cut"),
    ],
)
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NoPhotoError):
        cleaned(content)


@pytest.mark.parametrize("size", [(30_000, 30_000), (8001, 8001), (2**31 - 1, 2**31 - 1), (1_000_000, 65)])
def test_a_decompression_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    assert size[0] * size[1] > MOST_PIXELS
    # What is packed is no picture at all: unpacking would fail in another way than by its size.
    with pytest.raises(NoPhotoError, match=r"too many pixels|DecompressionBombError"):
        cleaned(png(*size, b"not packed"))


def test_a_bomb_among_a_pictures_words_is_refused() -> None:
    words = b"Comment\x00\x00" + zlib.compress(b"\0" * 80_000_000)

    with pytest.raises(NoPhotoError):
        cleaned(png(10, 10, zlib.compress(b"\0" * 310), (b"zTXt", words)))


def scanned_over(times: int) -> bytes:
    """Return a JPEG that goes over its picture so many times more than it has to."""
    whole = picture(size=(64, 64), mode="L", progressive=True)
    return whole[:-2] + whole[whole.rindex(b"\xff\xda") : -2] * times + b"\xff\xd9"


def test_a_jpeg_that_goes_over_its_picture_without_end_is_refused_before_it_is_unpacked() -> None:
    assert read(cleaned(scanned_over(20))).size == (64, 64)
    with pytest.raises(NoPhotoError, match="too many scans"):
        cleaned(scanned_over(MOST_SCANS))


def test_a_film_that_a_telephone_appends_to_a_photo_counts_for_nothing() -> None:
    assert read(cleaned(picture() + b"\xff\xda\x00\x02" * 1000)).size == (120, 80)


def test_more_bytes_than_may_be_uploaded_are_refused() -> None:
    with pytest.raises(NoPhotoError, match="too many bytes"):
        cleaned(picture() + b"\0" * MOST_BYTES)


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(["JPEG", "PNG", "WEBP"]), noise=st.binary(min_size=1, max_size=40), at=st.floats(0, 1))
def test_a_damaged_picture_is_shown_anew_or_refused_and_nothing_else(kind: str, noise: bytes, at: float) -> None:
    content = bytearray(picture(kind, (40, 30)))
    place = int(at * (len(content) - 1))
    content[place : place + len(noise)] = noise
    try:
        made = cleaned(bytes(content))
    except NoPhotoError:
        return
    assert read(made).format == "JPEG"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_shown_anew(content: bytes) -> None:
    for start in (b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\x00\x00\x00WEBPVP8X"):
        try:
            made = cleaned(start + content)
        except NoPhotoError:
            continue
        assert read(made).format == "JPEG"
