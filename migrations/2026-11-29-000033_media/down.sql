DROP TABLE uploads;
DROP INDEX assets_same;
DROP INDEX assets_client;
CREATE INDEX assets_client ON assets (client_id);
DROP INDEX assets_kept;
CREATE INDEX assets_kept ON assets (created_at) WHERE deleted_at IS NULL;
ALTER TABLE assets DROP COLUMN alt, DROP COLUMN kept_from;
