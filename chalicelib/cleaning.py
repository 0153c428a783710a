"""Makes of an uploaded file a photo that is safe to show: its pixels alone, upright and of moderate size, written anew.

Nothing of the file itself is kept: not where and when it was taken, not by which device, nor whatever else was hidden in it.
"""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from typing import TYPE_CHECKING

from chalicelib.domain.errors import VueltaError

if TYPE_CHECKING:
    from PIL.Image import Image

ACCEPTED = ("image/jpeg", "image/png", "image/webp")
"""What browsers are asked for. Not HEIC: telephones that take it hand over a JPEG where a page asks for one."""
MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 64_000_000
"""Cameras of telephones have fifty million; a picture that claims more would fill the memory, whatever its file's size."""
MOST_SCANS = 50
"""How often a JPEG may go over its picture. Cameras' files have one scan, the web's a dozen; a hostile one of a few hundred bytes
a scan would keep the function at work until it is stopped."""
LONGEST_SIDE = 2000
"""In pixels: enough for a torn seam, and a tenth of the bytes."""

_KINDS = ("JPEG", "PNG", "WEBP")
_QUALITY = 85
# Of JPEG (ITU-T T.81, B.1.1.3): what begins a part, but for stuffing, restarts and fill bytes, which stand within a scan.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_BARE, _END, _SCAN = b"\x01\xd8", 0xD9, 0xDA


class NoPhotoError(VueltaError):
    """A file is no picture that can be shown; the message says why, in a word or two of ours."""


def cleaned(content: bytes) -> bytes:
    """Return the picture in a file as a plain JPEG; NoPhotoError where it is none, is broken, or is larger than it should be.

    What kind of picture it is says the content alone, never a name or a header.
    """
    if not content:
        raise NoPhotoError("empty")
    if len(content) > MOST_BYTES:
        raise NoPhotoError("too many bytes")
    if content.startswith(b"\xff\xd8") and _scans(content) > MOST_SCANS:
        raise NoPhotoError("too many scans")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of what is odd in a file; what is wrong it raises.
            return _drawn_anew(content)
    except NoPhotoError:
        raise
    except Exception as error:
        # Decoders stumble over hostile files in many ways: whatever they raise, this is no photo.
        raise NoPhotoError(type(error).__name__) from error


def _drawn_anew(content: bytes) -> bytes:
    from PIL import Image, ImageOps  # noqa: PLC0415 - only who cleans needs it, and every page imports this module

    with Image.open(BytesIO(content), formats=_KINDS) as picture:
        # Known from the head of the file, before a single pixel of it is unpacked.
        if picture.width * picture.height > MOST_PIXELS:
            raise NoPhotoError("too many pixels")
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(_opaque(picture))
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        # A new picture has nothing but its pixels, where a converted one carries along what was said of the old one.
        plain = Image.new("RGB", upright.size)
        plain.paste(upright)
    written = BytesIO()
    plain.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()


def _opaque(picture: Image) -> Image:
    """Return a picture in plain colours; what can be seen through stands on white."""
    from PIL import Image  # noqa: PLC0415

    if picture.mode == "I;16":
        # Pillow takes the darkest 255 of 65,536 greys for all that there are, and everything above them for white.
        picture = picture.point(lambda grey: grey / 256)
        picture.info.pop("transparency", None)
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen.getchannel("A"))
    ground.info = picture.info
    return ground


def _scans(content: bytes) -> int:
    """Count the scans of a JPEG up to its end; what cameras append behind that, such as a short film, is no part of it."""
    place = count = 0
    while (found := _MARKER.search(content, place)) and content[found.end() - 1] != _END:
        kind, place = content[found.end() - 1], found.end()
        if kind not in _BARE:
            count += kind == _SCAN
            place += int.from_bytes(content[place : place + 2])
    return count
