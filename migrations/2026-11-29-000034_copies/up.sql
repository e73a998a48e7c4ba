-- A file that was made from another one. What it was made from stays readable when that is gone.
ALTER TABLE assets
    ADD COLUMN derived_from uuid REFERENCES assets ON DELETE SET NULL,
    ADD COLUMN derived_name text,
    -- What for, as it follows "Made from clip.mov": "for TikTok", "cropped to 9:16".
    ADD COLUMN derived_how text,
    ADD CHECK ((derived_name IS NULL) = (derived_how IS NULL)),
    ADD CHECK (derived_from IS NULL OR derived_name IS NOT NULL);
CREATE INDEX assets_derived ON assets (derived_from) WHERE derived_from IS NOT NULL;

-- Copies that are to be made, are being made, and were made: one row for each recipe of a file, however often it is asked for.
CREATE TABLE copies (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES clients,
    original_id uuid NOT NULL REFERENCES assets ON DELETE CASCADE,
    recipe jsonb NOT NULL,
    -- SHA-256 of the recipe, so that the same is asked for once.
    recipe_hash bytea NOT NULL CHECK (length(recipe_hash) = 32),
    how text NOT NULL,
    -- What stands in the copy's name besides the original's.
    label text NOT NULL,
    -- Whose rules the copy has to pass.
    platform text,
    asked_by uuid NOT NULL REFERENCES users,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    progress smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    -- Who works on it, until when others leave it to them, and the how-many-eth try that is: a late worker has an old number.
    lease_owner text,
    lease_until timestamptz,
    tries integer NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    -- The asset that the present try makes; its files are removed if it comes to nothing.
    target_id uuid,
    -- Why it was not made.
    problem text,
    -- Deferred: that it is done is written before the asset is, so that a late worker adds none.
    asset_id uuid REFERENCES assets ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (original_id, recipe_hash),
    CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CHECK ((state = 'failed') = (problem IS NOT NULL))
);
CREATE INDEX copies_waiting ON copies (created_at) WHERE state = 'waiting';
CREATE INDEX copies_running ON copies (lease_until) WHERE state = 'running';
CREATE INDEX copies_asset ON copies (asset_id) WHERE asset_id IS NOT NULL;
