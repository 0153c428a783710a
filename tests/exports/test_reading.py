"""Exports are read whole, in AWS's layout and in an emulator's, and what is damaged in them is named and survived."""

from __future__ import annotations

import gzip
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb import packed
from chalicelib.exports.places import ExportRefused, Folder
from chalicelib.exports.reading import Found, Reading
from tests.exports.aws_layout import TABLE, bare, full, incremental, lines_of, part_of, rewrite, write_manifest
from tests.exports.items import order_item, return_item, some_items
from tests.made import NOON

HOUR = timedelta(hours=1)


def read(path: Path, named: str | None = None) -> tuple[list[Found], Reading]:
    reading = Reading(Folder(path), named)
    return list(reading), reading


def keys(found: list[Found]) -> set[tuple[str, str]]:
    return {(each.item["pk"]["S"], each.item["sk"]["S"]) for each in found}


def told(reading: Reading) -> list[str]:
    return [str(damage) for damage in reading.damages.first]


@pytest.mark.parametrize("inside", ["", "AWSDynamoDB", "AWSDynamoDB/*-*"])
def test_a_full_export_is_read_whole_from_wherever_one_points_at_it(tmp_path: Path, inside: str) -> None:
    items = some_items()
    full(tmp_path, items, NOON)
    (path,) = tmp_path.glob(inside) if inside else (tmp_path,)
    found, reading = read(path)
    assert sorted(json.dumps(each.item) for each in found) == sorted(json.dumps(packed(item)) for item in items)
    assert reading.tally.items == {"order": 1, "product": 1, "return": 5}
    assert (reading.tally.files, reading.damages.count) == (4, 0)


def test_an_export_that_was_copied_alone_is_read(tmp_path: Path) -> None:
    folder = full(tmp_path / "there", some_items(), NOON, prefix="azulu/2026")
    shutil.copytree(folder, tmp_path / "here")
    found, reading = read(tmp_path / "here")
    assert (len(found), reading.damages.count) == (7, 0)


def test_what_an_emulator_writes_is_read_and_said_to_be_unverified(tmp_path: Path) -> None:
    folder = bare(tmp_path, some_items())
    for path in (tmp_path, folder, folder / "data"):
        found, reading = read(path)
        assert len(found) == 7
        assert reading.chosen.notes == ("there is no manifest: nothing can be verified",)


def test_the_newest_full_export_is_read_unless_another_is_named(tmp_path: Path) -> None:
    old = full(tmp_path, some_items(2), NOON)
    full(tmp_path, some_items(5), NOON + HOUR)
    assert len(read(tmp_path)[0]) == 7
    assert len(read(tmp_path, old.name)[0]) == 4
    with pytest.raises(ExportRefused, match="no export 'lost' in"):
        read(tmp_path, "lost")


@pytest.mark.parametrize("old", [False, True])
def test_increments_lead_a_full_export_on(tmp_path: Path, old: bool) -> None:
    kept, changed, deleted = (return_item(f"AZ-{number}") for number in (1, 2, 3))
    added = return_item("AZ-4")
    full(tmp_path, [kept, changed, deleted], NOON)
    once, twice = {**changed, "language": "en"}, {**changed, "language": "fa"}
    incremental(tmp_path, [(changed, once, NOON), (None, added, NOON)], NOON, NOON + HOUR, old=old)
    later = [(once, twice, NOON + HOUR), (deleted, None, NOON + HOUR)]
    incremental(tmp_path, later, NOON + HOUR, NOON + 2 * HOUR, old=old)
    found, reading = read(tmp_path)
    languages = {each.item["order_number"]["S"]: each.item["language"]["S"] for each in found}
    assert languages == {"AZ-1": "es", "AZ-2": "fa", "AZ-4": "es"}
    assert (reading.tally.deleted, reading.tally.older, reading.chosen.notes, reading.damages.count) == (1, 3, (), 0)


def test_increments_from_before_the_full_export_are_left_alone(tmp_path: Path) -> None:
    item = return_item()
    incremental(tmp_path, [(item, None, NOON)], NOON, NOON + HOUR)
    full(tmp_path, [item], NOON + 2 * HOUR)
    assert len(read(tmp_path)[0]) == 1


def test_a_gap_between_increments_is_told(tmp_path: Path) -> None:
    full(tmp_path, some_items(), NOON)
    incremental(tmp_path, [], NOON + HOUR, NOON + 2 * HOUR)
    _, reading = read(tmp_path)
    assert reading.chosen.notes == ("what changed between 2026-03-10 17:00 UTC and 2026-03-10 18:00 UTC is in no export",)


