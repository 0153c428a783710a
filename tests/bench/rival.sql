-- What somebody who knows the export well would write by hand for the same figures of azulu: no checks, no days to choose.
CREATE TEMP TABLE r AS
SELECT i->>'$.currency.S' AS cur, split_part(i->>'$.queue.S', '#', 2) AS st, (i->>'$.slot.N')::INT AS slot,
       (i->>'$.created_at.S')::TIMESTAMPTZ AS c, (timezone('America/Bogota', (i->>'$.created_at.S')::TIMESTAMPTZ))::DATE AS cd,
       (timezone('America/Bogota', (i->>'$.placed_at.S')::TIMESTAMPTZ))::DATE AS pd,
       (CASE split_part(i->>'$.queue.S', '#', 2) WHEN 'under_review' THEN i->>'$.answer_by.S' WHEN 'accepted' THEN i->>'$.resolve_by.S' END)::TIMESTAMPTZ AS due,
       json_transform(i->'$.timeline.L', '[{"M":{"act":{"S":"VARCHAR"},"at":{"S":"TIMESTAMPTZ"}}}]') AS t,
       json_transform(i->'$.settlements.L', '[{"M":{"charged":{"S":"DECIMAL(28,6)"}}}]') AS s,
       json_transform(i->'$.lines.L', '[{"M":{"line":{"M":{"name":{"S":"VARCHAR"},"product":{"S":"VARCHAR"},"unit_price":{"S":"DECIMAL(28,6)"}}},"status":{"S":"VARCHAR"},"reason":{"S":"VARCHAR"},"quantity":{"N":"INT"},"arrived":{"N":"INT"},"outcome":{"S":"VARCHAR"},"inspection":{"M":{"value":{"S":"DECIMAL(28,6)"},"reduction":{"S":"DECIMAL(28,6)"}}},"decision":{"M":{"verdict":{"S":"VARCHAR"},"price":{"S":"DECIMAL(28,6)"},"outcomes":{"L":[{"M":{"kind":{"S":"VARCHAR"},"value":{"S":"DECIMAL(28,6)"},"deductions":{"L":[{"M":{"kind":{"S":"VARCHAR"},"amount":{"S":"DECIMAL(28,6)"}}}]}}}]},"clauses":{"L":[{"M":{"id":{"S":"VARCHAR"},"effect":{"S":"VARCHAR"}}}]}}}}}]') AS l
FROM (SELECT json->'$.Item' AS i FROM read_ndjson_objects(getvariable('files'), compression = 'gzip'))
WHERE i->>'$.type.S' = 'return';

CREATE TEMP TABLE x AS
SELECT cur, cd, pd, l.M.status.S AS st, l.M.reason.S AS reason, l.M.line.M.name.S AS name, l.M.line.M.product.S AS product, l.M.quantity.N AS q,
       l.M.quantity.N * l.M.line.M.unit_price.S AS v, list_filter(l.M.decision.M.outcomes.L, lambda o: o.M.kind.S = l.M.outcome.S)[1].M AS o,
       coalesce(l.M.inspection.M.value.S, list_filter(l.M.decision.M.outcomes.L, lambda o: o.M.kind.S = l.M.outcome.S)[1].M.value.S) AS w, l.M.inspection.M.reduction.S AS red, l.M.arrived.N * l.M.decision.M.price.S AS av,
       l.M.decision.M.verdict.S AS verdict, l.M.decision.M.clauses.L AS says
FROM (SELECT cur, cd, pd, unnest(l) AS l FROM r);

CREATE TEMP TABLE y AS
SELECT (timezone('America/Bogota', (i->>'$.placed_at.S')::TIMESTAMPTZ))::DATE AS pd, i->>'$.currency.S' AS cur,
       json_transform(i->'$.lines.L', '[{"M":{"name":{"S":"VARCHAR"},"product":{"S":"VARCHAR"},"quantity":{"N":"INT"},"unit_price":{"S":"DECIMAL(28,6)"}}}]') AS l
