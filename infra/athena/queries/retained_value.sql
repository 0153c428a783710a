-- How much of what was promised stays in the shop, as exchanges, store credit and gift cards, and how many per cent that is.

SELECT
  merchant,
  currency,
  sum(value) AS promised,
  coalesce(sum(value) FILTER (WHERE outcome IN ('exchange', 'store_credit', 'gift_card')), 0) AS retained,
  round(
    100 * coalesce(sum(value) FILTER (WHERE outcome IN ('exchange', 'store_credit', 'gift_card')), 0) / nullif(sum(value), 0), 1
  ) AS per_cent
FROM lines
WHERE line_status IN ('authorised', 'received', 'accepted', 'settled')
GROUP BY 1, 2
ORDER BY 1, 2
