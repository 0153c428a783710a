-- A shop's figures out of an export in DynamoDB's JSON: the tables of `facts.py`, each a query named by the comment above it.
-- Variables: shop, zone, since, until (DATE, both included) and as_of (TIMESTAMPTZ). `raw` holds the items as they were read.

-- name: views
CREATE TEMP MACRO moment(written) AS TRY_CAST(written AS TIMESTAMPTZ);
CREATE TEMP MACRO day_of(instant) AS CAST(timezone(getvariable('zone'), instant) AS DATE);
CREATE TEMP MACRO amount(written) AS TRY_CAST(written AS DECIMAL(28, 6));
CREATE TEMP MACRO units(written) AS TRY_CAST(written AS DECIMAL(10, 0));
CREATE TEMP MACRO within(day) AS day BETWEEN getvariable('since') AND getvariable('until');
CREATE TEMP MACRO event_at(timeline, act, place) AS moment(list_filter(timeline, lambda e: e.M.act.S = act)[place].M."at".S);

CREATE TEMP TABLE returns AS
SELECT row_number() OVER () AS id,
       Item.currency.S AS currency,
       split_part(Item.queue.S, '#', 2) AS status,
       units(Item.slot.N) AS slot,
       moment(Item.created_at.S) AS requested_at,
       day_of(moment(Item.created_at.S)) AS requested_on,
       day_of(moment(Item.placed_at.S)) AS placed_on,
       moment(CASE split_part(Item.queue.S, '#', 2) WHEN 'under_review' THEN Item.answer_by.S
                                                     WHEN 'accepted' THEN Item.resolve_by.S END) AS due_at,
       event_at(Item.timeline.L, 'approved', 1) AS approved_at,
       event_at(Item.timeline.L, 'sent', 1) AS sent_at,
       event_at(Item.timeline.L, 'received', 1) AS received_at,
       event_at(Item.timeline.L, 'settled', -1) AS settled_at,
       list_transform(coalesce(Item.settlements.L, []), lambda each: amount(each.M.charged.S)) AS charges,
       len(Item.timeline.L) AS events,
       Item.lines.L AS lines
FROM raw
WHERE Item.type.S = 'return';

CREATE TEMP TABLE return_lines AS
SELECT made.id, made.currency, made.requested_on, made.placed_on,
       line.M.status.S AS status,
       line.M.reason.S AS reason,
       line.M.line.M.name.S AS name,
       coalesce(line.M.line.M.product.S, line.M.line.M.sku.S) AS product,
       units(line.M.quantity.N) AS quantity,
       units(line.M.quantity.N) * amount(line.M.line.M.unit_price.S) AS value,
       line.M.granted.M IS NOT NULL AS granted,
       coalesce(line.M.granted.M, list_filter(line.M.decision.M.outcomes.L, lambda o: o.M.kind.S = line.M.outcome.S)[1].M) AS chosen,
       line.M.inspection.M AS inspection,
       amount(line.M.decision.M.price.S) * units(line.M.arrived.N) AS arrived_value,
       line.M.decision.M.verdict.S AS verdict,
       line.M.status.S IN ('authorised', 'received', 'accepted', 'settled') AS promised,
       line.M.status.S = 'settled' AS settled,
       list_sort(list_distinct(list_transform(list_filter(line.M.decision.M.clauses.L, lambda c: c.M.effect.S = 'grants'),
                                              lambda c: c.M.id.S))) AS grants,
       list_sort(list_distinct(list_transform(list_filter(line.M.decision.M.clauses.L, lambda c: c.M.effect.S = 'refuses'),
                                              lambda c: c.M.id.S))) AS refuses
FROM returns AS made, unnest(made.lines) AS unnested (line);

CREATE TEMP VIEW worth_of_lines AS
SELECT *, amount(coalesce(inspection.value.S, chosen.value.S)) AS worth FROM return_lines;

CREATE TEMP TABLE orders AS
SELECT Item.currency.S AS currency, day_of(moment(Item.placed_at.S)) AS placed_on,
       -- Only what is needed: to unnest lines with all that returns' lines have takes ten times as long.
       list_transform(Item.lines.L, lambda line: {'name': line.M.name.S, 'product': coalesce(line.M.product.S, line.M.sku.S),
                                                  'quantity': line.M.quantity.N, 'price': line.M.unit_price.S}) AS lines
FROM raw
WHERE Item.type.S = 'order';

CREATE TEMP TABLE order_lines AS
SELECT sold.placed_on, sold.currency, line.name, line.product, units(line.quantity) AS quantity,
       units(line.quantity) * amount(line.price) AS value
FROM orders AS sold, unnest(sold.lines) AS unnested (line);

