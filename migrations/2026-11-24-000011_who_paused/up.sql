-- Who paused it, for as long as the pause lasts.
ALTER TABLE agency ADD COLUMN paused_by uuid REFERENCES users;
ALTER TABLE clients ADD COLUMN paused_by uuid REFERENCES users;
ALTER TABLE accounts ADD COLUMN paused_by uuid REFERENCES users;

-- What happened at a client that belongs to no post: connections, pauses, settings.
CREATE INDEX events_of_desk ON events (client_id, id) WHERE post_id IS NULL;

-- What a person has to look at: a few rows among very many.
CREATE INDEX deliveries_attention ON deliveries (client_id, due_at)
    WHERE state IN ('failed', 'unknown') OR held IS NOT NULL OR (state = 'scheduled' AND findings <> '[]');
