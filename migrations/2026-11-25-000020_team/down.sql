DROP TABLE audit_chain;
DROP TABLE audit_entries;
DROP FUNCTION refuse_audit_change;
DROP TABLE webhook_messages;
DROP TABLE webhook_endpoints;
DROP TABLE outbox;
DROP TABLE notice_preferences;
DROP TABLE notices;
DROP TABLE comments;
DROP TABLE decisions;
DROP TABLE reviews;
DROP TABLE post_versions;
ALTER TABLE agency DROP COLUMN failure_email, DROP COLUMN brand_color;
ALTER TABLE clients
    DROP COLUMN approval_policy,
    DROP COLUMN approvers,
    DROP COLUMN late_approval,
    DROP COLUMN decide_ahead_minutes,
    DROP COLUMN failure_email,
    DROP COLUMN brand_color,
    DROP COLUMN media_retention_days;
DELETE FROM oauth_attempts;
ALTER TABLE oauth_attempts DROP COLUMN link_id;
ALTER TABLE oauth_attempts RENAME COLUMN browser_hash TO session_hash;
ALTER TABLE oauth_attempts
    ADD CONSTRAINT oauth_attempts_session_hash_fkey FOREIGN KEY (session_hash) REFERENCES sessions ON DELETE CASCADE;
DROP TABLE links;
ALTER TABLE sessions DROP COLUMN id, DROP COLUMN opened_by, DROP COLUMN ip, DROP COLUMN agent;
DROP TABLE user_clients;
ALTER TABLE users DROP CONSTRAINT users_role_check, DROP COLUMN all_clients;
UPDATE users SET role = 'client' WHERE role IN ('client_approver', 'client_viewer');
-- Nobody can sign in by this; the older schema wants a text.
UPDATE users SET password_hash = '' WHERE password_hash IS NULL;
ALTER TABLE users
    ALTER COLUMN password_hash SET NOT NULL,
    ADD CONSTRAINT users_role_check CHECK (role IN ('owner', 'manager', 'editor', 'client'));