def test_an_increment_alone_is_what_changed(tmp_path: Path) -> None:
    folder = incremental(tmp_path, [(None, return_item(), NOON), (return_item("AZ-2"), None, NOON)], NOON, NOON + HOUR)
    incremental(tmp_path, [(None, return_item("AZ-3"), NOON + HOUR)], NOON + HOUR, NOON + 2 * HOUR)
    found, reading = read(tmp_path, folder.name)
    assert (len(found), reading.tally.deleted) == (1, 1)
    assert reading.chosen.notes == ("no full export is read with it: this is only what changed",)


def test_exports_of_several_tables_are_not_mixed(tmp_path: Path) -> None:
    full(tmp_path, some_items(), NOON)
    other = full(tmp_path, some_items(1), NOON, table=TABLE + "-old")
    with pytest.raises(ExportRefused, match=r"several tables .*vuelta-returns-old.* name one with --export"):
        read(tmp_path)
    assert len(read(tmp_path, other.name)[0]) == 3


def test_items_of_another_table_are_counted_and_left_out(tmp_path: Path) -> None:
    full(tmp_path, [{"id": "1"}, {"pk": "a", "sk": "b"}, {"pk": "a", "sk": "b", "type": "session"}, order_item()], NOON)
    found, reading = read(tmp_path)
    assert ([each.kind for each in found], reading.tally.items["other"], reading.damages.count) == (["order"], 3, 0)


def test_a_file_that_ends_in_the_middle_is_read_until_there(tmp_path: Path) -> None:
    folder = full(tmp_path, some_items(30), NOON, parts=1)
    part = part_of(folder)
    whole = part.read_bytes()
    part.write_bytes(whole[: len(whole) // 2])
    found, reading = read(tmp_path)
    assert 0 < len(found) < 32
    (broken,) = told(reading)
    name = part.relative_to(tmp_path / "AWSDynamoDB").as_posix()
    assert broken.startswith(f"{name}, line {len(found) + 1}: the compressed file ends here")


def test_a_wrong_checksum_is_told_and_the_items_are_read(tmp_path: Path) -> None:
    part = part_of(full(tmp_path, some_items(), NOON, parts=1))
    rewrite(part, lines_of(part)[::-1])
    found, reading = read(tmp_path)
    assert len(found) == 7
    (only,) = told(reading)
    assert "its MD5 is" in only


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"Item": {', "is no item in DynamoDB's JSON"),
        (b"[1, 2]", "is no item in DynamoDB's JSON"),
        (b'{"Item": 3}', "is no item in DynamoDB's JSON"),
        (b"\xff\xfe", "is no item in DynamoDB's JSON"),
        (b"[" * 100_000, "is no item in DynamoDB's JSON"),
        (b'{"Item": "' + b"x" * 9 * 1024**2 + b'"}', "is longer than 8 MiB"),
    ],
)
def test_a_line_that_is_no_item_is_named_and_the_rest_is_read(tmp_path: Path, line: bytes, why: str) -> None:
    folder = bare(tmp_path, [])
    part = folder / "data" / "114b996a.gz"
    whole = [json.dumps({"Item": packed(item)}).encode() for item in some_items(2)]
    rewrite(part, [*whole[:2], line, *whole[2:]])
    found, reading = read(tmp_path)
    assert len(found) == 4
    assert told(reading) == [f"a4e18336/data/114b996a.gz, line 3: {why}"]


@pytest.mark.parametrize(("content", "why"), [(b"", "is empty, not even"), (b"%PDF-1.7", "is not compressed by gzip; ")])
def test_a_file_that_is_no_gzip_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    part = part_of(full(tmp_path, some_items(), NOON))
    part.write_bytes(content)
    _, reading = read(tmp_path)
    assert why in told(reading)[0]


def test_a_part_that_is_missing_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    part = part_of(full(tmp_path, some_items(4), NOON, parts=2))
    part.unlink()
    found, reading = read(tmp_path)
    assert len(found) == 3
    assert told(reading) == [f"{part.relative_to(tmp_path / 'AWSDynamoDB')}: is missing, though the manifest lists it"]


def test_a_count_that_differs_from_the_manifest_is_told(tmp_path: Path) -> None:
    folder = full(tmp_path, some_items(), NOON, parts=1)
    raw = (folder / "manifest-files.json").read_bytes()
    write_manifest(folder, "manifest-files", raw.replace(b'"itemCount":7', b'"itemCount":9'))
    _, reading = read(tmp_path)
    assert told(reading)[0].endswith("holds 7 items, the manifest says 9")


def test_a_manifest_that_was_changed_is_told(tmp_path: Path) -> None:
    folder = full(tmp_path, some_items(), NOON)
    for name in ("manifest-files.json", "manifest-summary.json"):
        with (folder / name).open("ab") as stream:
            stream.write(b"\n")
    found, reading = read(tmp_path)
    assert len(found) == 7
    assert [line.partition(":")[0].rpartition("/")[2] for line in told(reading)] == [
        "manifest-summary.json",
        "manifest-files.json",
    ]


def test_a_summary_that_was_changed_does_not_decide_what_is_read(tmp_path: Path) -> None:
    older, newer = full(tmp_path, some_items(), NOON), full(tmp_path, [return_item("AZ-9")], NOON + HOUR)
    summary = older / "manifest-summary.json"
    summary.write_bytes(summary.read_bytes().replace(b'"exportTime":"2026-', b'"exportTime":"2027-'))
    found, reading = read(tmp_path)
    assert (len(found), reading.chosen.full.id) == (1, newer.name)  # type: ignore[union-attr]
    change = incremental(tmp_path, [(None, return_item("AZ-10"), NOON)], NOON + HOUR, NOON + 2 * HOUR)
    summary = change / "manifest-summary.json"
    summary.write_bytes(summary.read_bytes().replace(b'"exportToTime":"2026-', b'"exportToTime":"2025-'))
    found, reading = read(tmp_path)
    assert len(found) == 2
    assert reading.damages.count


def test_a_summary_that_was_changed_hides_no_other_table(tmp_path: Path) -> None:
    full(tmp_path, some_items(), NOON)
    other = full(tmp_path, some_items(), NOON + HOUR, table=TABLE.replace("returns", "others"))
    with (other / "manifest-summary.json").open("ab") as stream:
        stream.write(b"\n")
    with pytest.raises(ExportRefused, match="several tables"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b'"itemCount":7', b'"itemCount":1e999'),
        (b'"exportTime":"2026-03-10T17:00:00.000Z"', b'"exportTime":"0001-01-01T00:00:00+23:59"'),
        (b'"exportTime":"2026-03-10T17:00:00.000Z"', b'"exportTime":"9999-12-31T23:59:59-23:59"'),
    ],
)
def test_a_summary_that_says_what_cannot_be_is_told_and_the_items_are_read(tmp_path: Path, was: bytes, now: bytes) -> None:
    folder = full(tmp_path, some_items(), NOON)
    raw = (folder / "manifest-summary.json").read_bytes()
    assert was in raw
    write_manifest(folder, "manifest-summary", raw.replace(was, now))
    found, reading = read(tmp_path)
    assert len(found) == 7
    assert told(reading) == [f"{folder.name}/manifest-summary.json: is no summary of an export"]


