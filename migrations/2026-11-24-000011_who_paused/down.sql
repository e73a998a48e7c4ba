DROP INDEX deliveries_attention;
DROP INDEX events_of_desk;
ALTER TABLE accounts DROP COLUMN paused_by;
ALTER TABLE clients DROP COLUMN paused_by;
ALTER TABLE agency DROP COLUMN paused_by;
