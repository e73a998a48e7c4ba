-- A team, portal users, approvals, what people are told, and who did what.

-- Portal users approve or only look; whoever comes by links from mails alone has no password.
ALTER TABLE users DROP CONSTRAINT users_role_check;
UPDATE users SET role = 'client_viewer' WHERE role = 'client';
ALTER TABLE users
    ALTER COLUMN password_hash DROP NOT NULL,
    -- Whether a member of staff sees every client, or only those in user_clients; portal users never do.
    ADD COLUMN all_clients boolean NOT NULL DEFAULT true,
    ADD CONSTRAINT users_role_check
        CHECK (role IN ('owner', 'manager', 'editor', 'client_approver', 'client_viewer'));
UPDATE users SET all_clients = false WHERE role = 'client_viewer';
ALTER TABLE users
    ADD CHECK (NOT all_clients OR role NOT IN ('client_approver', 'client_viewer')),
    ADD CHECK (all_clients OR role <> 'owner');

CREATE TABLE user_clients (
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    client_id uuid NOT NULL REFERENCES clients ON DELETE CASCADE,
    PRIMARY KEY (user_id, client_id)
);
CREATE INDEX user_clients_client ON user_clients (client_id);

-- A session has a name that is no secret, so that its owner can end it from another device.
ALTER TABLE sessions
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    -- By a password, or by a link from a mail to the owner of that address.
    ADD COLUMN opened_by text NOT NULL DEFAULT 'password' CHECK (opened_by IN ('password', 'link')),
    ADD COLUMN ip text,
    ADD COLUMN agent text;

-- Links that were sent to people. Only hashes of their tokens are stored: reading this opens nothing.
CREATE TABLE links (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    purpose text NOT NULL CHECK (purpose IN ('invitation', 'password_reset', 'email_old', 'email_new', 'portal', 'let_in', 'connect')),
    client_id uuid REFERENCES clients,
    -- Whom it was sent to, where that is a user already.
    user_id uuid REFERENCES users ON DELETE CASCADE,
    email text,
    -- What exactly it was sent for: the role and clients of an invitation, the new address, platforms.
    scope jsonb NOT NULL DEFAULT '{}',
    created_by uuid REFERENCES users,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX links_client ON links (client_id, purpose);
CREATE INDEX links_user ON links (user_id, purpose);
CREATE INDEX links_expiry ON links (expires_at);

-- A consent is bound to the browser that began it: one that is signed in, or one that came by a connect link.
ALTER TABLE oauth_attempts DROP CONSTRAINT oauth_attempts_session_hash_fkey;
ALTER TABLE oauth_attempts RENAME COLUMN session_hash TO browser_hash;
ALTER TABLE oauth_attempts ADD COLUMN link_id uuid REFERENCES links ON DELETE CASCADE;

-- How a client's posts are approved.
ALTER TABLE clients
    ADD COLUMN approval_policy text NOT NULL DEFAULT 'none'
        CHECK (approval_policy IN ('none', 'optional', 'required', 'two_steps')),
    ADD COLUMN approvers text NOT NULL DEFAULT 'any' CHECK (approvers IN ('any', 'all')),
    -- What happens to a post whose minute comes before its approval.
    ADD COLUMN late_approval text NOT NULL DEFAULT 'hold' CHECK (late_approval IN ('hold', 'publish', 'ask')),
    -- How long before its minute a decision is wanted.
    ADD COLUMN decide_ahead_minutes integer NOT NULL DEFAULT 1440 CHECK (decide_ahead_minutes BETWEEN 0 AND 20160),
    -- Told of failures besides the team.
    ADD COLUMN failure_email text,
    ADD COLUMN brand_color text CHECK (brand_color ~ '^#[0-9a-f]{6}$'),
    -- Overrides the installation's days.
    ADD COLUMN media_retention_days integer CHECK (media_retention_days BETWEEN 1 AND 3650);
ALTER TABLE agency
    ADD COLUMN failure_email text,
    ADD COLUMN brand_color text CHECK (brand_color ~ '^#[0-9a-f]{6}$');

-- What each version of a post said, so that a reviewer sees what has changed since the last one.
CREATE TABLE post_versions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    post_id uuid NOT NULL REFERENCES posts ON DELETE CASCADE,
    version bytea NOT NULL,
    content jsonb NOT NULL,
    created_by uuid REFERENCES users,
    created_at timestamptz NOT NULL
);
CREATE INDEX post_versions_post ON post_versions (post_id, id);