@pytest.mark.parametrize("key", ["\0", "x\0.json.gz", "\ud800.json.gz", "..", ""])
def test_a_manifest_s_entry_that_can_name_no_file_is_told_and_the_others_are_read(tmp_path: Path, key: str) -> None:
    folder = full(tmp_path, some_items(), NOON)
    odd = json.dumps({"itemCount": 1, "dataFileS3Key": f"data/{key}"}).encode() + b"\n"
    endless = b'{"itemCount": Infinity, "dataFileS3Key": "data/x.json.gz"}\n'
    write_manifest(folder, "manifest-files", odd + endless + (folder / "manifest-files.json").read_bytes())
    found, reading = read(tmp_path)
    assert len(found) == 7
    assert told(reading) == [f"{folder.name}/manifest-files.json, line {line}: names no file of items" for line in (1, 2)]


@pytest.mark.parametrize("at", ["9" * 50, "-1", float("inf")])
def test_an_image_of_no_moment_is_told_and_the_others_are_read(tmp_path: Path, at: str | float) -> None:
    folder = incremental(tmp_path, [(None, each, NOON) for each in some_items(2)], NOON - HOUR, NOON + HOUR)
    part = part_of(folder)
    first, *others = lines_of(part)
    odd = json.loads(first) | {"Metadata": {"WriteTimestampMicros": {"N": at}}}
    rewrite(part, [json.dumps(odd).encode(), *others])
    found, reading = read(tmp_path)
    assert len(found) == 3
    assert told(reading)[0].endswith("line 1: is no image of an item in DynamoDB's JSON")


