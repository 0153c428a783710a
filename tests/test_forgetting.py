"""A customer who is forgotten is found nowhere, and every figure stays what it was."""

from __future__ import annotations

import gzip
import json
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pytest
from hypothesis import given, settings
from pydantic import BaseModel

from chalicelib.adapters.bulk import BulkTable
from chalicelib.adapters.dynamodb import Table, packed
from chalicelib.adapters.items import Item, order_to_item
from chalicelib.adapters.personal_items import PersonalItems
from chalicelib.adapters.return_items import item_to_return, return_to_item
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.domain.errors import Unknown
from chalicelib.domain.forgetting import forgotten
from chalicelib.domain.lifecycle import cancelled, mail_sent
from chalicelib.domain.returns import Return
from chalicelib.domain.seats import Seat
from chalicelib.domain.timing import wakes_at
from chalicelib.domain.visits import Link
from chalicelib.exports.columns import TABLES
from chalicelib.exports.damages import Damages
from chalicelib.exports.reading import Found
from chalicelib.exports.rows import Wanted, rows
from chalicelib.forgetting import Forgetting
from chalicelib.imports.batches import Tally, bring_in
from tests.conftest import Tables, new_bucket
from tests.customers import EMAIL, MARK, SOMEBODY, Remembered, leaves, marked, whole_return
from tests.desks import AtTheDesk
from tests.exports.returns import returns
from tests.imports.records import TERMS, json_lines, order_record, orders_of
from tests.made import NOON, made, order, stored

LATER = NOON + timedelta(days=3)
ZONES = {"azulu": ZoneInfo("America/Bogota"), "nurana": ZoneInfo("Asia/Tehran")}
WORDS = frozenset(
    """email parcel_carrier parcel_tracking label_tracking remark wanted photos override_reason reply inspection_reason note
    internal forgotten_at_utc forgotten_at_local""".split()
)
"""The columns of exports that are no figures, and that are empty once a customer is forgotten."""