-- A version that was sent to be approved. One at a time waits for each post.
CREATE TABLE reviews (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES clients,
    post_id uuid NOT NULL REFERENCES posts ON DELETE CASCADE,
    version bytea NOT NULL,
    stage text NOT NULL CHECK (stage IN ('internal', 'client')),
    state text NOT NULL CHECK (state IN ('waiting', 'approved', 'changes', 'withdrawn', 'void')),
    sent_by uuid REFERENCES users,
    sent_at timestamptz NOT NULL,
    deadline timestamptz NOT NULL,
    settled_at timestamptz,
    -- When somebody is reminded next.
    remind_at timestamptz
);
CREATE UNIQUE INDEX reviews_open ON reviews (post_id) WHERE state = 'waiting';
CREATE INDEX reviews_waiting ON reviews (client_id, deadline) WHERE state = 'waiting';
CREATE INDEX reviews_post ON reviews (post_id, sent_at);
CREATE INDEX reviews_remind ON reviews (remind_at) WHERE remind_at IS NOT NULL;

-- What each approver decided about exactly that version.
CREATE TABLE decisions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    review_id uuid NOT NULL REFERENCES reviews ON DELETE CASCADE,
    version bytea NOT NULL,
    user_id uuid NOT NULL REFERENCES users,
    verdict text NOT NULL CHECK (verdict IN ('approved', 'changes')),
    note text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    withdrawn_at timestamptz
);
CREATE UNIQUE INDEX decisions_standing ON decisions (review_id, user_id) WHERE withdrawn_at IS NULL;

CREATE TABLE comments (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES clients,
    post_id uuid NOT NULL REFERENCES posts ON DELETE CASCADE,
    author uuid NOT NULL REFERENCES users,
    -- Never reaches the portal.
    internal boolean NOT NULL,
    body text NOT NULL,
    -- A moment of a video.
    asset_id uuid REFERENCES assets,
    at_ms bigint CHECK (at_ms >= 0),
    created_at timestamptz NOT NULL,
    resolved_at timestamptz,
    resolved_by uuid REFERENCES users,
    CHECK ((asset_id IS NULL) = (at_ms IS NULL))
);
CREATE INDEX comments_post ON comments (post_id, created_at);

-- What a person is told inside the application.
CREATE TABLE notices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    client_id uuid REFERENCES clients,
    -- No foreign key: what was told outlives a post that was deleted.
    post_id uuid,
    kind text NOT NULL,
    title text NOT NULL,
    body text NOT NULL DEFAULT '',
    href text NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    -- Of those that are gathered into one mail: when that mail is due, and that it was written.
    mail_at timestamptz
);
CREATE INDEX notices_user ON notices (user_id, id);
CREATE INDEX notices_mail ON notices (mail_at) WHERE mail_at IS NOT NULL;

-- Where a person's wish differs from the defaults.
CREATE TABLE notice_preferences (
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    kind text NOT NULL,
    in_app boolean NOT NULL,
    by_mail boolean NOT NULL,
    PRIMARY KEY (user_id, kind)
);

-- Mail on its way. Sealed, because it carries links; emptied once it was sent.
CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    -- The same thing is told once.
    dedupe_key text UNIQUE,
    kind text NOT NULL,
    client_id uuid REFERENCES clients,
    recipient text NOT NULL,
    subject text NOT NULL,
    sealed bytea,
    state text NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'unknown')),
    tries integer NOT NULL DEFAULT 0,
    next_try_at timestamptz,
    lease_until timestamptz,
    last_problem text,
    created_at timestamptz NOT NULL,
    sent_at timestamptz
);
CREATE INDEX outbox_due ON outbox (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE state = 'sending';
CREATE INDEX outbox_made ON outbox (created_at);

-- Addresses of others that are told of deliveries and accounts.
CREATE TABLE webhook_endpoints (
    id uuid PRIMARY KEY,
    -- Of one client, or of all.
    client_id uuid REFERENCES clients,
    url text NOT NULL,
    sealed_secret bytea NOT NULL,
    created_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz,
    last_problem text
);
CREATE TABLE webhook_messages (
    id uuid PRIMARY KEY,
    endpoint_id uuid NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
    kind text NOT NULL,
    body text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    tries integer NOT NULL DEFAULT 0,
    next_try_at timestamptz,
    last_status integer,
    last_problem text,
    created_at timestamptz NOT NULL,
    sent_at timestamptz
);
CREATE INDEX webhook_messages_due ON webhook_messages (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX webhook_messages_endpoint ON webhook_messages (endpoint_id, created_at);

-- Who did what. Chained afterwards, in a table of its own, so that nothing that is done has to wait.
CREATE TABLE audit_entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor uuid REFERENCES users,
    -- As they were then: names and roles change.
    actor_name text NOT NULL,
    actor_role text,
    client_id uuid REFERENCES clients,
    action text NOT NULL,
    subject_kind text,
    subject_id text,
    ip text,
    agent text,
    -- Neither secrets nor content.
    before jsonb,
    after jsonb
);
CREATE INDEX audit_entries_client ON audit_entries (client_id, id);
CREATE INDEX audit_entries_action ON audit_entries (action, id);
CREATE TABLE audit_chain (
    seq bigint PRIMARY KEY,
    entry_id bigint NOT NULL UNIQUE REFERENCES audit_entries,
    hash bytea NOT NULL
);
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only';
END;
$$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_chain_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
