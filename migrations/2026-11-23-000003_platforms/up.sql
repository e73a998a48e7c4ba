-- Room for platforms whose sessions need more than two tokens, and for pictures.

-- Sealed, bound to its account and column like the tokens; read by nobody but the connector.
ALTER TABLE connections ADD COLUMN session bytea;

-- What a connector has to keep until the person returns: sealed, and read by nobody else.
ALTER TABLE oauth_attempts RENAME COLUMN pkce_verifier TO private;
-- What was sealed under the old name does not open under the new one; a consent takes minutes.
DELETE FROM oauth_attempts;

-- Keys of this server itself, such as the one that its client assertions are signed by: made once, sealed.
CREATE TABLE server_secrets (
    name text PRIMARY KEY,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL
);

-- Pictures have a format and no sound, length or frame rate.
ALTER TABLE assets RENAME COLUMN container TO format;
ALTER TABLE assets
    ALTER COLUMN video_codec DROP NOT NULL,
    ALTER COLUMN frame_rate DROP NOT NULL,
    ALTER COLUMN duration_ms DROP NOT NULL,
    ADD CONSTRAINT assets_facts CHECK (
        format IN ('mp4', 'mov', 'webm')
            AND video_codec IS NOT NULL AND frame_rate IS NOT NULL AND duration_ms IS NOT NULL
        OR format IN ('jpeg', 'png', 'webp')
            AND video_codec IS NULL AND audio_codec IS NULL AND frame_rate IS NULL AND duration_ms IS NULL
    );

-- The description for people who cannot see the file; it belongs to this use of it.
ALTER TABLE post_assets ADD COLUMN alt text NOT NULL DEFAULT '';
