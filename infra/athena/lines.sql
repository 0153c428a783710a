-- One row for each line of each return: the columns of docs/exports.md, over the view `items`.
-- Made by `make athena`; do not edit.

CREATE OR REPLACE VIEW lines AS
SELECT
  item.merchant.S AS merchant,
  item.order_number.S AS order_number,
  item.order_number.S || '/' || item.slot.N AS return_id,
  item.rma.S AS rma,
  split_part(item.queue.S, '#', 2) AS status,
  CAST(from_iso8601_timestamp(item.created_at.S) AT TIME ZONE 'UTC' AS timestamp) AS created_at_utc,
  CAST(at_timezone(from_iso8601_timestamp(item.created_at.S), shops.zone) AS timestamp) AS created_at_local,
  item.currency.S AS currency,
  line.line.M.id.S AS line_id,
  line.line.M.sku.S AS sku,
  line.line.M.product.S AS product,
  line.line.M.name.S AS name,
  coalesce(transform(line.line.M.categories.L, each -> each.S), CAST(ARRAY[] AS array(varchar))) AS categories,
  coalesce(transform(line.line.M.tags.L, each -> each.S), CAST(ARRAY[] AS array(varchar))) AS tags,
  CAST(line.line.M.quantity.N AS bigint) AS bought,
  CAST(line.line.M.unit_price.S AS decimal(28,6)) AS unit_price,
  CAST(line.quantity.N AS bigint) AS quantity,
  line.status.S AS line_status,
  line.reason.S AS reason,
  line.remark.S AS remark,
  if(line.wish.M.name.S IS NOT NULL, array_join(ARRAY[line.wish.M.name.S] || coalesce(transform(map_values(line.wish.M.options.M), each -> each.S), CAST(ARRAY[] AS array(varchar))), ' · '), line.wish_words.S) AS wanted,
  coalesce(cardinality(line.photos.L), 0) AS photos,
  line.decision.M.verdict.S AS verdict,
  coalesce(transform(line.decision.M.clauses.L, each -> each.M.id.S || ' ' || each.M.effect.S), CAST(ARRAY[] AS array(varchar))) AS clauses,
  coalesce(line.decision.M.verdict.S = 'review' AND cardinality(filter(line.decision.M.clauses.L, each -> each.M.effect.S = 'grants')) > 0 AND cardinality(filter(line.decision.M.clauses.L, each -> each.M.effect.S = 'refuses')) > 0, false) AS contested,
  line.decision.M.shipping.S AS shipping,
  CAST(line.decision.M.price.S AS decimal(28,6)) AS price,
  CAST(line.decision.M.price.S AS decimal(28,6)) * CAST(line.quantity.N AS decimal(10,0)) AS goods,
  line.outcome.S AS asked_for,
  chosen.kind.S AS outcome,
  line.granted.M.kind.S IS NOT NULL AS overridden,
  line.granted_why.S AS override_reason,
  chosen.approval.S AS approval,
  CAST(chosen.value.S AS decimal(28,6)) AS promised,
  coalesce(reduce(chosen.deductions.L, CAST(0 AS decimal(38,6)), (so_far, taken) -> so_far + coalesce(CAST(taken.M.amount.S AS decimal(28,6)), 0), so_far -> so_far), 0) AS fees,
  CAST(chosen.due.S AS decimal(28,6)) AS due,
  CAST(from_iso8601_timestamp(line.ship_by.S) AT TIME ZONE 'UTC' AS timestamp) AS ship_by_utc,
  CAST(at_timezone(from_iso8601_timestamp(line.ship_by.S), shops.zone) AS timestamp) AS ship_by_local,
  line.reply.S AS reply,
  coalesce(CAST(line.arrived.N AS bigint), 0) AS arrived,
  line.inspection.M.condition.S AS condition,
  line.inspection.M.verdict.S AS inspection,
  CAST(line.inspection.M.reduction.S AS decimal(28,6)) AS reduced,
  line.inspection.M.reason.S AS inspection_reason,
  CAST(from_iso8601_timestamp(line.inspection.M."at".S) AT TIME ZONE 'UTC' AS timestamp) AS inspected_at_utc,
  CAST(at_timezone(from_iso8601_timestamp(line.inspection.M."at".S), shops.zone) AS timestamp) AS inspected_at_local,
  line.inspection.M."by".S AS inspected_by,
  CAST(coalesce(line.inspection.M.value.S, chosen.value.S) AS decimal(28,6)) AS value,
  settlement.kind.S AS settled_as,
  CAST(from_iso8601_timestamp(settlement."at".S) AT TIME ZONE 'UTC' AS timestamp) AS settled_at_utc,
  CAST(at_timezone(from_iso8601_timestamp(settlement."at".S), shops.zone) AS timestamp) AS settled_at_local,
  settlement."by".S AS settled_by,
  CAST(from_iso8601_timestamp(settlement.expires_at.S) AT TIME ZONE 'UTC' AS timestamp) AS settled_expires_at_utc,
  CAST(at_timezone(from_iso8601_timestamp(settlement.expires_at.S), shops.zone) AS timestamp) AS settled_expires_at_local,
  settlement.reference.S AS settled_reference
FROM (
  SELECT item, line,
    if(line.granted.M.kind.S IS NOT NULL, line.granted.M, element_at(filter(line.decision.M.outcomes.L, offered -> offered.M.kind.S = line.outcome.S), 1).M) AS chosen,
    element_at(filter(item.settlements.L, each -> contains(transform(each.M.lines.L, named -> named.S), line.line.M.id.S)), 1).M AS settlement
  FROM (
    SELECT item, element_at(item.lines.L, place).M AS line
    FROM items
    CROSS JOIN UNNEST(item.lines.L) WITH ORDINALITY AS unnested (told, place)
    WHERE item.type.S = 'return'
  ) AS lines_of_returns
) AS rows_of_returns
LEFT JOIN shops ON shops.merchant = item.merchant.S
