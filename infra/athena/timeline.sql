-- One row for everything that happened to each return: the columns of docs/exports.md, over the view `items`.
-- Made by `make athena`; do not edit.

CREATE OR REPLACE VIEW timeline AS
SELECT
  item.merchant.S AS merchant,
  item.order_number.S AS order_number,
  item.order_number.S || '/' || item.slot.N AS return_id,
  item.rma.S AS rma,
  split_part(item.queue.S, '#', 2) AS status,
  CAST(from_iso8601_timestamp(item.created_at.S) AT TIME ZONE 'UTC' AS timestamp) AS created_at_utc,
  CAST(at_timezone(from_iso8601_timestamp(item.created_at.S), shops.zone) AS timestamp) AS created_at_local,
  CAST(from_iso8601_timestamp(event."at".S) AT TIME ZONE 'UTC' AS timestamp) AS at_utc,
  CAST(at_timezone(from_iso8601_timestamp(event."at".S), shops.zone) AS timestamp) AS at_local,
  event.act.S AS act,
  event."by".S AS "by",
  coalesce(transform(event.lines.L, each -> each.S), CAST(ARRAY[] AS array(varchar))) AS lines,
  event.note.S AS note,
  event.internal.S AS internal
FROM (
  SELECT item, element_at(item.timeline.L, place).M AS event
  FROM items
  CROSS JOIN UNNEST(item.timeline.L) WITH ORDINALITY AS unnested (told, place)
  WHERE item.type.S = 'return'
) AS rows_of_returns
LEFT JOIN shops ON shops.merchant = item.merchant.S
