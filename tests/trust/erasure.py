"""Promise 12, first half: a customer who is forgotten is found nowhere afterwards, and every figure stays what it was.

A canary is a word that stands nowhere else. One customer is made of canaries, one in every text that can hold anything; then
the customers of a played week are forgotten, all of them: their addresses, what they wrote, and the numbers of their parcels.
Looked for in both tables, in every bucket, in the log of everything that was done, and in an export made afterwards.
"""

from __future__ import annotations

import json
import logging
import sys

import boto3

from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.personal_items import PersonalItems
from chalicelib.forgetting import Forgetting
from tests.conftest import REGION, emulated_aws, new_tables
from tests.customers import EMAIL, MARK, Remembered
from tests.test_forgetting import figures
from tests.trust.backup import exported
from tests.trust.table import Tried
from tests.week.play import Week
from tests.week.test_week import SHOPS
from tests.week.test_week import exported as counted

FULL = 1  # the customers of a week, too
SMALL = 0


class Log(logging.Handler):
    """Keeps every line that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def made_of_canaries(log: Log) -> tuple[int, int]:
    """Forget one customer of whom everything is known; return how many canaries there were, and what was lost."""
    remembered = Remembered(new_tables(boto3.client("dynamodb", region_name=REGION)))
    planted, before = len(remembered.traces()), figures(*remembered.items())
    remembered.forgetting().forget("azulu", EMAIL)
    # At another shop the same person is another customer, and stays.
    shared = [line for line in exported(remembered.tables.returns) if "nurana" not in line]
    found = len(remembered.traces()) + sum(MARK in line.lower() for line in (*log.lines, *shared))
    return planted, found + (figures(*remembered.items()) != before)


def customers_of_a_week(log: Log) -> tuple[int, int]:
    """Forget all customers of a week; return how many canaries there were, and what was lost."""
    week = Week()
    week.play()
    portal, client = week.site.portal, boto3.client("dynamodb", region_name=REGION)
    names = (portal.settings.returns_table, portal.settings.sessions_table)
    canaries = [word for story in week.stories for word in (story.email, f"{story.number} remark", f"TRACK-{story.number}")]

    def held() -> str:
        return json.dumps([client.scan(TableName=name)["Items"] for name in names], default=str)

    def everywhere() -> list[str]:
        s3 = boto3.client("s3", region_name=REGION)
        listed = s3.list_objects_v2(Bucket=portal.settings.files_bucket).get("Contents", ())
        files = [
            (each["Key"], s3.get_object(Bucket=portal.settings.files_bucket, Key=each["Key"])["Body"].read()) for each in listed
        ]
        return [held(), *exported(names[0]), *(f"{key} {body!r}" for key, body in files)]

    text = held()
    planted = [word for word in canaries if word in text]
    before = counted(week)
    forgetting = Forgetting(PersonalItems(*(Table(client, name) for name in names)), portal.files, portal.clock)
    for story in week.stories:
        forgetting.forget(story.shop, story.email)
    print(f"  {len(week.stories)} customers of a week are forgotten", file=sys.stderr, flush=True)
    left = "\n".join((*everywhere(), *log.lines))
    after = counted(week)
    return len(planted), sum(word in left for word in canaries) + sum(before[shop] != after[shop] for shop in SHOPS)


def tried(size: int, seed: int) -> Tried:
    """Forget a customer made of canaries, and where `size` is not 0, the customers of a week."""
    log, logger = Log(), logging.getLogger()
    logger.addHandler(log)
    ours = logging.getLogger("vuelta")
    ours.addHandler(log)
    before, ours.propagate = ours.propagate, False
    try:
        with emulated_aws():
            tries, lost = made_of_canaries(log)
        if size:
            with emulated_aws():
                more = customers_of_a_week(log)
            tries, lost = tries + more[0], lost + more[1]
    finally:
        logger.removeHandler(log)
        ours.removeHandler(log)
        ours.propagate = before
    who = "a customer made of canaries" + (" and all customers of a week at three shops" if size else "")
    how = f"{who}, forgotten; looked for in tables, files, {len(log.lines):,} lines of log and a later export"
    return Tried("Who is forgotten is found nowhere", how, tries, lost, "figures unchanged" if not lost else "")
