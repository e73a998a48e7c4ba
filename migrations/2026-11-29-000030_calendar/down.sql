DROP INDEX posts_calendar;
CREATE INDEX posts_calendar ON posts (client_id, due_at);
DROP FUNCTION state_version();
DROP FUNCTION state_version(uuid);
