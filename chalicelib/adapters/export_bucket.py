"""Read exports where DynamoDB put them: an S3 bucket, as a place whose files come in pieces and go on after a broken line."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from urllib3.exceptions import HTTPError

from chalicelib.adapters.clients import client
from chalicelib.adapters.environment import why
from chalicelib.domain.errors import Unavailable
from chalicelib.exports.places import ExportRefused, Stored

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from mypy_boto3_s3.client import S3Client

_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", re.DOTALL)
# Files of gigabytes are read here, and nobody waits for a page.
_PATIENT = Config(connect_timeout=10, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 5})
_ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
# Keys may hold what would lead out of a folder.
_NO_NAMES = frozenset({"", ".", ".."})
_BUFFER = 256 * 1024
_TRIES = 5


def patient_s3_client() -> S3Client:
    """Return a client for the account and region (or emulator) that the environment names; InvalidSettings if it names none."""
    made: S3Client = client("s3", _PATIENT)
    return made


def bucket_place(address: str, s3: S3Client | None = None) -> BucketPlace:
    """Return the place that `s3://bucket/prefix` names; ExportRefused if that is no such address."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ExportRefused(f"{address!r} is no address such as s3://bucket/prefix")
    return BucketPlace(s3 or patient_s3_client(), match[1], (match[2] or "").strip("/"))


class BucketPlace:
    """Fulfils `exports.places.Place` with the keys behind a prefix of a bucket."""

    def __init__(self, client: S3Client, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    @property
    def title(self) -> str:
        """The address, as people write it."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    def folders(self, under: str) -> Iterator[str]:
        """Yield what stands between the folder and the next slash of the keys behind it."""
        start = self._start(under)
        for page in self._pages(start):
            names = (each["Prefix"].removeprefix(start).rstrip("/") for each in page.get("CommonPrefixes", ()))
            yield from (name for name in names if name not in _NO_NAMES)

    def files(self, under: str) -> Iterator[Stored]:
        """Yield the objects directly behind a folder's name."""
        root = self._start("")
        for page in self._pages(self._start(under)):
            for each in page.get("Contents", ()):
                if each["Key"].rpartition("/")[2] not in _NO_NAMES:
                    yield Stored(each["Key"].removeprefix(root), each["Size"], each["LastModified"])

    def open(self, name: str, start: int = 0) -> BinaryIO:
        """Open an object at a byte; where the line breaks, reading goes on with the same object or fails."""
        return io.BufferedReader(_Body(self, self._start(name).rstrip("/"), start), _BUFFER)

    def within(self, name: str) -> BucketPlace:
        """Return what lies behind a longer prefix."""
        return BucketPlace(self._client, self._bucket, self._start(name).rstrip("/"))

    def parent(self) -> tuple[BucketPlace, str] | None:
        """Return the place at the prefix without its last part."""
        if not self._prefix:
            return None
        above, _, name = self._prefix.rpartition("/")
        return BucketPlace(self._client, self._bucket, above), name

    def get(self, key: str, start: int, etag: str | None) -> tuple[Any, str]:
        """Return an object's body from a byte on, and its ETag; FileNotFoundError if there is none, Unavailable if it changed."""
        more: dict[str, str] = {"Range": f"bytes={start}-"} if start else {}
        if etag is not None:
            more["IfMatch"] = etag
        try:
            answer = self._call("get_object", Key=key, **more)
        except _AbsentError:
            raise FileNotFoundError(key) from None
        return answer["Body"], answer["ETag"]

    def unavailable(self, key: str, error: Exception) -> Unavailable:
        """Return what to raise where an object cannot be read to its end."""
        return Unavailable(f"s3://{self._bucket}/{key}", type(error).__name__)

    def _start(self, under: str) -> str:
        name = "/".join(part for part in (self._prefix, under) if part)
        return f"{name}/" if name else ""

    def _pages(self, start: str) -> Iterator[dict[str, Any]]:
        more: dict[str, str] = {}
        while True:
            page = self._call("list_objects_v2", Prefix=start, Delimiter="/", **more)
            yield page
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def _call(self, operation: str, **call: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(Bucket=self._bucket, **call)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _ABSENT:
                raise _AbsentError from None
            if code == "NoSuchBucket":
                raise ExportRefused(f"there is no bucket {self._bucket}") from None
            raise Unavailable(f"the bucket {self._bucket}", f"{operation}: {code}") from error
        except BotoCoreError as error:
            raise Unavailable(f"the bucket {self._bucket}", f"{operation}: {why(error)}") from error
        return answer


class _AbsentError(Exception):
    """There is no such object."""


class _Body(io.RawIOBase):
    """An object's bytes. Where the line breaks, it asks for the rest of the same object, a few times without progress at most."""

    def __init__(self, place: BucketPlace, key: str, start: int = 0) -> None:
        self._place = place
        self._key = key
        self._at = start
        self._body, self._etag = place.get(key, start, None)

    def readable(self) -> bool:
        return True

    def readinto(self, into: WriteableBuffer) -> int:
        wanted = memoryview(into)
        for left in reversed(range(_TRIES)):
            try:
                raw = self._body.read(len(wanted))
            except (HTTPClientError, BotoCoreError, HTTPError, OSError) as error:
                self._body.close()
                if not left:
                    raise self._place.unavailable(self._key, error) from error
                self._body, _ = self._place.get(self._key, self._at, self._etag)
                continue
            wanted[: len(raw)] = raw
            self._at += len(raw)
            return len(raw)
        raise AssertionError("the last try either returns or raises")

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()