def test_a_manifest_cannot_lead_out_of_the_export(tmp_path: Path) -> None:
    folder = full(tmp_path / "here", [], NOON)
    rewrite(tmp_path / "secret.json.gz", [json.dumps({"Item": packed(order_item())}).encode()])
    entry = {"itemCount": 1, "md5Checksum": "", "dataFileS3Key": "../../../secret.json.gz"}
    write_manifest(folder, "manifest-files", json.dumps(entry).encode())
    found, reading = read(tmp_path / "here")
    assert found == []
    assert "is missing, though the manifest lists it" in told(reading)[0]


def test_what_is_wrong_with_an_export_that_is_not_read_does_not_matter(tmp_path: Path) -> None:
    ion, broken = full(tmp_path, [], NOON), full(tmp_path, [], NOON, number=1)
    raw = (ion / "manifest-summary.json").read_bytes()
    write_manifest(ion, "manifest-summary", raw.replace(b"DYNAMODB_JSON", b"ION"))
    (broken / "manifest-summary.md5").unlink()
    full(tmp_path, some_items(), NOON + HOUR)
    found, reading = read(tmp_path)
    assert (len(found), reading.damages.count) == (7, 0)
    with pytest.raises(ExportRefused, match="in the format ION"):
        read(tmp_path, ion.name)
    assert told(read(tmp_path, broken.name)[1]) == [
        f"{broken.name}/manifest-summary.json: its checksum is missing, so that it cannot be verified"
    ]


def test_without_its_summary_an_export_is_still_read(tmp_path: Path) -> None:
    folder = full(tmp_path, some_items(), NOON)
    (folder / "manifest-summary.json").write_text("{")
    found, reading = read(tmp_path)
    assert len(found) == 7
    assert told(reading) == [f"{folder.name}/manifest-summary.json: is no summary of an export"]
    assert reading.chosen.full is not None
    assert reading.chosen.full.until == NOON


def test_without_the_list_of_its_files_a_full_export_is_read_from_its_folder_and_an_increment_is_refused(tmp_path: Path) -> None:
    folder = full(tmp_path / "full", some_items(), NOON)
    (folder / "manifest-files.json").unlink()
    found, reading = read(tmp_path / "full")
    assert len(found) == 7
    assert told(reading) == [f"{folder.name}/manifest-files.json: is missing"]
    folder = incremental(tmp_path / "increment", [], NOON, NOON + HOUR)
    (folder / "manifest-files.json").unlink()
    with pytest.raises(ExportRefused, match=r"has no manifest-files\.json"):
        read(tmp_path / "increment")


def test_an_export_that_has_not_finished_is_passed_over_and_refused_by_name(tmp_path: Path) -> None:
    full(tmp_path, some_items(), NOON)
    running = tmp_path / "AWSDynamoDB" / "01799999999999-aaaaaaaa"
    running.mkdir()
    (running / "_started").touch()
    assert len(read(tmp_path)[0]) == 7
    with pytest.raises(ExportRefused, match="has not finished"):
        read(tmp_path, running.name)
    shutil.rmtree(next(path for path in running.parent.iterdir() if path != running))
    with pytest.raises(ExportRefused, match="has finished yet"):
        read(tmp_path)


def test_amazon_ion_is_refused_in_one_line(tmp_path: Path) -> None:
    folder = full(tmp_path / "listed", some_items(), NOON)
    raw = (folder / "manifest-summary.json").read_bytes()
    write_manifest(folder, "manifest-summary", raw.replace(b"DYNAMODB_JSON", b"ION"))
    with pytest.raises(ExportRefused, match="in the format ION, which is not read: request"):
        read(tmp_path / "listed")
    folder = bare(tmp_path / "bare", [])
    rewrite(folder / "data" / "114b996a.gz", [b'$ion_1_0 {Item:{pk:"a"}}'])
    with pytest.raises(ExportRefused, match="in Amazon Ion"):
        read(tmp_path / "bare")


def test_a_shared_folder_of_increments_is_not_read_without_manifests(tmp_path: Path) -> None:
    incremental(tmp_path, [(None, return_item(), NOON)], NOON, NOON + HOUR)
    with pytest.raises(ExportRefused, match="is of an incremental export: give the folder"):
        read(tmp_path / "AWSDynamoDB" / "data")


def test_where_there_is_no_export_the_way_to_one_is_told(tmp_path: Path) -> None:
    full(tmp_path, [], NOON, prefix="azulu")
    with pytest.raises(ExportRefused, match="but there are in azulu: add one"):
        read(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ExportRefused, match=r"there is no export in .*empty: give the folder"):
        read(tmp_path / "empty")


