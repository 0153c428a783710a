"""A whole week of three shops: forty returns to their ends, and a report whose figures are those of the play."""

from __future__ import annotations

import time
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

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
from tests.week.stories import STATUS, Story, expected

SHOPS = ("azulu", "alustoora", "nurana")


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


# One test, since a week takes half a minute to play.
def test_a_week_ends_as_its_stories_say_and_its_export_counts_so(subtests: pytest.Subtests) -> None:
    with emulated_aws():
        week = Week()
        week.play()
        with subtests.test("every return ends as its story says"):
            assert len(week.stories) == 40
            assert ends(week) == {story.number: STATUS[story.fate] for story in week.stories}
        facts = exported(week)
        for shop in SHOPS:
            with subtests.test("the figures of an export are those of the play", shop=shop):
                assert figures(facts[shop]) == expected(story for story in week.stories if story.shop == shop)
        with subtests.test("everybody is told in their language"):
            assert languages_told(week) == {story.email: {_language(week, story)} for story in week.stories}
        with subtests.test("who is forgotten is found nowhere, and no figure changes"):
            forgotten = [story for story in week.stories if story.fate == "forgotten"]
            forget(week, forgotten)
            assert exported(week) == facts
            kept = everything(week)
            for story in forgotten:
                for canary in (story.email, f"{story.number} remark", f"TRACK-{story.number}"):
                    assert canary not in kept
            assert "AZ-4001 remark" in kept


def ends(week: Week) -> dict[str, str]:
    """Return the status in which each order's return ended."""
    found = {story.number: week.site.portal.returns.by_slot(story.shop, story.number, 1) for story in week.stories}
    return {number: made.status for number, made in found.items() if made}


def figures(found: Facts) -> dict[str, Any]:
    """Return what a report says of one shop, as `expected` says it."""
    return {
        "requested": tuple(sum(row[place] for row in found["requested"].values()) for place in range(4)),
        "states": {status: row[0] for (status,), row in found["states"].items()},
        "outcomes": {kind: row for (kind, _), row in found["outcomes"].items()},
        "kept": tuple(sum((row[place] for row in found["kept"].values()), Decimal(0)) for place in range(3)),
        "waiting": sum(row[0] for key, row in found["overdue"].items() if key == ("under_review",)),
    }


def languages_told(week: Week) -> dict[str, set[str]]:
    """Return in which languages each customer of the play was written to."""
    told: dict[str, set[str]] = {story.email: set() for story in week.stories}
    for message in week.postbox.mails:
        if str(message["To"]) in told:
            told[str(message["To"])].add(str(message["Content-Language"]))
    return told


def _language(week: Week, story: Story) -> str:
    languages = week.site.portal.shops[story.shop].merchant.languages
    return story.language if story.language in languages else languages[0]


def forget(week: Week, forgotten: Iterable[Story]) -> None:
    """Take out what is known of these customers."""
    portal, client = week.site.portal, boto3.client("dynamodb", region_name=REGION)
    tables = (Table(client, name) for name in _tables(week))
    forgetting = Forgetting(PersonalItems(*tables), portal.files, portal.clock)
    for story in forgotten:
        forgetting.forget(story.shop, story.email)


def everything(week: Week) -> str:
    """Return all items of both tables."""
    scan = boto3.client("dynamodb", region_name=REGION).get_paginator("scan")
    return str([page["Items"] for name in _tables(week) for page in scan.paginate(TableName=name)])


def _tables(week: Week) -> tuple[str, str]:
    settings = week.site.portal.settings
    return settings.returns_table, settings.sessions_table