def figures(*items: dict[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    """Return every column of every export of these returns, but for words."""
    told = {}
    for name, table in TABLES.items():
        found = (
            Found(packed(item), item["type"], "part", number) for number, item in enumerate(items) if item["type"] == "return"
        )
        columns = [column for column, _ in table.fields]
        _, lines = rows(found, table, Wanted(ZONES), Damages())
        told[name] = [tuple(cell for column, cell in zip(columns, line, strict=True) if column not in WORDS) for line in lines]
    return told


@settings(max_examples=30, deadline=None)
@given(returns())
def test_every_figure_of_a_return_stays_what_it_was(current: Return) -> None:
    following = forgotten(current, LATER)
    assert figures(return_to_item(following)) == figures(return_to_item(current))
    assert (following.version, following.forgotten_at) == (current.version + 1, LATER)
    assert forgotten(following, LATER + timedelta(days=1)) is following


def test_nothing_that_can_hold_words_of_a_customer_is_kept() -> None:
    full = marked(whole_return())
    assert len({text for text in leaves(return_to_item(full)) if MARK in text}) >= 18
    assert [text for text in leaves(return_to_item(forgotten(full, LATER))) if MARK in text] == []


def test_the_sample_holds_everything_that_a_return_can_hold() -> None:
    empty = {name for name, value in whole_return() if value is None}
    assert empty <= {
        "rma",
        "store",
        "opened_by",
        "answer_by",
        "resolve_by",
        "remind_at",
        "reminded_at",
        "assignee",
        "forgotten_at",
    }
    (first, _) = whole_return().lines
    assert not [name for name, value in first if isinstance(value, BaseModel) and not value.model_fields_set]
    assert {name for name, value in first if value is None} <= {"wish"}


def test_mails_that_wait_are_given_up_and_no_step_brings_another() -> None:
    gone = forgotten(made("authorised"), LATER)
    assert gone.waiting_mails == ()
    assert [mail.failed for mail in gone.outbox] == ["forgotten"]
    assert "unsent" not in return_to_item(gone)
    assert cancelled(gone, LATER).waiting_mails == ()


def test_a_mail_that_was_sent_stays_sent() -> None:
    current = made("authorised")
    gone = forgotten(mail_sent(current, current.outbox[0].id, NOON), LATER)
    assert (gone.outbox[0].sent_at, gone.outbox[0].failed) == (NOON, None)


def test_nobody_is_reminded_and_no_label_is_bought_any_more() -> None:
    plain = made("authorised")
    decision = replace(plain.lines[0].decision, shipping="merchant")
    lines = (plain.lines[0].model_copy(update={"decision": decision}),)
    waiting = plain.model_copy(update={"lines": lines, "label_wanted_at": NOON})
    assert "unsent" in return_to_item(waiting.model_copy(update={"outbox": ()}))
    assert "unsent" not in return_to_item(forgotten(waiting, LATER))
    assert not forgotten(waiting, LATER).label_awaited
    reminding = plain.model_copy(update={"remind_hours": 48, "grace_days": 7})
    assert plain.ship_by is not None
    assert wakes_at(reminding) == plain.ship_by - timedelta(hours=48)
    assert wakes_at(forgotten(reminding, LATER)) == plain.ship_by + timedelta(days=7)


@pytest.fixture
def remembered(tables: Tables) -> Remembered:
    return Remembered(tables)


def test_the_customer_is_found_nowhere_afterwards(remembered: Remembered) -> None:
    before = figures(*remembered.items())
    assert len(remembered.traces()) > 60
    done = remembered.forgetting().forget("azulu", EMAIL)
    assert (done.orders, done.returns, done.drafts, done.keys, done.files) == (1, 3, 2, 6, 19)
    assert done.mails == 9
    assert remembered.traces() == []
    assert figures(*remembered.items()) == before


def test_a_link_to_an_order_that_became_somebody_elses_is_found(remembered: Remembered) -> None:
    later = NOON + timedelta(minutes=10)
    link = Link(
        digest=f"{MARK}-old", merchant="azulu", number="AZ1002", written="AZ-1002", email=EMAIL, language="es", purpose="access",
        expires_at=later,
    )  # fmt: skip
    remembered.sessions.add_link(link, Seat(link.digest, link.number, "3"))
    assert remembered.forgetting().would_forget("azulu", EMAIL).keys == 7
    assert remembered.forgetting().forget("azulu", EMAIL).keys == 7
    assert remembered.traces() == []
    assert remembered.sessions.link("azulu", Seat("eva-link", "AZ1002", "0")), "the other's stays"


def test_a_later_export_tells_nothing_of_the_customer(remembered: Remembered) -> None:
    def exported() -> str:
        """Export the table as AWS does it, and return what the files of the export hold."""
        client, s3 = remembered.tables.client, boto3.client("s3", region_name="us-east-1")
        bucket = new_bucket()
        arn = client.describe_table(TableName=remembered.tables.returns)["Table"]["TableArn"]
        client.update_continuous_backups(
            TableName=remembered.tables.returns, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
        made = client.export_table_to_point_in_time(TableArn=arn, S3Bucket=bucket, S3Prefix="x")["ExportDescription"]["ExportArn"]
        for _ in range(200):
            if client.describe_export(ExportArn=made)["ExportDescription"]["ExportStatus"] == "COMPLETED":
                break
            time.sleep(0.02)
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
        bodies = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys]
        return "".join((gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode() for body in bodies).lower()

    assert MARK in exported()
    remembered.forgetting().forget("azulu", EMAIL)
    afterwards = exported()
    assert "az-1001" in afterwards
    assert not [line for line in afterwards.splitlines() if MARK in line and "nurana#" not in line]


def test_nothing_of_anybody_else_or_of_another_shop_is_lost(remembered: Remembered) -> None:
    def others() -> list[Any]:
        items = [
            item for item in remembered.items() if item.get("email") == SOMEBODY or "nurana" in json.dumps(item, default=str)
        ]
        return sorted(json.dumps(item, default=str, sort_keys=True) for item in items)

    before = others()
    assert len(before) == 13
    remembered.forgetting().forget("azulu", EMAIL)
    assert others() == before
    assert sorted(remembered.held()) == ["labels/azulu/AZ1002/1/label.pdf", "photos/azulu/AZ1002/evas/line/photo"]
    assert ReturnsTable(remembered.returns).draft("azulu", "AZ-1002", "", NOON).id == "evas"


def test_what_an_order_sold_when_and_for_how_much_stays(remembered: Remembered) -> None:
    def sold() -> dict[str, Any]:
        item = remembered.returns.get("azulu#AZ1001", "ORDER")
        names = ("number", "placed_at", "delivered_at", "currency", "country", "channel", "updated_at", "lines", "type")
        return {name: item[name] for name in names}

    before = sold()
    remembered.forgetting().forget("azulu", EMAIL)
    assert sold() == before


def test_a_dry_run_counts_the_same_and_changes_nothing(remembered: Remembered) -> None:
    before = remembered.items(), remembered.held()
    would = remembered.forgetting().would_forget("azulu", EMAIL)
    assert (remembered.items(), remembered.held()) == before
    assert would == remembered.forgetting().forget("azulu", EMAIL)


def test_forgetting_twice_finds_nothing_the_second_time(remembered: Remembered) -> None:
    remembered.forgetting().forget("azulu", EMAIL)
    before = remembered.items()
    done = remembered.forgetting().forget("azulu", EMAIL)
    assert (done.orders, done.returns, done.drafts, done.keys, done.files, done.mails) == (0, 0, 0, 0, 0, 0)
    assert remembered.items() == before


def test_the_customer_cannot_open_it_any_more(tables: Tables) -> None:
    at = AtTheDesk(tables)
    visit, seen = at.ready()
    at.desk.submit(visit, visit.draft.id, seen)
    session = at.session()
    keeping = Remembered(tables)
    keeping.forgetting().forget("azulu", stored().email)
    with pytest.raises(Unknown):
        at.desk.visit(session)
    assert ReturnsTable(keeping.returns).by_contact("azulu", stored().email) == ()


def test_a_step_that_comes_between_is_not_lost(remembered: Remembered) -> None:
    forgetting = remembered.forgetting()
    write, table = forgetting.personal.forget_return, ReturnsTable(remembered.returns)
    between = [True]

    def overtaken(changed: Return) -> bool:
        if between.pop() if between else False:
            current = table.by_slot("azulu", changed.order_number, changed.slot)
            assert current is not None
            assert table.change(current.model_copy(update={"assignee": "eva@azulu.example", "version": current.version + 1}))
        return write(changed)

    forgetting.personal.forget_return = overtaken  # type: ignore[method-assign]
    done = forgetting.forget("azulu", EMAIL)
    assert (done.orders, done.returns) == (1, 3)
    assert remembered.traces() == []
    first = ReturnsTable(remembered.returns).by_slot("azulu", "AZ-1001", 1)
    assert first is not None
    assert (first.assignee, first.email) == ("eva@azulu.example", "")


def test_an_import_that_comes_between_does_not_keep_the_customer(remembered: Remembered) -> None:
    newer = order_to_item(stored(order(tags=(MARK,)), email=EMAIL, updated_at=NOON + timedelta(days=1)))
    imports = [newer]

    class Overtaken(Table):
        """A table into which an import writes right after an order was read to be forgotten."""

        def get(self, pk: str, sk: str) -> Item | None:
            item = super().get(pk, sk)
            if sk == "ORDER" and imports:
                self.put(imports.pop())
            return item

    personal = PersonalItems(Overtaken(remembered.client, remembered.tables.returns), remembered.table)
    done = Forgetting(personal, remembered.files, lambda: LATER).forget("azulu", EMAIL)
    assert (done.orders, imports) == (1, [])
    assert remembered.traces() == []
    assert len(remembered.returns.get("azulu#AZ1001", "ORDER")["lines"]) == 1


@pytest.mark.parametrize("as_of", ["2026-03-01", "2036-03-01"])
def test_no_file_brings_a_forgotten_order_back_and_a_new_order_is_a_new_one(remembered: Remembered, as_of: str) -> None:
    remembered.forgetting().forget("azulu", EMAIL)
    before = remembered.returns.get("azulu#AZ1001", "ORDER")
    records = [order_record(number=number, email=EMAIL, updated_at=...) for number in ("AZ-1001", "AZ-1009")]
    at = TERMS.as_of.fromisoformat(f"{as_of}T00:00:00+00:00")
    tally = Tally()
    bring_in(orders_of(json_lines(*records)), BulkTable(remembered.tables.client, remembered.tables.returns), at, print, tally)
    assert (tally.written, tally.older) == (1, 1)
    assert remembered.returns.get("azulu#AZ1001", "ORDER") == before
    assert remembered.returns.get("azulu#AZ1009", "ORDER")["email"] == EMAIL


def test_what_cannot_be_read_is_named_and_keeps_nothing_else(remembered: Remembered) -> None:
    item = remembered.returns.get("azulu#AZ1001", "RETURN#002")
    remembered.returns.put({name: value for name, value in item.items() if name != "lines"})
    done = remembered.forgetting().forget("azulu", EMAIL)
    assert (done.orders, done.returns, done.damaged) == (1, 2, ("AZ-1001/2",))
    remembered.returns.put(item)
    assert remembered.forgetting().forget("azulu", EMAIL).returns == 1
    assert remembered.traces() == []


def test_a_forgotten_return_is_read_as_any_other() -> None:
    gone = forgotten(marked(whole_return()), LATER)
    assert item_to_return(return_to_item(gone)) == gone
