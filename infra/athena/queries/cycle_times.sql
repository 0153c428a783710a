-- How long each stage of a return takes, in whole hours: half of them at most `median`, nine of ten at most `ninth`.
-- A stage leads from the first of one moment to the first of the next; settled is the last settlement.

WITH moments AS (
  SELECT
    merchant,
    return_id,
    created_at_utc AS requested,
    min(at_utc) FILTER (WHERE act = 'approved') AS approved,
    min(at_utc) FILTER (WHERE act = 'sent') AS sent,
    min(at_utc) FILTER (WHERE act = 'received') AS received,
    max(at_utc) FILTER (WHERE act = 'settled') AS settled
  FROM timeline
  GROUP BY 1, 2, 3
),
stages AS (
  SELECT merchant, 'approved' AS stage, 1 AS place, requested AS start_at, approved AS end_at FROM moments
  UNION ALL
  SELECT merchant, 'sent' AS stage, 2 AS place, approved AS start_at, sent AS end_at FROM moments
  UNION ALL
  SELECT merchant, 'received' AS stage, 3 AS place, sent AS start_at, received AS end_at FROM moments
  UNION ALL
  SELECT merchant, 'settled' AS stage, 4 AS place, received AS start_at, settled AS end_at FROM moments
  UNION ALL
  SELECT merchant, 'whole' AS stage, 5 AS place, requested AS start_at, settled AS end_at FROM moments
),
timed AS (
  SELECT merchant, stage, place, CAST(floor(date_diff('second', start_at, end_at) / 3600e0) AS bigint) AS hours
  FROM stages
  WHERE end_at >= start_at
)
SELECT
  merchant,
  stage,
  count(*) AS returns,
  element_at(array_agg(hours ORDER BY hours), CAST(ceil(count(*) * 50 / 100e0) AS bigint)) AS median,
  element_at(array_agg(hours ORDER BY hours), CAST(ceil(count(*) * 90 / 100e0) AS bigint)) AS ninth
FROM timed
GROUP BY merchant, stage, place
ORDER BY merchant, place
