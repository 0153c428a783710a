"""Writes the tables and views of `infra/athena/` for Athena, out of the exports' columns and the shops.

Run as `python -m infra.athena.generate`. The queries in `queries/` are written by hand, over the views.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import indent

from chalicelib.exports.columns import TABLES, Column, Table
from chalicelib.shops import load_shops
from infra.athena.expressions import BESIDE, ELEMENT, expression, written
from infra.athena.item import item_type

FOLDER = Path(__file__).resolve().parent
_ITEM = item_type(2)
_SERDE = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
_MADE = "-- Made by `make athena`; do not edit."
_BUCKET = "--   BUCKET     the bucket of exports: the stack's output ExportsBucketName"
_SHOP = "--   SHOP       the short name that was given to `exports request`: its place in the bucket"

_FULL = f"""\
-- A full export, as DynamoDB wrote it to S3: one row for each item of the table, of every kind and every shop.
{_MADE} Put in, before you run it:
{_BUCKET}
{_SHOP}
--   EXPORT_ID  the export's own name, such as 01773162000000-023d780f; `exports status SHOP` tells it
-- To go on to a newer export, DROP TABLE full_export and run this again: only the definition is dropped, no file.

CREATE EXTERNAL TABLE full_export (
  Item {_ITEM}
)
{_SERDE}
LOCATION 's3://BUCKET/SHOP/AWSDynamoDB/EXPORT_ID/data/'
"""

_CHANGES = f"""\
-- All incremental exports of a shop's place in the bucket: one row for each item that changed in a window, as it then stood.
{_MADE} Put in, before you run it:
{_BUCKET}
{_SHOP}
-- All increments of a place share this folder, so there is nothing to partition by, and new ones are read without a further step.
-- A deleted item has no NewImage. OldImage is left out: `exports request` asks for none, and nothing should bring back what a
-- customer had asked to be forgotten.

CREATE EXTERNAL TABLE changes (
  Metadata struct<WriteTimestampMicros:struct<N:string>>,
  Keys struct<pk:struct<S:string>,sk:struct<S:string>>,
  NewImage {_ITEM}
)
{_SERDE}
LOCATION 's3://BUCKET/SHOP/AWSDynamoDB/data/'
"""

_ITEMS = f"""\
-- The items as the full export shows them. To have them as increments led them on, run items_changed.sql instead.
{_MADE}

CREATE OR REPLACE VIEW items AS
SELECT Item AS item
FROM full_export
"""

_ITEMS_CHANGED = f"""\
-- The items of the full export as later increments led them on: of several images of one item the one written last counts.
{_MADE} Put in, before you run it:
--   EXPORT_TIME  the full export's `exportTime`, out of its manifest-summary.json, such as 2026-03-10T17:00:00Z
-- What was written before it is in the full export already, so older increments in the folder do no harm.

CREATE OR REPLACE VIEW items AS
WITH images AS (
  SELECT Item.pk.S AS pk, Item.sk.S AS sk, CAST(0 AS bigint) AS written_at, Item AS item
  FROM full_export
  UNION ALL
  SELECT Keys.pk.S AS pk, Keys.sk.S AS sk, CAST(Metadata.WriteTimestampMicros.N AS bigint) AS written_at, NewImage AS item
  FROM changes
  WHERE CAST(Metadata.WriteTimestampMicros.N AS bigint) > to_unixtime(from_iso8601_timestamp('EXPORT_TIME')) * 1000000
),
ranked AS (
  SELECT item, row_number() OVER (PARTITION BY pk, sk ORDER BY written_at DESC) AS place
  FROM images
)
SELECT item
FROM ranked
WHERE place = 1 AND item.pk.S IS NOT NULL
"""


def files() -> Mapping[str, str]:
    """Return the text of every file that is made, by its name."""
    made = {
        "full_export.sql": _FULL,
        "changes.sql": _CHANGES,
        "items.sql": _ITEMS,
        "items_changed.sql": _ITEMS_CHANGED,
        "shops.sql": _shops(),
    }
    return made | {f"{table.name}.sql": _view(table) for table in TABLES.values()}


def _shops() -> str:
    rows = ",\n".join(f"  ('{slug}', '{shop.merchant.zone}')" for slug, shop in sorted(load_shops().items()))
    return f"""\
-- The shops' zones, which the views need for `_local`: out of each shop's merchant.toml.
{_MADE}

CREATE OR REPLACE VIEW shops AS
SELECT merchant, zone
FROM (VALUES
{rows}
) AS listed (merchant, zone)
"""


def _view(table: Table) -> str:
    told = [line for column in table.columns for line in _columns(table, column)]
    return f"""\
-- {table.meaning.capitalize()}: the columns of docs/exports.md, over the view `items`.
{_MADE}

CREATE OR REPLACE VIEW {table.name} AS
SELECT
{",".join(told).lstrip(chr(10))}
{_source(table)}
"""


def _columns(table: Table, column: Column) -> Iterator[str]:
    value = expression(table, column)
    if column.kind != "moment":
        yield f"\n  {value} AS {written(column.name)}"
        return
    # Without an offset, since the catalogue has no type for a moment that bears one.
    yield f"\n  CAST({value} AT TIME ZONE 'UTC' AS timestamp) AS {column.name}_utc"
    yield f"\n  CAST(at_timezone({value}, shops.zone) AS timestamp) AS {column.name}_local"


def _source(table: Table) -> str:
    if table.each is None:
        return "FROM items\nLEFT JOIN shops ON shops.merchant = item.merchant.S\nWHERE item.type.S = 'return'"
    # By its place: what UNNEST makes of a row, one column or one for each field, is not the same in every engine.
    element = ELEMENT[table.each]
    rows = f"""\
SELECT item, element_at(item.{table.each}.L, place).M AS {element}
FROM items
CROSS JOIN UNNEST(item.{table.each}.L) WITH ORDINALITY AS unnested (told, place)
WHERE item.type.S = 'return'"""
    beside = "".join(f",\n  {value} AS {name}" for name, value in BESIDE.get(table.name, {}).items())
    if beside:
        rows = f"SELECT item, {element}{beside}\nFROM (\n{indent(rows, '  ')}\n) AS {table.each}_of_returns"
    return f"FROM (\n{indent(rows, '  ')}\n) AS rows_of_returns\nLEFT JOIN shops ON shops.merchant = item.merchant.S"


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).write_text(text, "utf-8")
