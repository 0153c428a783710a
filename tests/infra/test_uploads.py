"""What is uploaded reaches the function that cleans, which may do that and nothing else; the local run tells it the same."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import boto3
import pytest
from PIL import Image

import app
from chalicelib.bootstrap import build
from chalicelib.local.tables import RESOURCES, load_template
from chalicelib.local.uploads import carry, events
from chalicelib.photos import Drawer
from chalicelib.settings import Settings
from tests.conftest import REGION, Tables, new_bucket
from tests.infra.granting import resources, statements

TEMPLATE = load_template(RESOURCES)["Resources"]
DRAWER = Drawer.of("azulu", "AZ-1001", "draft")
KEY = f"incoming/{DRAWER.line('1')}{'0' * 32}"


def test_the_bucket_tells_of_every_new_file_and_the_rule_picks_the_photos() -> None:
    told = TEMPLATE["FilesBucket"]["Properties"]["NotificationConfiguration"]
    assert told == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    rule = TEMPLATE["Uploaded"]["Properties"]
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [{"Ref": "FilesBucket"}]}, "object": {"key": [{"prefix": "incoming/photos/"}]}},
    }
    assert rule["Targets"] == [{"Id": "clean", "Arn": {"Fn::GetAtt": ["Clean", "Arn"]}}]
    permission = TEMPLATE["UploadedMayClean"]["Properties"]
    assert permission["FunctionName"] == {"Ref": "Clean"}
    assert permission["Principal"] == "events.amazonaws.com"
    assert permission["SourceArn"] == {"Fn::GetAtt": ["Uploaded", "Arn"]}


def test_the_function_of_the_rule_is_the_applications() -> None:
    names = {function.name for function in app.app.pure_lambda_functions}

    assert "clean" in names
    assert TEMPLATE["Clean"]["Properties"]["Role"] == {"Fn::GetAtt": ["CleanRole", "Arn"]}
    assert TEMPLATE["Clean"]["Properties"]["MemorySize"] >= 1024


def rights(role: str = "CleanRole") -> set[tuple[str, str]]:
    """Return what a role may do with files, as (action, where); of who cleans, all that it may do but log and put aside."""
    found = set()
    for statement in statements(role):
        places = resources(statement)
        if statement["Sid"] not in ("Log", "PutAside") and (
            role == "CleanRole" or any("s3:" in action for action in statement["Action"])
        ):
            found |= {(action, str(place.get("Fn::Sub", "bucket"))) for action in statement["Action"] for place in places}
    return found


def test_whoever_reads_strangers_files_reaches_no_table_sends_no_mail_and_reads_nothing_else() -> None:
    files = "${FilesBucket.Arn}"

    assert rights() == {
        ("s3:GetObject", f"{files}/incoming/photos/*"),
        ("s3:DeleteObject", f"{files}/incoming/photos/*"),
        ("s3:PutObject", f"{files}/photos/*"),
        ("s3:PutObject", f"{files}/quarantine/photos/*"),
        ("s3:ListBucket", "bucket"),
    }


@pytest.mark.parametrize(("role", "reads", "writes", "deletes"), [
    ("DefaultRole", {"incoming/labels", "labels", "photos"}, {"incoming", "labels"}, {"incoming/labels", "photos"}),
    ("MailRole", {"incoming/photos"}, {"labels", "photos", "quarantine/photos"}, {"incoming/photos", "photos"}),
])  # fmt: skip
def test_who_answers_and_who_sweeps_reach_the_files_of_their_work_only(
    role: str, reads: set[str], writes: set[str], deletes: set[str]
) -> None:
    expected = {"s3:GetObject": reads, "s3:PutObject": writes, "s3:DeleteObject": deletes}
    found = {(action, f"${{FilesBucket.Arn}}/{place}/*") for action, places in expected.items() for place in places}

    assert rights(role) == found | {("s3:ListBucket", "bucket")}


@pytest.mark.parametrize(("content", "operations"), [
    ("photo", {"GetObject", "ListObjectsV2", "PutObject", "DeleteObjects"}),
    ("junk", {"GetObject", "CopyObject", "DeleteObjects"}),
])  # fmt: skip
def test_cleaning_calls_nothing_that_the_role_does_not_allow(tables: Tables, content: str, operations: set[str]) -> None:
    bucket, client = new_bucket(), boto3.client("s3", region_name=REGION)
    portal = build(Settings(tables.returns, tables.sessions, "http://x.example", bucket), tables.client)
    written = BytesIO()
    Image.new("RGB", (20, 20)).save(written, "JPEG")
    client.put_object(Bucket=bucket, Key=KEY, Body=written.getvalue() if content == "photo" else b"junk")
    client.put_object(Bucket=bucket, Key="incoming/labels/azulu/AZ1001/1/x", Body=b"not a photo's business")
    called: list[tuple[str, str]] = []

    def note(params: dict[str, Any], model: Any, **_: object) -> None:
        called.append((model.name, str(params.get("Key", params.get("Prefix", "")))))

    portal.files._client.meta.events.register("provide-client-params.s3", note)  # type: ignore[attr-defined]
    carry(client, bucket, portal.photos.cleaned_by)

    assert {name for name, _ in called} == operations
    assert all(key.startswith(("incoming/photos/", "photos/", "quarantine/photos/", "")) for _, key in called)
    assert list(events(client, bucket)) == []
    left = [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]]
    assert left[0] == "incoming/labels/azulu/AZ1001/1/x"
    assert left[1].startswith("photos/azulu/" if content == "photo" else "quarantine/photos/azulu/")
