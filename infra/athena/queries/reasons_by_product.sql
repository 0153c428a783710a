-- Why products come back: lines, units and their value before fees. A product is what the shop groups variants by, else the SKU.
-- Of the requests of some days only: WHERE created_at_local >= DATE '2026-03-01' AND created_at_local < DATE '2026-04-01'

SELECT
  merchant,
  coalesce(nullif(product, ''), sku) AS product,
  max(name) AS name,
  reason,
  currency,
  count(*) AS lines,
  sum(quantity) AS units,
  sum(unit_price * CAST(quantity AS decimal(10,0))) AS value
FROM lines
GROUP BY 1, 2, 4, 5
ORDER BY merchant, units DESC, product, reason, currency
