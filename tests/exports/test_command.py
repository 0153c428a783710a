"""`exports returns | lines | timeline`, from the arguments to the file: summaries, refusals, and files whole or absent."""

from __future__ import annotations

import csv
import io
import json
import re
import tracemalloc
from pathlib import Path

import pytest

from chalicelib.adapters.dynamodb import packed
from chalicelib.cli import main
from chalicelib.exports.columns import TABLES
from chalicelib.exports.csv_file import write_csv
from chalicelib.exports.damages import Damages
from chalicelib.exports.places import Folder
from chalicelib.exports.reading import Reading
from chalicelib.exports.rows import Wanted, rows
from tests.exports.aws_layout import bare, full, part_of, rewrite
from tests.exports.items import order_item, return_item, some_items
from tests.made import NOON, made


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A full export of an order, a variant and five returns of azulu, and one of nurana."""
    root = tmp_path / "export"
    full(root, [*some_items(), return_item("NU-1", merchant="nurana")], NOON)
    return root


def test_rows_go_to_standard_output_and_the_summary_does_not(export: Path, capsysbinary) -> None:
    assert main(["exports", "returns", "--from", str(export), "--shop", "azulu"]) == 0
    said = capsysbinary.readouterr()
    shown = list(csv.DictReader(io.StringIO(said.out.decode(), newline="")))
    assert sorted(row["return_id"] for row in shown) == [f"AZ-{number}/1" for number in range(1, 6)]
    assert said.err.decode().splitlines() == [
        "full export 01773162000000-023d780f of 2026-03-10 17:00 UTC, table vuelta-returns",
        "4 files: 1 order, 1 product, 6 returns",
        "returns: 5 rows of 5 returns; 1 return not asked for",
    ]


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx", "x.jsonl", "x.parquet"])
@pytest.mark.parametrize("table", TABLES)
def test_the_format_follows_the_files_name(export: Path, tmp_path: Path, table: str, name: str) -> None:
    output = tmp_path / name
    assert main(["exports", table, "--from", str(export), "--output", str(output)]) == 0
    start = {"x.csv": b"merchant,order_number", "x.xlsx": b"PK", "x.jsonl": b'{"merchant":', "x.parquet": b"PAR1"}[name]
    assert output.read_bytes().startswith(start)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", name]


def test_every_format_says_the_same_on_standard_output(export: Path, tmp_path: Path, capsysbinary) -> None:
    for form in ("csv", "jsonl", "xlsx", "parquet"):
        output = tmp_path / form
        main(["exports", "lines", "--from", str(export), "--format", form, "--output", str(output)])
        capsysbinary.readouterr()
        main(["exports", "lines", "--from", str(export), "--format", form, "--output", "-"])
        shown = capsysbinary.readouterr().out
        if form in {"csv", "jsonl"}:
            assert shown == output.read_bytes()
        else:
            assert shown[:4] == output.read_bytes()[:4]


def test_days_choose_by_the_shops_calendar(export: Path, capsys) -> None:
    assert main(["exports", "returns", "--from", str(export), "--format", "jsonl", "--since", "2026-03-11"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["exports", "returns", "--from", str(export), "--format", "jsonl", "--until", "2026-03-10"]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["created_at_local"] for row in said if row["merchant"] == "nurana"} == {"2026-03-10T20:30:00.000+03:30"}


def test_damage_is_told_with_file_and_line_and_the_status_is_1(export: Path, tmp_path: Path, capsys) -> None:
    (folder,) = (export / "AWSDynamoDB").iterdir()
    wrong = packed(return_item("AZ-9")) | {"created_at": {"S": "\x1b[31m"}}
    rewrite(part_of(folder), [b"{", json.dumps({"Item": wrong}).encode()])
    output = tmp_path / "x.csv"
    assert main(["exports", "returns", "--from", str(export), "--output", str(output)]) == 1
    said = capsys.readouterr().err
    name = f"{folder.name}/data/{part_of(folder).name}"
    assert f"damaged: {name}, line 1: is no item in DynamoDB's JSON" in said
    assert f"damaged: {name}, line 2: created_at: created_at is no moment: this return is left out" in said
    assert f"damaged: {name}: its MD5 is" in said
    assert len(output.read_text().splitlines()) == 1 + 4


def test_a_million_damages_are_told_in_twenty_lines(tmp_path: Path, capsys) -> None:
    folder = bare(tmp_path, [])
    rewrite(folder / "data" / "114b996a.gz", [b"{"] * 1000)
    assert main(["exports", "returns", "--from", str(tmp_path)]) == 1
    assert "damaged: … and 980 more" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--from", "{there}/none"], "there is no folder"),
        (["--from", "{there}/export/AWSDynamoDB/x.gz"], "is a file: give the folder of the export"),
        (["--from", "{there}"], "there is no export in .*, but there are in export: add one"),
        (["--from", "s3://"], "'s3://' is no address such as s3://bucket/prefix"),
        (["--from", "{there}/export", "--export", "x"], "there is no export 'x' in"),
        (["--from", "{there}/export", "--shop", "azul"], "there is no shop 'azul': did you mean 'azulu'"),
        (["--from", "{there}/export", "--since", "2026-03-02", "--until", "2026-03-01"], "--until 2026-03-01 is before"),
        (["--from", "{there}/export", "--format", "xlsx", "--bom"], "--bom and --separator are for CSV, and this is xlsx"),
        (["--from", "{there}/export", "--output", "{there}"], "is a folder: name a file in it"),
        (["--from", "{there}/export", "--output", "{there}/none/x.csv"], "there is no folder .*none to write x.csv to"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(export: Path, capsys, arguments: list[str], why: str) -> None:
    (export / "AWSDynamoDB" / "x.gz").touch()
    assert main(["exports", "returns", *(each.format(there=export.parent) for each in arguments)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("vuelta: ")
    assert re.search(why, said)


@pytest.mark.parametrize("arguments", [["--since", "yesterday"], ["--format", "pdf"], ["--separator", "|"], []])
def test_arguments_that_are_none_are_told_by_name(export: Path, capsys, arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(["exports", "returns", *(["--from", str(export)] if arguments else []), *arguments])
    assert (arguments[0] if arguments else "--from") in capsys.readouterr().err


def test_an_export_of_another_table_leaves_the_file_that_was_there(tmp_path: Path, capsys) -> None:
    full(tmp_path / "export", [{"pk": "a", "sk": "b", "type": "session"}], NOON, table="arn:aws:dynamodb:::table/other")
    output = tmp_path / "x.csv"
    output.write_text("before")
    assert main(["exports", "returns", "--from", str(tmp_path / "export"), "--output", str(output)]) == 2
    assert "none of the 1 items is of a returns table: this is an export of another one (other)" in capsys.readouterr().err
    assert output.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "x.csv"]


def test_a_table_without_returns_is_a_header(tmp_path: Path, capsys) -> None:
    full(tmp_path, [order_item()], NOON)
    assert main(["exports", "timeline", "--from", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("\n") == 1


def test_memory_does_not_grow_with_the_export(tmp_path: Path) -> None:
    line = json.dumps({"Item": packed(return_item(lines=return_lines()))}).encode()
    count = 16 * 1024**2 // len(line)
    folder = bare(tmp_path, [])
    rewrite(folder / "data" / "114b996a.gz", [line] * count)
    tracemalloc.start()
    try:
        reading = Reading(Folder(tmp_path))
        counts, drawn = rows(iter(reading), TABLES["timeline"], Wanted({}), Damages())
        with (tmp_path / "x.csv").open("wb") as stream:
            write_csv(stream, tuple(TABLES["timeline"].fields), drawn, bom=False)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert counts.returns == count
    assert peak < 3 * 1024**2, f"{peak / 1024**2:.1f} MiB for 16 MiB of items"


def return_lines() -> tuple:
    """Return twenty lines with long remarks."""
    line = made().lines[0]
    return tuple(line.model_copy(update={"remark": "x" * 1000}) for _ in range(20))
