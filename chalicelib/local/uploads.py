"""Tells the function that cleans of every photo that was uploaded, as EventBridge tells it of the bucket's new files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from chalicelib.files import INCOMING
from chalicelib.photos import PHOTOS

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def events(client: S3Client, bucket: str) -> Iterator[dict[str, Any]]:
    """Yield an event for each photo that lies uncleaned, in the shape in which EventBridge brings it."""
    for each in client.list_objects_v2(Bucket=bucket, Prefix=f"{INCOMING}{PHOTOS}").get("Contents", ()):
        file = {"key": each["Key"], "size": each["Size"], "etag": each["ETag"].strip('"')}
        yield {
            "version": "0",
            "source": "aws.s3",
            "detail-type": "Object Created",
            "detail": {"version": "0", "bucket": {"name": bucket}, "object": file, "reason": "PostObject"},
        }


def carry(client: S3Client, bucket: str, function: Callable[[dict[str, Any]], object]) -> None:
    """Bring each event to the function once; what it leaves is brought again the next time."""
    for event in events(client, bucket):
        function(event)
