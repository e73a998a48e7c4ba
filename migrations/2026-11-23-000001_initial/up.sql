-- Times are instants (timestamptz, UTC); what a person meant on the wall stands beside them with its zone.

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('owner', 'manager', 'editor', 'client')),
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);
CREATE UNIQUE INDEX users_email ON users (lower(email));

-- Only the hash of a session's id is stored: reading this table opens no session.
CREATE TABLE sessions (
    id_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE clients (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    time_zone text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX clients_name ON clients (lower(name));

-- What stays of an account after a disconnect is its row with no name in it, so that history has
-- something to point at.
CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES clients,
    platform text NOT NULL,
    status text NOT NULL CHECK (status IN ('working', 'needs_reconnecting', 'disconnected')),
    status_reason text,
    nickname text,
    handle text,
    avatar_key text,
    connected_at timestamptz NOT NULL,
    disconnected_at timestamptz,
    CHECK (status <> 'disconnected'
           OR (nickname IS NULL AND handle IS NULL AND avatar_key IS NULL AND disconnected_at IS NOT NULL))
);
CREATE INDEX accounts_client ON accounts (client_id);

-- Tokens are sealed; the associated data binds them to this account and column. A table of their own,
-- so that purging is one delete.
CREATE TABLE connections (
    account_id uuid PRIMARY KEY REFERENCES accounts,
    platform text NOT NULL,
    platform_user_id text NOT NULL,
    scopes text[] NOT NULL,
    access_token bytea NOT NULL,
    access_expires_at timestamptz NOT NULL,
    refresh_token bytea,
    refresh_expires_at timestamptz,
    refreshed_at timestamptz NOT NULL,
    -- Single flight: a rotating refresh token must not be spent twice.
    refresh_locked_until timestamptz,
    UNIQUE (platform, platform_user_id)
);

-- A consent in progress: bound to the session that began it, deleted by the first use.
CREATE TABLE oauth_attempts (
    state_hash bytea PRIMARY KEY,
    session_hash bytea NOT NULL REFERENCES sessions ON DELETE CASCADE,
    client_id uuid NOT NULL REFERENCES clients,
    platform text NOT NULL,
    pkce_verifier bytea,
    expires_at timestamptz NOT NULL
);
CREATE INDEX oauth_attempts_expiry ON oauth_attempts (expires_at);

CREATE TABLE assets (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES clients,
    file_name text NOT NULL,
    container text NOT NULL,
    video_codec text NOT NULL,
    audio_codec text,
    width integer NOT NULL,
    height integer NOT NULL,
    frame_rate double precision NOT NULL,
    duration_ms bigint NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    uploaded_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    -- Set when the retention clock ran out: the files are gone, the facts stay for the history.
    deleted_at timestamptz
);
CREATE INDEX assets_client ON assets (client_id);
CREATE INDEX assets_kept ON assets (created_at) WHERE deleted_at IS NULL;

CREATE TABLE posts (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES clients,
    caption text NOT NULL,
    -- What the person meant: this time on the wall in this zone. The instant follows from it.
    local_time timestamp NOT NULL,
    time_zone text NOT NULL,
    due_at timestamptz NOT NULL,
    version bytea NOT NULL,
    created_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX posts_calendar ON posts (client_id, due_at);

CREATE TABLE post_assets (
    post_id uuid NOT NULL REFERENCES posts ON DELETE CASCADE,
    position integer NOT NULL,
    asset_id uuid NOT NULL REFERENCES assets,
    PRIMARY KEY (post_id, position)
);
CREATE INDEX post_assets_asset ON post_assets (asset_id);

CREATE TABLE deliveries (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES clients,
    post_id uuid NOT NULL REFERENCES posts,
    account_id uuid NOT NULL REFERENCES accounts,
    caption_override text,
    options jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'in_review', 'approved', 'scheduled', 'publishing', 'processing',
                                         'published', 'failed', 'unknown', 'cancelled')),
    -- The version that was scheduled; the publisher compares it before the first byte.
    scheduled_version bytea,
    due_at timestamptz NOT NULL,
    -- The queue: what is to be looked at, and when. Null for everything that waits for a person.
    next_step_at timestamptz,
    lease_owner text,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    -- Sealed: it can hold upload addresses.
    checkpoint bytea,
    attempt integer NOT NULL DEFAULT 0,
    attempt_open boolean NOT NULL DEFAULT false,
    retries integer NOT NULL DEFAULT 0,
    bytes_sent bigint,
    last_problem text,
    platform_post_id text,
    post_url text,
    published_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (post_id, account_id)
);
-- The cost of a tick follows what is due, not what is stored.
CREATE INDEX deliveries_queue ON deliveries (next_step_at) WHERE next_step_at IS NOT NULL;
-- One delivery in flight per account, held by the database itself.
CREATE UNIQUE INDEX deliveries_in_flight ON deliveries (account_id) WHERE lease_owner IS NOT NULL;
CREATE INDEX deliveries_account ON deliveries (account_id, due_at);
CREATE INDEX deliveries_history ON deliveries (client_id, due_at DESC);

CREATE TABLE events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES clients,
    account_id uuid REFERENCES accounts,
    -- No foreign key: the history outlives what it tells of.
    post_id uuid,
    delivery_id uuid,
    attempt integer,
    at timestamptz NOT NULL,
    actor uuid REFERENCES users,
    kind text NOT NULL,
    tone text NOT NULL CHECK (tone IN ('good', 'warning', 'bad', 'neutral')),
    title text NOT NULL,
    detail text NOT NULL DEFAULT '',
    platform_words text,
    duration_ms bigint
);
CREATE INDEX events_delivery ON events (delivery_id, id);
CREATE INDEX events_account ON events (account_id, id);
CREATE INDEX events_client ON events (client_id, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history is append-only';
END;
$$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Agency-wide facts, one row.
CREATE TABLE agency (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    name text NOT NULL
);
INSERT INTO agency (name) VALUES ('Innovative Media Agency');
