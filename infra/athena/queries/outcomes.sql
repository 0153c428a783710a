-- What was promised and what was given, by outcome: lines that were rejected, refused, cancelled or expired promise nothing.
-- Of the requests of some days only: AND created_at_local >= DATE '2026-03-01' AND created_at_local < DATE '2026-04-01'

SELECT
  merchant,
  outcome,
  currency,
  count(*) AS lines,
  sum(quantity) AS units,
  sum(value) AS promised,
  count_if(line_status = 'settled') AS settled_lines,
  coalesce(sum(value) FILTER (WHERE line_status = 'settled'), 0) AS settled
FROM lines
WHERE line_status IN ('authorised', 'received', 'accepted', 'settled')
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
