"""A whole week of three shops: forty returns to their ends, and a report whose figures are those of the play."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal

import boto3
import pytest

from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.export_bucket import bucket_place
from chalicelib.adapters.personal_items import PersonalItems
from chalicelib.exports.reading import Reading
from chalicelib.forgetting import Forgetting
from chalicelib.reports.counting import count
from chalicelib.reports.facts import Facts, Span
from tests.conftest import REGION, emulated_aws
from tests.week.play import Week
from tests.week.stories import STATUS, expected

SHOPS = ("azulu", "alustoora", "nurana")


@pytest.fixture(scope="module")
def week() -> Iterator[Week]:
    with emulated_aws():
        played = Week()
        played.play()
        yield played


def exported(week: Week) -> dict[str, Facts]:
    """Export the table as a merchant does, and count what is in the export, by shop."""
    settings, portal = week.site.portal.settings, week.site.portal
    client = boto3.client("dynamodb", region_name=REGION)
    arn = client.describe_table(TableName=settings.returns_table)["Table"]["TableArn"]
    bucket = f"exports-{settings.returns_table}-{portal.clock():%s}-{len(week.exports)}"
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket=bucket)
    client.update_continuous_backups(
        TableName=settings.returns_table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    made = client.export_table_to_point_in_time(TableArn=arn, S3Bucket=bucket, S3Prefix="week")["ExportDescription"]
    while client.describe_export(ExportArn=made["ExportArn"])["ExportDescription"]["ExportStatus"] == "IN_PROGRESS":
        time.sleep(0.05)
    week.exports.append(bucket)
    return {shop: _counted(week, shop, bucket, s3) for shop in SHOPS}


def _counted(week: Week, shop: str, bucket: str, s3: object) -> Facts:
    reading = Reading(bucket_place(f"s3://{bucket}/week", s3))  # type: ignore[arg-type]
    own = (found for found in reading if found.item["merchant"] == {"S": shop} and week.tells_of(found.item))
    portal = week.site.portal
    facts = count(
        ((found.kind, found.item) for found in own), portal.shops[shop].merchant.timezone, Span(None, None, portal.clock())
    )
    assert reading.damages.count == facts.unreadable == 0
    return facts


@pytest.fixture(scope="module")
def facts(week: Week) -> dict[str, Facts]:
    return exported(week)


def test_every_return_ends_as_its_story_says(week: Week) -> None:
    assert len(week.stories) == 40
    ends = {}
    for story in week.stories:
        made = week.site.portal.returns.by_slot(story.shop, story.number, 1)
        assert made is not None
        ends[story.number] = (made.status, STATUS[story.fate])
    assert {number: end for number, end in ends.items() if end[0] != end[1]} == {}


@pytest.mark.parametrize("shop", SHOPS)
def test_the_figures_of_an_export_are_those_of_the_play(week: Week, facts: dict[str, Facts], shop: str) -> None:
    found, due = facts[shop], expected(story for story in week.stories if story.shop == shop)
    assert tuple(sum(row[place] for row in found["requested"].values()) for place in range(4)) == due["requested"]  # type: ignore[misc]
    assert {status: row[0] for (status,), row in found["states"].items()} == due["states"]
    assert {kind: row for (kind, _), row in found["outcomes"].items()} == due["outcomes"]
    assert tuple(sum((row[place] for row in found["kept"].values()), Decimal(0)) for place in range(3)) == due["kept"]  # type: ignore[misc]
    assert sum(row[0] for key, row in found["overdue"].items() if key == ("under_review",)) == due["waiting"]  # type: ignore[misc]


def test_everybody_is_told_in_their_language(week: Week) -> None:
    told: dict[str, set[str]] = {}
    for message in week.postbox.mails:
        told.setdefault(str(message["To"]), set()).add(str(message["Content-Language"]))
    for story in week.stories:
        languages = week.site.portal.shops[story.shop].merchant.languages
        wanted = story.language if story.language in languages else languages[0]
        assert told[story.email] == {wanted}, story


def test_who_is_forgotten_is_found_nowhere_and_no_figure_changes(week: Week, facts: dict[str, Facts]) -> None:
    portal, client = week.site.portal, boto3.client("dynamodb", region_name=REGION)
    tables = (Table(client, portal.settings.returns_table), Table(client, portal.settings.sessions_table))
    forgetting = Forgetting(PersonalItems(*tables), portal.files, portal.clock)
    forgotten = [story for story in week.stories if story.fate == "forgotten"]
    for story in forgotten:
        forgetting.forget(story.shop, story.email)
    assert exported(week) == facts
    everything = str([client.scan(TableName=table.name)["Items"] for table in tables])
    for story in forgotten:
        for canary in (story.email, f"{story.number} remark", f"TRACK-{story.number}"):
            assert canary not in everything
    assert "AZ-4001 remark" in everything
