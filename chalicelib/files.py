"""What is said of files in the bucket: where a browser posts one, what lies there, and what is tidied by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from chalicelib.domain.errors import VueltaError

INCOMING = "incoming/"
"""Where browsers' uploads arrive, unlooked at; the bucket forgets them after two days. What is kept is written elsewhere, with
`put`, once its content was read."""
QUARANTINE = "quarantine/"
"""Where uploads lie that are not what they should be; the bucket forgets them after thirty days."""

LARGEST_LABEL = 5 * 1024 * 1024
"""What a label may have, in bytes: a page or two at 300 dots an inch have less than a tenth of it."""


class TooLarge(VueltaError):
    """A file is larger than whoever reads it is willing to take; `size` is in bytes."""

    def __init__(self, size: int, most_bytes: int) -> None:
        super().__init__(f"a file has {size} bytes, and at most {most_bytes} are taken")
        self.size = size
        self.most_bytes = most_bytes


@dataclass(frozen=True)
class UploadForm:
    """A form with which a browser posts one file straight to the bucket, without a script.

    In a template: `<form method="post" action="{{ upload.url }}" enctype="multipart/form-data">`, then every one of `fields` as a
    hidden input, then `<input type="file" name="file" accept="{{ upload.accept }}">` last of all, since S3 ignores what follows
    the file; no CSRF token and no other field, since S3 refuses those that nobody signed. Afterwards S3 sends the browser to the
    `redirect` with `bucket` and `key` in its query: believe neither, look with `Files.list`. The page must allow its form to go
    there: `call.allow("form-action", upload.url)`.
    """

    url: str
    fields: Mapping[str, str]
    key: str
    accept: str
    most_bytes: int


@dataclass(frozen=True)
class StoredFile:
    """A file that lies in the bucket, as a list of files tells of it; `size` is in bytes."""

    key: str
    size: int
    changed_at: datetime

    @property
    def name(self) -> str:
        """What follows the last slash of its key."""
        return self.key.rpartition("/")[2]


def origin(address: str) -> str:
    """Return scheme, host and port of an address: what a content security policy allows."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
