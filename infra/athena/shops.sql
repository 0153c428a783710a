-- The shops' zones, which the views need for `_local`: out of each shop's merchant.toml.
-- Made by `make athena`; do not edit.

CREATE OR REPLACE VIEW shops AS
SELECT merchant, zone
FROM (VALUES
  ('alustoora', 'America/Chicago'),
  ('azulu', 'America/Bogota'),
  ('nurana', 'Asia/Tehran')
) AS listed (merchant, zone)
