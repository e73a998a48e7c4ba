ALTER TABLE post_assets DROP COLUMN alt;

-- The older schema has no room for pictures.
DELETE FROM post_assets USING assets
    WHERE assets.id = post_assets.asset_id AND assets.format IN ('jpeg', 'png', 'webp');
DELETE FROM assets WHERE format IN ('jpeg', 'png', 'webp');
ALTER TABLE assets
    DROP CONSTRAINT assets_facts,
    ALTER COLUMN video_codec SET NOT NULL,
    ALTER COLUMN frame_rate SET NOT NULL,
    ALTER COLUMN duration_ms SET NOT NULL;
ALTER TABLE assets RENAME COLUMN format TO container;

DROP TABLE server_secrets;

DELETE FROM oauth_attempts;
ALTER TABLE oauth_attempts RENAME COLUMN private TO pkce_verifier;

ALTER TABLE connections DROP COLUMN session;
