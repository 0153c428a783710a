-- The items as the full export shows them. To have them as increments led them on, run items_changed.sql instead.
-- Made by `make athena`; do not edit.

CREATE OR REPLACE VIEW items AS
SELECT Item AS item
FROM full_export