def test_lines_with_nothing_in_them_are_no_damage(tmp_path: Path) -> None:
    folder = bare(tmp_path, [])
    (folder / "data" / "114b996a.gz").write_bytes(gzip.compress(b"\n \r\n"))
    found, reading = read(tmp_path)
    assert (found, reading.damages.count) == ([], 0)


texts = st.text(st.characters(codec="utf-8"), max_size=20)
values = st.one_of(texts, st.integers(-(10**20), 10**20), st.booleans(), st.none(), st.lists(texts))
keyed = st.dictionaries(
    st.tuples(texts.filter(bool), texts.filter(bool)),
    st.dictionaries(
        texts.filter(bool), st.one_of(texts, st.integers(-(10**20), 10**20), st.booleans(), st.none(), st.lists(texts))
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(keyed, st.integers(1, 4))
def test_whatever_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, drawn, parts: int) -> None:
    items = [{**values, "pk": pk, "sk": sk, "type": "return"} for (pk, sk), values in drawn.items()]
    root = tmp_path_factory.mktemp("export")
    full(root, items, NOON, parts=parts)
    found, reading = read(root)
    expected = sorted(json.dumps(packed(item), sort_keys=True) for item in items)
    assert sorted(json.dumps(each.item, sort_keys=True) for each in found) == expected
    assert reading.damages.count == 0


changes = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["put", "delete"])), max_size=30)


@settings(max_examples=60, deadline=None)
@given(changes, st.integers(0, 29), st.integers(1, 4), st.booleans())
def test_a_full_export_with_its_increments_is_the_table_as_it_stands(
    tmp_path_factory, drawn, cut: int, windows: int, old: bool
) -> None:
    """A table is changed step by step; the full export shows it after `cut` steps, the increments tell of the rest."""
    root = tmp_path_factory.mktemp("chain")
    table: dict[int, dict] = {}
    states = [dict(table)]
    for step, (key, act) in enumerate(drawn):
        if act == "put":
            table[key] = {"pk": str(key), "sk": "ORDER", "type": "order", "step": step}
        else:
            table.pop(key, None)
        states.append(dict(table))
    cut = min(cut, len(drawn))
    full(root, states[cut].values(), NOON + timedelta(minutes=cut))
    rest = range(cut, len(drawn))
    length = max(1, -(-len(rest) // windows))
    for start in range(cut, len(drawn), length):
        end = min(start + length, len(drawn))
        newest = {drawn[step][0]: step for step in range(start, end)}
        images = [
            (states[start].get(key), states[end].get(key), NOON + timedelta(minutes=step, seconds=1))
            for key, step in newest.items()
            if key in states[start] or key in states[end]
        ]
        incremental(root, images, NOON + timedelta(minutes=start), NOON + timedelta(minutes=end), old=old)
    found, reading = read(root)
    assert {int(each.item["pk"]["S"]): int(each.item["step"]["N"]) for each in found} == {
        key: item["step"] for key, item in table.items()
    }
    assert len(found) == len(table)
    assert (reading.chosen.notes, reading.damages.count) == ((), 0)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_byte_changes_or_goes_missing_unnoticed(one_export: Path, data: st.DataObject) -> None:
    files = sorted(path for path in one_export.rglob("*") if path.is_file() and path.name != "_started")
    path = data.draw(st.sampled_from(files))
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
    path.write_bytes(data.draw(st.sampled_from([changed, whole[:place]])))
    try:
        _, reading = read(one_export)
    except ExportRefused:
        return
    finally:
        path.write_bytes(whole)
    assert reading.damages.count, f"{path.name}, byte {place}"


@pytest.fixture(scope="module")
def one_export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A full export with an increment, to be restored by whoever changes it."""
    root = tmp_path_factory.mktemp("one")
    full(root, some_items(), NOON)
    incremental(root, [(None, return_item("AZ-9"), NOON)], NOON, NOON + HOUR)
    return root


@pytest.mark.parametrize("shape", [2, "one"])
def test_an_item_of_a_newer_shape_is_damage_and_is_not_misread(tmp_path: Path, shape: int | str) -> None:
    items = [return_item(), order_item() | {"shape": shape}]
    full(tmp_path, items, NOON)
    found, reading = read(tmp_path)
    assert [each.kind for each in found] == ["return"]
    (line,) = told(reading)
    expected = {2: "is of shape 2 of 'order', and this release reads up to 1", "one": "shape is of another type than N"}
    assert expected[shape] in line
