"""Keep files in one private S3 bucket: browsers reach them by signed forms and links alone, and those end after minutes."""

from __future__ import annotations

import mimetypes
import re
import secrets
from collections.abc import Callable
from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from chalicelib.adapters.clients import client
from chalicelib.adapters.environment import told_plainly, why
from chalicelib.domain.errors import Unavailable
from chalicelib.files import StoredFile, TooLarge, UploadForm

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

FORM_SECONDS = 30 * 60
"""How long an upload form may be sent: as long as somebody looks for the file, or takes the photo."""
LINK_SECONDS = 5 * 60
DELETED_AT_ONCE = 1000
OTHER = "application/octet-stream"

# Virtual hosts, because the path form of an address is being withdrawn and the bare one is redirected outside of us-east-1, which
# no signature survives. (An emulator at a plain IP address gets the path form all the same.)
_CONFIG = Config(
    connect_timeout=1,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 2},
    signature_version="s3v4",
    s3={"addressing_style": "virtual"},
)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})


def s3_client() -> S3Client:
    """Return a client for the account and region (or emulator) that the environment names; InvalidSettings if it names none."""
    made: S3Client = client("s3", _CONFIG)
    return made


class BucketFiles:
    """Fulfils `ports.Files` with S3. The client is made on first use, which most pages never come to."""

    def __init__(self, bucket: str, make_client: Callable[[], S3Client] = s3_client) -> None:
        self._bucket = bucket
        self._make_client = make_client

    @cached_property
    def _client(self) -> S3Client:
        return self._make_client()

    def upload_form(self, prefix: str, *, content_types: tuple[str, ...], most_bytes: int, redirect: str) -> UploadForm:
        """Return a form by which a browser may post one file, under a new random name behind `prefix`, within half an hour.

        S3 refuses a file above `most_bytes` with a page of its own that nobody can read, so let it take more than you will, and
        say what is wrong yourself; an empty file comes through. Emulators refuse nothing (moto takes any), and no form can make
        a browser tell the truth about the type: read what came with `get`, and judge it by its content. It is stored as bytes
        of no kind, so that no link to it would ever show it as a page.
        """
        key = f"{_folder(prefix)}{secrets.token_hex(16)}"
        fixed = {"success_action_redirect": redirect, "Content-Type": OTHER}
        conditions: list[Any] = [["content-length-range", 0, most_bytes], *({name: value} for name, value in fixed.items())]
        with told_plainly():
            made = self._client.generate_presigned_post(self._bucket, key, fixed, conditions, FORM_SECONDS)
        return UploadForm(made["url"], made["fields"], key, ",".join(content_types), most_bytes)

    def put(self, key: str, body: bytes, content_type: str) -> None:
        """Write a file whole, over whatever lay there."""
        self._call("put_object", Key=key, Body=body, ContentType=content_type)

    def get(self, key: str, most_bytes: int) -> bytes | None:
        """Return a file's bytes, None if it is not there; TooLarge, before it is read, if it has more than `most_bytes`."""
        answer = self._call("get_object", absent_ok=True, Key=key)
        if answer is None:
            return None
        # As a context of its own the body would give what is below it, which does not miss what a broken line left out.
        with closing(answer["Body"]) as body:
            if answer["ContentLength"] > most_bytes:
                raise TooLarge(answer["ContentLength"], most_bytes)
            try:
                found: bytes = body.read()
            except (BotoCoreError, HTTPError, OSError) as error:
                raise Unavailable("the files", f"get_object: {type(error).__name__}") from error
        return found

    def move(self, key: str, to: str) -> None:
        """Give a file another name without reading it; nothing happens if it is not there."""
        source = {"Bucket": self._bucket, "Key": key}
        if self._call("copy_object", absent_ok=True, Key=to, CopySource=source) is not None:
            self.delete(key)

    def list(self, prefix: str) -> tuple[StoredFile, ...]:
        """Return every file behind `prefix`, which ends with a slash, by key."""
        found: list[StoredFile] = []
        more: dict[str, Any] = {}
        while True:
            answer = self._call("list_objects_v2", Prefix=_folder(prefix), **more) or {}
            found += [StoredFile(each["Key"], each["Size"], each["LastModified"]) for each in answer.get("Contents", ())]
            if not answer.get("IsTruncated"):
                return tuple(found)
            more = {"ContinuationToken": answer["NextContinuationToken"]}

    def link(self, key: str, filename: str, *, inline: bool = False) -> str:
        """Return an address that gives the file to whoever opens it within five minutes.

        It is saved under `filename`, or shown if `inline`, as what the name's ending says, whatever it was stored as.
        """
        safe = _UNSAFE.sub("-", filename).strip("-.") or "file"
        kind = mimetypes.guess_type(safe)[0] or OTHER
        shown = {
            "ResponseContentDisposition": f'{"inline" if inline else "attachment"}; filename="{safe}"',
            "ResponseContentType": kind,
            "ResponseCacheControl": "private, no-store",
        }
        with told_plainly():
            return self._client.generate_presigned_url(
                "get_object", {"Bucket": self._bucket, "Key": key, **shown}, ExpiresIn=LINK_SECONDS
            )

    def delete(self, prefix: str) -> int:
        """Remove every file behind `prefix` if it ends with a slash, or else the one file of that name; return how many."""
        keys = [each.key for each in self.list(prefix)] if prefix.endswith("/") else [prefix]
        for start in range(0, len(keys), DELETED_AT_ONCE):
            some = [{"Key": key} for key in keys[start : start + DELETED_AT_ONCE]]
            answer = self._call("delete_objects", Delete={"Objects": some, "Quiet": True}) or {}
            if failed := answer.get("Errors"):
                raise Unavailable("the files", f"delete_objects: {failed[0].get('Code')}")
        return len(keys)

    def _call(self, operation: str, *, absent_ok: bool = False, **call: Any) -> dict[str, Any] | None:
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(Bucket=self._bucket, **call)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown")
            if absent_ok and code in _ABSENT:
                return None
            raise Unavailable("the files", f"{operation}: {code}") from error
        except BotoCoreError as error:
            raise Unavailable("the files", f"{operation}: {why(error)}") from error
        return answer


def _folder(prefix: str) -> str:
    """Return the prefix, which must name a folder: without its slash, `…/1` would be the beginning of `…/10` too."""
    if not prefix.endswith("/") or prefix.startswith("/"):
        raise ValueError(f"{prefix!r} is no folder: it must end with a slash and begin without one")
    return prefix
