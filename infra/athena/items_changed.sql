-- The items of the full export as later increments led them on: of several images of one item the one written last counts.
-- Made by `make athena`; do not edit. Put in, before you run it:
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
