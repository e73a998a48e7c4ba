DROP TABLE budgets;
ALTER TABLE connections DROP COLUMN renew_at;
ALTER TABLE deliveries
    DROP COLUMN held,
    DROP COLUMN cancel_requested,
    DROP COLUMN preflight_at,
    DROP COLUMN findings;
ALTER TABLE agency DROP COLUMN paused_at;
ALTER TABLE accounts DROP COLUMN paused_at;
ALTER TABLE clients DROP COLUMN paused_at, DROP COLUMN lateness_minutes;
