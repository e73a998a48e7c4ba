-- How long after its minute a post of this client is still sent.
ALTER TABLE clients
    ADD COLUMN lateness_minutes integer NOT NULL DEFAULT 1440 CHECK (lateness_minutes BETWEEN 1 AND 10080),
    ADD COLUMN paused_at timestamptz;
ALTER TABLE accounts ADD COLUMN paused_at timestamptz;
ALTER TABLE agency ADD COLUMN paused_at timestamptz;

ALTER TABLE deliveries
    -- Due, but out of the queue until somebody acts: what keeps it.
    ADD COLUMN held text CHECK (held IN ('paused', 'reconnect')),
    -- Asked for while a worker was at it; the worker says what came of it.
    ADD COLUMN cancel_requested boolean NOT NULL DEFAULT false,
    -- When it is looked at ahead of its minute, and what was found.
    ADD COLUMN preflight_at timestamptz,
    ADD COLUMN findings jsonb NOT NULL DEFAULT '[]',
    ADD CHECK (held IS NULL OR next_step_at IS NULL);
CREATE INDEX deliveries_held ON deliveries (account_id) WHERE held IS NOT NULL;
CREATE INDEX deliveries_preflight ON deliveries (preflight_at) WHERE preflight_at IS NOT NULL;

-- When the tokens are renewed ahead of their end; null where a person has to connect the account again.
ALTER TABLE connections ADD COLUMN renew_at timestamptz;
UPDATE connections SET renew_at = access_expires_at - interval '30 minutes' WHERE refresh_token IS NOT NULL;
CREATE INDEX connections_renew ON connections (renew_at) WHERE renew_at IS NOT NULL;

-- What was spent of each limit of a platform within its window; shared by all processes.
CREATE TABLE budgets (
    key text PRIMARY KEY,
    spent timestamptz[] NOT NULL,
    -- After this nothing of it counts any more.
    idle_at timestamptz NOT NULL
);
CREATE INDEX budgets_idle ON budgets (idle_at);
