"""Exports are requested as DynamoDB's model asks for it, followed to their end, and read from their bucket."""

from __future__ import annotations

import io
import os
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st
from urllib3.exceptions import SSLError

from chalicelib.adapters.dynamodb import packed
from chalicelib.adapters.export_bucket import BucketPlace, bucket_place
from chalicelib.adapters.exports import TableExports
from chalicelib.cli import main
from chalicelib.domain.errors import Unavailable
from chalicelib.exports.places import ExportRefused, Folder
from chalicelib.exports.reading import Reading
from chalicelib.exports.windows import LONGEST, SHORTEST, windows
from chalicelib.settings import InvalidSettings, read_exports_bucket
from tests.conftest import REGION, Tables
from tests.exports.aws_layout import TABLE, full, incremental, part_of
from tests.exports.items import some_items
from tests.made import NOON

BUCKET = "vuelta-exports"


@pytest.fixture
def bucket(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A table of seven items with point-in-time recovery, and an empty bucket; the environment names both."""
    recovery = {"PointInTimeRecoveryEnabled": True}
    tables.client.update_continuous_backups(TableName=tables.returns, PointInTimeRecoverySpecification=recovery)
    for item in some_items():
        tables.client.put_item(TableName=tables.returns, Item=packed(item))
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket=BUCKET)
    monkeypatch.setenv("RETURNS_TABLE", tables.returns)
    monkeypatch.setenv("EXPORTS_BUCKET", BUCKET)
    return client


def upload(client: Any, root: Path) -> None:
    """Put a tree of files into the bucket."""
    for path in root.rglob("*"):
        if path.is_file():
            client.put_object(Bucket=BUCKET, Key=path.relative_to(root).as_posix(), Body=path.read_bytes())


def until_done(shop: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Ask for the status until nothing runs any more; return what was said last."""
    for _ in range(200):
        main(["exports", "status", shop])
        said = capsys.readouterr().out
        if "in_progress" not in said:
            return said
        time.sleep(0.02)
    raise AssertionError(said)


def test_a_table_is_exported_fetched_and_read(bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exports", "request", "azulu"]) == 0
    asked = capsys.readouterr().out
    assert "full  " in asked
    assert "full         completed    now  7 items" in until_done("azulu", capsys)
    assert until_done("nurana", capsys) == ""
    assert main(["exports", "fetch", "azulu", "--to", str(tmp_path / "here")]) == 0
    fetched = capsys.readouterr().out
    assert "1 file with" in fetched
    assert f"exports returns --from {tmp_path / 'here'} --shop azulu" in fetched
    assert main(["exports", "returns", "--from", str(tmp_path / "here"), "--format", "jsonl"]) == 0
    assert capsys.readouterr().out.count("\n") == 5
    assert main(["exports", "returns", "--from", f"s3://{BUCKET}/azulu", "--format", "jsonl"]) == 0
    assert capsys.readouterr().out.count("\n") == 5


def test_who_asks_for_the_table_as_it_stood_is_told_to_fetch_that_alone(bucket: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exports", "request", "azulu", "--at", (datetime.now(UTC) - timedelta(days=2)).isoformat()]) == 0
    said = capsys.readouterr().out
    name = said.split()[0]
    assert f"`exports fetch azulu --export {name} --to FOLDER`" in said
    (asked,) = TableExports(boto3.client("dynamodb", region_name=REGION), os.environ["RETURNS_TABLE"]).behind("azulu")
    assert (asked.id, asked.kind) == (name, "full")


def test_what_changed_since_an_export_that_is_named_does_not_come_with_it(bucket: Any, tmp_path: Path) -> None:
    items = some_items()
    before = full(tmp_path / "there", items, NOON, prefix="azulu")
    changes = [(items[0], None, NOON + timedelta(minutes=5))]
    incremental(tmp_path / "there", changes, NOON, NOON + timedelta(hours=1), prefix="azulu")
    upload(bucket, tmp_path / "there")
    assert main(["exports", "fetch", "azulu", "--to", str(tmp_path / "now")]) == 0
    assert main(["exports", "fetch", "azulu", "--export", before.name, "--to", str(tmp_path / "before")]) == 0
    read = {folder: len(list(Reading(Folder(tmp_path / folder)))) for folder in ("now", "before")}
    assert read == {"now": len(items) - 1, "before": len(items)}


def test_without_recovery_or_bucket_it_is_said_what_to_do(
    bucket: Any, tables: Tables, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RETURNS_TABLE", tables.sessions)
    assert main(["exports", "request", "azulu"]) == 2
    assert "has no point-in-time recovery: switch it on" in capsys.readouterr().err
    monkeypatch.setenv("RETURNS_TABLE", "none")
    assert main(["exports", "status", "azulu"]) == 2
    assert "vuelta: table none: there is no such table: mend RETURNS_TABLE" in capsys.readouterr().err
    monkeypatch.setenv("EXPORTS_BUCKET", "nowhere-at-all")
    assert main(["exports", "fetch", "azulu"]) == 2
    assert capsys.readouterr().err == "vuelta: there is no bucket nowhere-at-all\n"
    assert main(["exports", "fetch", "azul"]) == 2
    assert capsys.readouterr().err == "vuelta: there is no shop 'azul': did you mean 'azulu'?\n"


def test_the_bucket_is_named_by_the_environment() -> None:
    assert read_exports_bucket({"EXPORTS_BUCKET": "x"}) == "x"
    with pytest.raises(InvalidSettings, match="EXPORTS_BUCKET"):
        read_exports_bucket({})


def described(number: int, **more: Any) -> dict[str, Any]:
    return {
        "ExportArn": f"{TABLE}/export/0176{number}-ab",
        "ExportStatus": "COMPLETED",
        "S3Prefix": "azulu",
        "ItemCount": 3,
    } | more


def test_an_increment_is_asked_for_as_the_model_of_dynamodb_wants_it_and_without_old_images() -> None:
    client = boto3.client("dynamodb", region_name=REGION)
    since, until = NOON, NOON + timedelta(hours=1)
    kind = {
        "ExportType": "INCREMENTAL_EXPORT",
        "IncrementalExportSpecification": {
            "ExportFromTime": since,
            "ExportToTime": until,
            "ExportViewType": "NEW_IMAGE",
        },
    }
    expected = {
        "TableArn": TABLE, "S3Bucket": BUCKET, "S3Prefix": "azulu", "S3SseAlgorithm": "AES256", "ExportFormat": "DYNAMODB_JSON",
    }  # fmt: skip
    answer = described(1, ExportStatus="IN_PROGRESS", **kind)
    with Stubber(client) as stub:
        stub.add_response("export_table_to_point_in_time", {"ExportDescription": answer}, expected | kind)
        asked = TableExports(client, TABLE).request(BUCKET, "azulu", (since, until))
    assert (asked.kind, asked.since, asked.until, asked.id) == ("incremental", since, until, "01761-ab")


def test_the_exports_of_one_shop_are_told_over_all_pages() -> None:
    client = boto3.client("dynamodb", region_name=REGION)
    summaries = [{"ExportArn": described(number)["ExportArn"]} for number in (1, 2, 3)]
    with Stubber(client) as stub:
        stub.add_response("list_exports", {"ExportSummaries": summaries[:2], "NextToken": "more"})
        stub.add_response("describe_export", {"ExportDescription": described(1, ExportTime=NOON)})
        stub.add_response("describe_export", {"ExportDescription": described(2, S3Prefix="nurana")})
        stub.add_response("list_exports", {"ExportSummaries": summaries[2:]}, {"TableArn": TABLE, "NextToken": "more"})
        failed = described(3, ExportStatus="FAILED", FailureCode="S3NoSuchBucket", FailureMessage="no\nbucket.")
        stub.add_response("describe_export", {"ExportDescription": failed})
        first, last = TableExports(client, TABLE).behind("azulu")
    assert (first.until, first.items, first.failure) == (NOON, 3, None)
    assert (last.status, last.failure) == ("FAILED", "no bucket")


def test_dynamodb_saying_no_is_told_plainly() -> None:
    client = boto3.client("dynamodb", region_name=REGION)
    with Stubber(client) as stub:
        stub.add_client_error("export_table_to_point_in_time", "InvalidExportTimeException", "too early")
        stub.add_client_error("export_table_to_point_in_time", "AccessDeniedException", "you may not")
        with pytest.raises(ExportRefused, match=r"recovery does not reach that time \(too early\)"):
            TableExports(client, TABLE).request(BUCKET, "azulu", None)
        with pytest.raises(Unavailable, match="AccessDeniedException: you may not"):
            TableExports(client, TABLE).request(BUCKET, "azulu", None)


@given(st.timedeltas(SHORTEST, timedelta(days=35)))
def test_windows_cover_the_time_without_a_gap_and_each_is_one_that_dynamodb_takes(length: timedelta) -> None:
    made = windows(NOON, NOON + length)
    assert (made[0][0], made[-1][1]) == (NOON, NOON + length)
    assert all(before[1] == after[0] for before, after in pairwise(made))
    assert all(SHORTEST <= until - since <= LONGEST for since, until in made)


@pytest.mark.parametrize(("days", "why"), [(0, "less than 15 minutes ago"), (36, "more than 35 days ago")])
def test_a_time_that_no_increment_can_begin_at_is_refused(days: int, why: str) -> None:
    with pytest.raises(ExportRefused, match=why):
        windows(NOON - timedelta(days=days), NOON)


def test_an_increment_goes_on_from_the_last_export(bucket: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exports", "request", "azulu", "--since", "last"]) == 2
    assert "there is no export of azulu to go on from: request a full one first" in capsys.readouterr().err
    since = datetime.now(UTC) - timedelta(hours=30)
    assert main(["exports", "request", "azulu", "--since", since.isoformat()]) == 0
    assert capsys.readouterr().out.count("incremental") == 2


def test_a_bucket_is_read_like_a_folder(bucket: Any, tmp_path: Path) -> None:
    folder = full(tmp_path, some_items(), NOON, prefix="azulu")
    upload(bucket, tmp_path)
    for address in ("azulu", "azulu/AWSDynamoDB/", f"azulu/AWSDynamoDB/{folder.name}"):
        reading = Reading(bucket_place(f"s3://{BUCKET}/{address}", bucket))
        assert (len(list(reading)), reading.damages.count) == (7, 0)
    with pytest.raises(ExportRefused, match=f"no export in s3://{BUCKET}, but there are in azulu: add"):
        Reading(bucket_place(f"s3://{BUCKET}", bucket))


def test_keys_that_would_lead_out_of_a_folder_are_passed_over(bucket: Any) -> None:
    for key in ("a/../b.gz", "a/..", "a/.", "a/", "a/x.gz", "a/sub/y"):
        bucket.put_object(Bucket=BUCKET, Key=key, Body=b"")
    place = bucket_place(f"s3://{BUCKET}/a", bucket)
    assert ([each.name for each in place.files("")], list(place.folders(""))) == (["x.gz"], ["sub"])


class Torn:
    """An S3 whose bodies break off after so many bytes each; it notes what was asked for."""

    def __init__(self, content: bytes, each: int, error: Exception) -> None:
        self.content, self.each, self.error = content, each, error
        self.asked: list[dict[str, Any]] = []

    def get_object(self, **call: Any) -> dict[str, Any]:
        self.asked.append(call)
        start = int(call["Range"].removeprefix("bytes=").rstrip("-")) if "Range" in call else 0
        return {"Body": TornBody(self.content[start:], self.each, self.error), "ETag": '"etag"'}


class TornBody(io.BytesIO):
    """A body that breaks off after so many bytes."""

    def __init__(self, content: bytes, most: int, error: Exception) -> None:
        super().__init__(content)
        self.most, self.error = most, error

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() >= self.most:
            raise self.error
        return super().read(min(size or 0, self.most - self.tell()))


BROKEN = [ReadTimeoutError(endpoint_url="s3"), SSLError("alert"), ConnectionResetError()]


@pytest.mark.parametrize("error", BROKEN)
def test_a_broken_line_is_taken_up_where_it_broke_and_with_the_same_object(error: Exception) -> None:
    content = bytes(range(256)) * 10
    torn = Torn(content, 1000, error)
    with BucketPlace(torn, BUCKET, "azulu").open("x") as stream:  # type: ignore[arg-type]
        assert stream.read() == content
    assert [call.get("Range") for call in torn.asked] == [None, "bytes=1000-", "bytes=2000-"]
    assert [call.get("IfMatch") for call in torn.asked] == [None, '"etag"', '"etag"']


def test_a_line_that_stays_broken_ends_in_one_line() -> None:
    torn = Torn(b"abc", 0, BROKEN[0])
    with BucketPlace(torn, BUCKET, "").open("x") as stream, pytest.raises(Unavailable, match="ReadTimeoutError"):  # type: ignore[arg-type]
        stream.read()


def test_fetching_again_brings_only_what_is_missing_and_goes_on_with_what_was_begun(
    bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = full(tmp_path / "there", some_items(20), NOON, prefix="azulu", parts=2)
    upload(bucket, tmp_path / "there")
    here = tmp_path / "here"
    fetch = ["exports", "fetch", "azulu", "--to", str(here)]
    assert main(fetch) == 0
    assert "3 files with" in capsys.readouterr().out
    whole = {path.relative_to(here): path.read_bytes() for path in here.rglob("*") if path.is_file()}
    assert set(whole) == {path.relative_to(tmp_path / "there" / "azulu") for path in there.rglob("*") if path.is_file()}
    assert main(fetch) == 0
    assert "0 files with 0 bytes brought to" in capsys.readouterr().out

    first, second = (here / "AWSDynamoDB" / there.name / "data" / part_of(there, number).name for number in (0, 1))
    half = first.read_bytes()[: len(first.read_bytes()) // 2]
    first.unlink()
    first.with_name(f".{first.name}.part").write_bytes(half)
    second.unlink()
    second.with_name(f".{second.name}.part").write_bytes(b"of something else")
    assert main(fetch) == 0
    assert "2 files with" in capsys.readouterr().out
    assert {path.relative_to(here): path.read_bytes() for path in here.rglob("*") if path.is_file()} == whole


def test_what_does_not_fit_its_checksum_is_told_and_fetched_again_the_next_time(
    bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = full(tmp_path / "there", some_items(), NOON, prefix="azulu", parts=1)
    upload(bucket, tmp_path / "there")
    key = part_of(there).relative_to(tmp_path / "there").as_posix()
    bucket.put_object(Bucket=BUCKET, Key=key, Body=b"x" * part_of(there).stat().st_size)
    fetch = ["exports", "fetch", "azulu", "--to", str(tmp_path / "here")]
    assert main(fetch) == 1
    assert "its MD5 is" in capsys.readouterr().err
    bucket.put_object(Bucket=BUCKET, Key=key, Body=part_of(there).read_bytes())
    assert main(fetch) == 0
    bucket.delete_object(Bucket=BUCKET, Key=key)
    assert main(fetch) == 1
    assert "is missing, though the manifest lists it" in capsys.readouterr().err


def test_a_folder_that_was_not_fetched_to_its_end_is_not_read(bucket: Any, tmp_path: Path) -> None:
    there = full(tmp_path / "there", some_items(), NOON, prefix="azulu")
    upload(bucket, tmp_path / "there")
    here = tmp_path / "here"
    assert main(["exports", "fetch", "azulu", "--to", str(here)]) == 0
    for path in (here / "AWSDynamoDB" / there.name).glob("manifest-*"):
        path.unlink()
    assert main(["exports", "returns", "--from", str(here)]) == 2


def test_a_folder_that_cannot_be_written_is_told(bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    full(tmp_path / "there", some_items(), NOON, prefix="azulu")
    upload(bucket, tmp_path / "there")
    (tmp_path / "file").touch()
    assert main(["exports", "fetch", "azulu", "--to", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.startswith(f"vuelta: cannot write to {tmp_path / 'file'}: ")
