"""Promise 12, second half: the returns table, restored from an export into a new table, gives the same pages byte for byte.

The export is made as a shop makes it; its items are written, as they stand in it, into a new table of the template's layout.
Sessions are kept in no backup: everybody opens a new link, so that tokens of forms and signatures of addresses, which follow from
a session and a moment, are left out of the comparison. Nothing else is.
"""

from __future__ import annotations

import gzip
import json
import logging
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from re import compile as pattern
from urllib.parse import urlencode

import boto3

from chalicelib.bootstrap import build
from tests.conftest import REGION, emulated_aws, new_bucket, new_tables
from tests.trust.table import Tried
from tests.web.asking import asked
from tests.web.browsing import Browser
from tests.web.conftest import Site, new_site
from tests.week.play import STAFF, Week

FULL = 1  # a week of forty returns at three shops
SMALL = 0  # the demo's return, and one more

_OF_A_MOMENT = pattern(r'(name="(?:csrf|key|policy|x-amz-[a-z]+)" value="|[?&;]X-Amz-[A-Za-z]+=)[^"&]+')


@dataclass(frozen=True)
class Shown:
    """A return whose pages are looked at: the first of its order."""

    shop: str
    number: str
    language: str
    email: str


def exported(table: str) -> list[str]:
    """Export a table as it stands and return the lines of the export, one for each item."""
    client, bucket = boto3.client("dynamodb", region_name=REGION), new_bucket()
    recovery = {"PointInTimeRecoveryEnabled": True}
    client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)  # type: ignore[arg-type]
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    made = client.export_table_to_point_in_time(TableArn=arn, S3Bucket=bucket, S3Prefix="backup")["ExportDescription"]
    while client.describe_export(ExportArn=made["ExportArn"])["ExportDescription"]["ExportStatus"] == "IN_PROGRESS":
        time.sleep(0.02)
    s3 = boto3.client("s3", region_name=REGION)
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"] if "/data/" in each["Key"]]
    bodies = [gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]
    return [line for body in bodies for line in body.decode().splitlines() if line]


def restored(lines: Sequence[str]) -> str:
    """Write the items of an export into a new table, and return its name. (The emulator's own import spoils letters.)"""
    client = boto3.client("dynamodb", region_name=REGION)
    name = new_tables(client).returns
    for line in lines:
        client.put_item(TableName=name, Item=json.loads(line)["Item"])
    return name


def pages(site: Site, returns: Sequence[Shown]) -> Iterator[tuple[str, str]]:
    """Yield every page about returns, by who sees it and where: the customers', the staff's, the files."""
    for made in returns:
        browser = site.browser(made.language)
        browser.get(site.link(made.number, "return", 1, made.language))
        browser.submit()
        for path in ("/items", "/policy", "/returns/1", "/returns/1/done", "/returns/1/slip", "/returns/1/slip.pdf",
                     "/returns/1/code.png", "/returns/1/cancel", "/returns/1/label"):  # fmt: skip
            yield f"{made.number} {path}", seen(browser, f"/{made.shop}{path}")
    for shop in sorted({made.shop for made in returns}):
        browser, home = site.staff(STAFF[shop]), f"/{shop}/staff"
        for path in ("", "/settings", "/receive", "/phone", *(f"?state={state}" for state in ("authorised", "sent", "accepted"))):
            yield f"{shop} staff {path}", seen(browser, home + path)
        for made in returns:
            if made.shop == shop:
                named = urlencode({"id": f"{made.number}/1"})
                for part in ("/return", "/return/receive", "/return/settle", "/return/label"):
                    yield f"{made.number} staff {part}", seen(browser, f"{home}{part}?{named}")
                yield f"{made.number} found", seen(browser, f"{home}/find?{urlencode({'q': made.email})}")


def seen(browser: Browser, address: str) -> str:
    """Return what a browser gets: status, where it is led, and the body without what belongs to the session or the moment."""
    answer = browser.send("GET", address, None, {})
    said = f"{answer['statusCode']} {answer['headers'].get('Location', '')}\n{answer['body']}"
    return _OF_A_MOMENT.sub(r"\1~", said)


def compared(site: Site, returns: Sequence[Shown]) -> tuple[dict[str, str], list[str]]:
    """Return all pages about these returns, and which of them a restored table gives otherwise."""
    before = dict(pages(site, returns))
    settings = site.portal.settings
    lines = exported(settings.returns_table)
    portal = build(replace(settings, returns_table=restored(lines)), site.client, site.portal.clock)
    after = dict(pages(replace(site, portal=portal), returns))
    assert before.keys() == after.keys()
    return before, [where for where in before if before[where] != after[where]]


def tried(size: int, seed: int) -> Tried:
    """Restore a whole week and look at every page of every return; or, where `size` is 0, a few of the demo's."""
    logging.disable(logging.INFO)
    with emulated_aws():
        if size:
            week = Week()
            week.play()
            print("  the week is played", file=sys.stderr, flush=True)
            site, returns = week.site, [Shown(each.shop, each.number, each.language, each.email) for each in week.stories]
        else:
            site = new_site()
            numbers = ["AZ-1008", *(asked(site, number).id.partition("/")[0] for number in ("NU-1001",))]
            shops = {"AZ": "azulu", "NU": "nurana"}
            returns = [Shown(shops[number[:2]], number, "fa", site.addresses[number]) for number in numbers]
        before, differing = compared(site, returns)
    logging.disable(logging.NOTSET)
    for where in differing:
        print(f"  differs: {where}", file=sys.stderr)
    served = sum(said.startswith("200") for said in before.values())
    how = f"{len(returns)} returns exported, restored into a new table, every page of customers and staff compared byte for byte"
    said = f"{served:,} pages are shown, {len(before) - served:,} lead on or say why not"
    return Tried("A backup gives the same pages", how, len(before), len(differing), said)
