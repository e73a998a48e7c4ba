-- The platform's name for what a delivery has announced there: by it a platform tells of it by itself.
ALTER TABLE deliveries ADD COLUMN platform_task_id text;
CREATE INDEX deliveries_task ON deliveries (account_id, platform_task_id) WHERE platform_task_id IS NOT NULL;

-- What platforms have told by themselves: kept first, acted on afterwards.
CREATE TABLE webhooks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform text NOT NULL,
    -- Of the bytes as they came: the same call twice is acted on once.
    body_hash bytea NOT NULL,
    -- What it says; null once it is done.
    news jsonb,
    received_at timestamptz NOT NULL,
    next_try_at timestamptz,
    tries integer NOT NULL DEFAULT 0,
    UNIQUE (platform, body_hash),
    CHECK (next_try_at IS NULL OR news IS NOT NULL)
);
CREATE INDEX webhooks_waiting ON webhooks (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX webhooks_received ON webhooks (received_at);
