-- Returns, lines, units and their value before fees, by the day of the request in the shop's zone.

SELECT
  merchant,
  CAST(created_at_local AS date) AS day,
  currency,
  count(DISTINCT return_id) AS returns,
  count(*) AS lines,
  sum(quantity) AS units,
  sum(unit_price * CAST(quantity AS decimal(10,0))) AS value
FROM lines
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
