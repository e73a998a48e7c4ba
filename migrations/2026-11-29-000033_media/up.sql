-- The retention clock of a file starts when it was last brought in: the same file again is the same asset.
ALTER TABLE assets
    ADD COLUMN kept_from timestamptz,
    -- The description that a post starts with when it takes the file.
    ADD COLUMN alt text NOT NULL DEFAULT '';
UPDATE assets SET kept_from = created_at;
ALTER TABLE assets ALTER COLUMN kept_from SET NOT NULL;
DROP INDEX assets_kept;
CREATE INDEX assets_kept ON assets (kept_from) WHERE deleted_at IS NULL;
DROP INDEX assets_client;
CREATE INDEX assets_client ON assets (client_id, id) WHERE deleted_at IS NULL;
CREATE INDEX assets_same ON assets (client_id, sha256) WHERE deleted_at IS NULL;

-- Files on their way in. How far one is stands in no column: it is as long as its file.
CREATE TABLE uploads (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES clients,
    user_id uuid NOT NULL REFERENCES users,
    file_name text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes > 0),
    -- SHA-256 of the whole, where it was announced before the first byte.
    sha256 bytea CHECK (length(sha256) = 32),
    state text NOT NULL CHECK (state IN ('open', 'taken', 'refused')),
    -- What was made of it, or that it was in the library already.
    asset_id uuid REFERENCES assets,
    -- Why it was not taken.
    refusal text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CHECK ((state = 'taken') = (asset_id IS NOT NULL)),
    CHECK ((state = 'refused') = (refusal IS NOT NULL))
);
CREATE INDEX uploads_expiry ON uploads (expires_at);
