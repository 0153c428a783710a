"""The commands, from the file to the exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.cli import build_parser, main
from chalicelib.commands.importing import Job, carry_out
from chalicelib.domain.errors import Unavailable
from chalicelib.imports.lines import ImportRefusedError
from chalicelib.imports.order_files import read_orders
from chalicelib.shops import load_shops
from tests.imports import platform_files
from tests.imports.records import MemoryShelf, json_lines, order_record, row, table, variant_record

AZULU = load_shops()["azulu"].merchant


@pytest.fixture
def shelf():
    return MemoryShelf()


@pytest.fixture
def orders(tmp_path):
    """Return what writes a file of orders and gives its job."""

    def write(content, name="orders.jsonl", **more):
        path = tmp_path / name
        path.write_bytes(content)
        plain = {"noun": "orders", "path": str(path), "form": None, "as_of": None, "rejected": tmp_path / f"{name}.rejected"}
        return Job(**plain | more)

    return write


def test_all_taken_is_status_0_and_leaves_no_rejections(orders, shelf, capsys):
    job = orders(json_lines(order_record()))
    job.rejected.write_text("of last time")
    assert carry_out(job, read_orders, AZULU, shelf) == 0
    assert not job.rejected.exists()
    said = capsys.readouterr()
    assert said.out.startswith("azulu orders: 1 read, 1 written, 0 unchanged, 0 older than what is there, 0 rejected; ")
    assert said.err == ""


def test_any_rejected_is_status_1_and_stands_in_a_file(orders, shelf, capsys):
    job = orders(json_lines(order_record(), order_record(number="AZ-2", email="ana")))
    job.rejected.write_text("of last time")
    assert carry_out(job, read_orders, AZULU, shelf) == 1
    (rejected,) = map(json.loads, job.rejected.read_text().splitlines())
    assert rejected["line"] == 2
    assert rejected["reason"] == "email: is not an e-mail address, such as ana@example.com"
    assert json.loads(rejected["text"]) == order_record(number="AZ-2", email="ana")
    said = capsys.readouterr()
    assert said.err == f"line 2: {rejected['reason']}\n"
    assert "1 written" in said.out
    assert f"1 rejected (see {job.rejected})" in said.out


def test_of_many_rejections_the_first_are_shown(orders, shelf, capsys):
    assert carry_out(orders(b"x\n" * 30, "orders.jsonl"), read_orders, AZULU, shelf) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "… and 20 more"


def test_a_rejection_is_harmless_on_a_terminal_and_in_its_file(orders, shelf, capsys):
    job = orders(b'{"\\u001b[31m\\ud800": 1}\n')
    assert carry_out(job, read_orders, AZULU, shelf) == 1
    assert "\x1b" not in capsys.readouterr().err
    assert json.loads(job.rejected.read_bytes())["text"] == '{"\\u001b[31m\\ud800": 1}'


def test_the_files_time_is_its_version(orders, shelf):
    old, new = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    for email, at in (("new", new), ("old", old)):
        job = orders(json_lines(order_record(email=f"{email}@example.com")))
        os.utime(job.path, (at.timestamp(), at.timestamp()))
        carry_out(job, read_orders, AZULU, shelf)
    (item,) = shelf.items.values()
    assert (item["email"], item["updated_at"]) == ("new@example.com", "2026-02-01T00:00:00.000000Z")


def test_the_version_may_be_given(orders, shelf):
    carry_out(orders(json_lines(order_record()), as_of=datetime(2026, 2, 2, tzinfo=UTC)), read_orders, AZULU, shelf)
    assert next(iter(shelf.items.values()))["updated_at"].startswith("2026-02-02")


def test_a_file_that_seems_to_come_from_the_future_is_of_now(orders, shelf):
    job = orders(json_lines(order_record()))
    os.utime(job.path, (2**32, 2**32))
    assert carry_out(job, read_orders, AZULU, shelf) == 0
    assert next(iter(shelf.items.values()))["updated_at"] < "2100"


def test_csv_is_told_by_its_name(orders, shelf):
    assert carry_out(orders(table(row()), "orders.csv"), read_orders, AZULU, shelf) == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (table(), "there is a header and nothing below it"),
        (b"a,b\n1,2\n", "line 1 is no header of known columns"),
        ("number".encode("utf-16"), "the file is UTF-16"),
    ],
)
def test_nothing_readable_is_refused_and_earlier_rejections_stay(orders, shelf, content, words):
    job = orders(content, "orders.csv")
    job.rejected.write_text("of last time")
    with pytest.raises(ImportRefusedError, match=words):
        carry_out(job, read_orders, AZULU, shelf)
    assert job.rejected.read_text() == "of last time"


class Failing(MemoryShelf):
    """A table that fails after the first batch."""

    def add(self, items):
        if self.items:
            raise Unavailable("table returns", "batch_write_item: still throttled after 12 attempts")
        super().add(items)


def test_a_table_that_fails_half_way_is_told_with_what_was_done(orders, capsys):
    job = orders(json_lines(*(order_record(number=f"AZ-{number}") for number in range(250))))
    assert carry_out(job, read_orders, AZULU, Failing()) == 2
    assert capsys.readouterr().err == (
        "vuelta: table returns is not available: batch_write_item: still throttled after 12 attempts; "
        "until then 100 orders were written, and importing the same file again is safe\n"
    )


def test_rejections_that_cannot_be_written_stop_the_import(orders, shelf, capsys, tmp_path):
    job = orders(b"x\n", rejected=tmp_path / "nowhere" / "rejected")
    assert carry_out(job, read_orders, AZULU, shelf) == 2
    assert "name another file by --rejected" in capsys.readouterr().err


@pytest.fixture
def environment(tables, monkeypatch):
    """An environment that names the tables on moto."""
    monkeypatch.setenv("RETURNS_TABLE", tables.returns)
    return tables


def test_the_commands_write_to_the_table_that_the_environment_names(environment, tmp_path, capsys):
    orders, catalogue = tmp_path / "orders.csv", tmp_path / "catalogue.jsonl"
    orders.write_bytes(table(row()))
    catalogue.write_bytes(json_lines(variant_record()))
    assert main(["orders", "import", "azulu", str(orders)]) == 0
    assert main(["catalogue", "import", "azulu", str(catalogue)]) == 0
    items = environment.client.scan(TableName=environment.returns)["Items"]
    assert {(item["pk"]["S"], item["sk"]["S"]) for item in items} == {
        ("azulu#AZ1001", "ORDER"),
        ("azulu#PRODUCT#DR-77", "SKU#DR-77-M"),
    }
    assert "azulu variants: 1 read, 1 written" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["azulo", "FILE"], "there is no shop 'azulo': did you mean 'azulu'?"),
        (["acme", "FILE"], "there is no shop 'acme': there are alustoora, azulu, nurana"),
        (["azulu", "FILE.not"], "No such file or directory"),
        (["azulu", "."], "Is a directory"),
        (["azulu", "FILE", "--rejected", "FILE"], "--rejected names FILE itself"),
        (["azulu", "FILE", "--from", "shopfy"], "we cannot read exports from 'shopfy': did you mean 'shopify'?"),
        (["azulu", "FILE", "--from", "etsy"], "we cannot read exports from 'etsy': there are shopify, woocommerce"),
        (["azulu", "FILE", "--from", "shopify"], "is no header of a Shopify order export: it lacks the column"),
        (["azulu", "FILE", "--from", "shopify", "--format", "jsonl"], "an order export of Shopify is CSV, and this is JSON"),
        (["azulu", "FILE", "--keep-refunded"], "--delivered-after-days and --keep-refunded go with --from"),
    ],
)
def test_what_cannot_be_imported_is_one_line_and_status_2(environment, tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    Path("FILE").write_bytes(table(row()))
    assert main(["orders", "import", *arguments]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_a_missing_table_is_one_line_and_status_2(environment, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RETURNS_TABLE", "nowhere")
    path = tmp_path / "orders.jsonl"
    path.write_bytes(json_lines(order_record()))
    assert main(["orders", "import", "azulu", str(path)]) == 2
    assert "table nowhere is not available: batch_get_item: ResourceNotFoundException" in capsys.readouterr().err


def test_a_time_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        build_parser().parse_args(["orders", "import", "azulu", "-", "--as-of", "yesterday"])
    assert "'yesterday' is no moment: write it as in 2026-03-01T09:00:00-05:00" in capsys.readouterr().err


@pytest.mark.parametrize("days", ["-1", "91", "two", "1.5"])
def test_a_number_of_days_that_is_none_is_refused(capsys, days):
    with pytest.raises(SystemExit):
        build_parser().parse_args(["orders", "import", "azulu", "-", "--from", "shopify", f"--delivered-after-days={days}"])
    assert "is no number of days from 0 to 90" in capsys.readouterr().err


def test_an_order_that_was_called_off_since_is_gone_and_an_older_export_does_not_bring_it_back(environment, tmp_path):
    def bring(name, as_of, **changes):
        path = tmp_path / name
        path.write_bytes(platform_files.table(platform_files.SHOPIFY, platform_files.shopify_order(**changes)))
        assert main(["orders", "import", "azulu", str(path), "--from", "shopify", "--as-of", as_of]) == 0
        return ReturnsTable(Table(environment.client, environment.returns)).order_with_returns("azulu", "1001")[0]

    assert bring("monday.csv", "2026-03-02T02:00:00Z").email == "ana@example.com"
    assert bring("wednesday.csv", "2026-03-04T02:00:00Z", **{"Cancelled at": "2026-03-03 09:00:00 -0500"}) is None
    assert bring("tuesday.csv", "2026-03-03T02:00:00Z") is None
    assert bring("thursday.csv", "2026-03-05T02:00:00Z").order.number == "#1001"


AWS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_ACCOUNT_ID_ENDPOINT_MODE")


def test_standard_input_is_read_in_a_run_of_its_own(dynalite_tables, dynalite, tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "chalicelib", "orders", "import", "azulu", "-"],
        check=False,
        input=json_lines(order_record(), {"x": 1}),
        capture_output=True,
        cwd=tmp_path,
        # What other tests put into the environment is none of its business.
        env={name: value for name, value in os.environ.items() if name in ("PATH", "HOME") or name in AWS}
        | {
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            "RETURNS_TABLE": dynalite_tables.returns,
            "AWS_ENDPOINT_URL": dynalite,
        },
    )
    assert result.returncode == 1, result.stderr.decode()
    assert b"2 read, 1 written" in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["orders.rejected"]