-- name: uncountable
SELECT (SELECT count(*) FROM returns
        WHERE currency IS NULL OR status IS NULL OR slot IS NULL OR requested_on IS NULL OR placed_on IS NULL OR lines IS NULL
           OR events IS NULL OR list_contains(list_transform(charges, lambda c: c IS NULL), true))
     + (SELECT count(*) FROM worth_of_lines
        WHERE status IS NULL OR reason IS NULL OR name IS NULL OR product IS NULL OR value IS NULL OR chosen IS NULL
           OR verdict IS NULL OR worth IS NULL OR grants IS NULL
           OR (settled AND inspection IS NOT NULL AND NOT granted
               AND (arrived_value IS NULL OR amount(inspection.reduction.S) IS NULL)))
     + (SELECT count(*) FROM raw WHERE units(Item.shape.N) > CASE Item.type.S WHEN 'order' THEN getvariable('order_shape')
                                                                            WHEN 'return' THEN getvariable('return_shape') END)
     + (SELECT count(*) FROM orders WHERE currency IS NULL OR placed_on IS NULL OR lines IS NULL)
     + (SELECT count(*) FROM order_lines WHERE name IS NULL OR product IS NULL OR value IS NULL);

-- name: requested
SELECT CAST(requested_on AS VARCHAR), currency, count(DISTINCT id), count(*), sum(quantity), sum(value)
FROM return_lines WHERE within(requested_on) GROUP BY ALL;

-- name: states
SELECT status, count(*) FROM returns WHERE within(requested_on) GROUP BY ALL;

-- name: reasons
SELECT product, reason, currency, count(*), sum(quantity), sum(value)
FROM return_lines WHERE within(requested_on) GROUP BY ALL;

-- name: outcomes
SELECT chosen.kind.S, currency, count(*), sum(quantity), sum(worth), count(*) FILTER (settled), coalesce(sum(worth) FILTER (settled), 0)
FROM worth_of_lines WHERE within(requested_on) AND promised GROUP BY ALL;

-- name: fees
SELECT taken.M.kind.S, currency, count(*), sum(amount(taken.M.amount.S))
FROM return_lines, unnest(chosen.deductions.L) AS unnested (taken)
WHERE within(requested_on) AND promised GROUP BY ALL;

-- name: kept
SELECT currency, sum(fees), sum(reductions), sum(charges)
FROM (SELECT currency, arrived_value - amount(inspection.reduction.S) - worth AS fees, amount(inspection.reduction.S) AS reductions,
             0 AS charges
      FROM worth_of_lines WHERE within(requested_on) AND settled AND inspection IS NOT NULL AND NOT granted
      UNION ALL
      SELECT currency, 0, 0, list_sum(charges) FROM returns WHERE within(requested_on) AND list_sum(charges) > 0)
GROUP BY ALL;

-- name: cycles
SELECT stage, CAST(hours AS VARCHAR), count(*)
FROM (SELECT stage, (epoch_us(finish) - epoch_us(start)) // 3600000000 AS hours
      FROM (SELECT unnest([{'stage': 'approved', 'start': requested_at, 'finish': approved_at},
                           {'stage': 'sent', 'start': approved_at, 'finish': sent_at},
                           {'stage': 'received', 'start': sent_at, 'finish': received_at},
                           {'stage': 'settled', 'start': received_at, 'finish': settled_at},
                           {'stage': 'whole', 'start': requested_at, 'finish': settled_at}], recursive := true)
            FROM returns WHERE within(requested_on))
      WHERE finish >= start)
GROUP BY ALL;

-- name: overdue
SELECT status, count(*), epoch_us(min(due_at))
FROM returns WHERE within(requested_on) AND due_at < getvariable('as_of') GROUP BY ALL;

-- name: contradictions
SELECT array_to_string(grants, ','), array_to_string(refuses, ','), count(*), count(*) FILTER (status = 'under_review'),
       count(*) FILTER (promised), count(*) FILTER (status = 'rejected')
FROM return_lines WHERE within(requested_on) AND verdict = 'review' AND len(grants) > 0 AND len(refuses) > 0 GROUP BY ALL;

-- name: names
SELECT product, max(name)
FROM (SELECT product, name FROM return_lines WHERE within(requested_on)
      UNION ALL
      SELECT product, name FROM order_lines WHERE within(placed_on))
GROUP BY ALL;

-- name: sold
SELECT CAST(placed_on AS VARCHAR), currency, sum(orders), sum(units), sum(value)
FROM (SELECT placed_on, currency, 1 AS orders, 0 AS units, 0 AS value FROM orders
      UNION ALL
      SELECT placed_on, currency, 0, quantity, value FROM order_lines)
WHERE within(placed_on) GROUP BY ALL;

-- name: came_back
SELECT CAST(placed_on AS VARCHAR), currency, sum(orders), sum(units), sum(value)
FROM (SELECT placed_on, currency, CAST(slot = 1 AS INTEGER) AS orders, 0 AS units, 0 AS value FROM returns
      UNION ALL
      SELECT placed_on, currency, 0, quantity, value FROM return_lines WHERE status NOT IN ('cancelled', 'expired', 'rejected'))
WHERE within(placed_on) GROUP BY ALL;

-- name: products_sold
SELECT product, sum(quantity) FROM order_lines WHERE within(placed_on) GROUP BY ALL;

-- name: products_back
SELECT product, sum(quantity) FROM return_lines
WHERE within(placed_on) AND status NOT IN ('cancelled', 'expired', 'rejected') GROUP BY ALL;
