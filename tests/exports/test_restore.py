"""`exports restore`: back into the table, where something is missing, and over what is there only where that is asked for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.adapters.attributes import unpacked
from chalicelib.adapters.bulk import open_bulk_table
from chalicelib.adapters.dynamodb import Table
from chalicelib.adapters.withdrawn_orders import withdrawn_order
from chalicelib.cli import main
from chalicelib.domain.places import sortable
from chalicelib.domain.shapes import stamped
from tests.conftest import Tables
from tests.exports.aws_layout import full
from tests.exports.items import return_item, some_items
from tests.made import NOON

ITEMS = [*some_items(2), return_item("NU-1", merchant="nurana")]


@pytest.fixture
def export(tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> str:
    """An export of an order, a variant and two returns of azulu and one of nurana, beside an empty table."""
    monkeypatch.setenv("RETURNS_TABLE", tables.returns)
    full(tmp_path / "export", ITEMS, NOON)
    return str(tmp_path / "export")


def held(tables: Tables) -> list[dict[str, object]]:
    found = tables.client.scan(TableName=tables.returns)["Items"]
    return sorted(map(unpacked, found), key=lambda item: (item["pk"], item["sk"]))


def email(table: Table) -> object:
    found = table.get(ITEMS[0]["pk"], ITEMS[0]["sk"])
    return found and found["email"]


def test_an_empty_table_holds_all_that_was_exported_afterwards(export: str, tables: Tables, capsys) -> None:
    assert main(["exports", "restore", "--from", export]) == 0
    assert held(tables) == sorted(ITEMS, key=lambda item: (item["pk"], item["sk"]))
    told = capsys.readouterr().err
    assert "restore: 5 items written" in told
    assert "customers forget" in told


def test_what_is_there_stays_unless_it_is_to_be_written_over(export: str, tables: Tables, capsys) -> None:
    table = Table(tables.client, tables.returns)
    later = ITEMS[0] | {"email": "later@example.com"}
    table.put(later)
    main(["exports", "restore", "--from", export])
    assert "4 items written, 1 left as they are" in capsys.readouterr().err
    assert email(table) == "later@example.com"
    main(["exports", "restore", "--from", export, "--over"])
    assert email(table) == ITEMS[0]["email"]


def test_one_shops_or_one_order_comes_back_alone(export: str, tables: Tables) -> None:
    main(["exports", "restore", "--from", export, "--shop", "nurana"])
    assert [item["merchant"] for item in held(tables)] == ["nurana"]
    main(["exports", "restore", "--from", export, "--shop", "azulu", "--order", "az 2"])
    assert [item["order_number"] for item in held(tables) if item["merchant"] == "azulu"] == ["AZ-2"]


def test_no_older_file_revives_what_was_called_off_before_the_export(tmp_path: Path, tables: Tables, monkeypatch, capsys) -> None:
    monkeypatch.setenv("RETURNS_TABLE", tables.returns)
    off = stamped(withdrawn_order("azulu", "AZ-9", NOON))
    draft = {"pk": off["pk"], "sk": "ORDER#DRAFT", "type": "draft", "id": "d"}
    # Whatever opens something, or was only begun, does not come back.
    link = {"pk": off["pk"], "sk": "SESSION#f#d", "type": "link", "digest": "d"}
    full(tmp_path / "export", [*ITEMS, off, draft, link], NOON)
    assert main(["exports", "restore", "--from", str(tmp_path / "export")]) == 0
    assert "1 withdrawn order, 2 of other kinds, skipped" in capsys.readouterr().err
    assert [item for item in held(tables) if item["pk"] == off["pk"]] == [off]
    order = {**off, "type": "order", "version": sortable(NOON - timedelta(days=1))}
    assert open_bulk_table(tables.returns).replace([order]) == [False]


def test_an_order_without_its_shop_is_refused(export: str, tables: Tables, capsys) -> None:
    assert main(["exports", "restore", "--from", export, "--order", "AZ-2"]) == 2
    assert "give --shop" in capsys.readouterr().err
    assert held(tables) == []
