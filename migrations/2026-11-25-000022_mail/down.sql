ALTER TABLE connections DROP COLUMN expiry_told_at;
DROP INDEX notices_unread;
ALTER TABLE notices DROP COLUMN in_app;
DROP TABLE contact_notices;
ALTER TABLE outbox DROP COLUMN give_up_at;