FROM (SELECT json->'$.Item' AS i FROM read_ndjson_objects(getvariable('files'), compression = 'gzip'))
WHERE i->>'$.type.S' = 'order';

SELECT cd, cur, sum(q), sum(v), count(*) FROM x GROUP BY ALL;
SELECT cd, cur, count(*) FROM r GROUP BY ALL;
SELECT st, count(*) FROM r GROUP BY ALL;
SELECT product, reason, cur, count(*), sum(q), sum(v) FROM x GROUP BY ALL;
SELECT (o).kind.S, cur, count(*), sum(q), sum(w), count(*) FILTER (st = 'settled'), sum(w) FILTER (st = 'settled') FROM x
WHERE st IN ('authorised', 'received', 'accepted', 'settled') GROUP BY ALL;
SELECT d.M.kind.S, cur, count(*), sum(d.M.amount.S) FROM (SELECT cur, unnest((o).deductions.L) AS d FROM x
WHERE st IN ('authorised', 'received', 'accepted', 'settled')) GROUP BY ALL;
SELECT cur, sum(av - red - w), sum(red) FROM x WHERE st = 'settled' GROUP BY ALL;
SELECT cur, sum(list_sum(list_transform(s, lambda e: e.M.charged.S))) FROM r GROUP BY ALL;
SELECT stage, h, count(*) FROM (
  SELECT unnest(['approved', 'sent', 'received', 'settled', 'whole']) AS stage,
         unnest([epoch_us(a) - epoch_us(c), epoch_us(b) - epoch_us(a), epoch_us(d) - epoch_us(b), epoch_us(e) - epoch_us(d), epoch_us(e) - epoch_us(c)]) // 3600000000 AS h
  FROM (SELECT c, list_filter(t, lambda z: z.M.act.S = 'approved')[1].M."at".S AS a, list_filter(t, lambda z: z.M.act.S = 'sent')[1].M."at".S AS b,
               list_filter(t, lambda z: z.M.act.S = 'received')[1].M."at".S AS d, list_filter(t, lambda z: z.M.act.S = 'settled')[-1].M."at".S AS e FROM r))
WHERE h >= 0 GROUP BY ALL;
SELECT st, count(*), epoch_us(min(due)) FROM r WHERE due < '2026-11-01T00:00:00Z'::TIMESTAMPTZ GROUP BY ALL;
SELECT g, f, count(*), count(*) FILTER (st = 'under_review'), count(*) FILTER (st = 'rejected') FROM (
  SELECT st, list_sort(list_distinct(list_transform(list_filter(says, lambda c: c.M.effect.S = 'grants'), lambda c: c.M.id.S))) AS g,
         list_sort(list_distinct(list_transform(list_filter(says, lambda c: c.M.effect.S = 'refuses'), lambda c: c.M.id.S))) AS f FROM x WHERE verdict = 'review')
WHERE len(g) > 0 AND len(f) > 0 GROUP BY ALL;
SELECT product, max(name) FROM x GROUP BY ALL;
SELECT pd, cur, count(*) FROM y GROUP BY ALL;
SELECT pd, cur, sum(l.M.quantity.N), sum(l.M.quantity.N * l.M.unit_price.S) FROM (SELECT pd, cur, unnest(l) AS l FROM y) GROUP BY ALL;
SELECT l.M.product.S, sum(l.M.quantity.N), max(l.M.name.S) FROM (SELECT unnest(l) AS l FROM y) GROUP BY ALL;
SELECT pd, cur, count(*) FILTER (slot = 1) FROM r GROUP BY ALL;
SELECT pd, cur, sum(q), sum(v) FROM x WHERE st NOT IN ('cancelled', 'expired', 'rejected') GROUP BY ALL;
SELECT product, sum(q) FROM x WHERE st NOT IN ('cancelled', 'expired', 'rejected') GROUP BY ALL;
