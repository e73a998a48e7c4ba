-- What an account published last, what goes out next and whether something is on its way cost the same whatever is stored.
CREATE INDEX deliveries_published ON deliveries (account_id, published_at) WHERE state = 'published';
CREATE INDEX deliveries_coming ON deliveries (account_id, state, due_at)
    WHERE state IN ('scheduled', 'publishing', 'processing');
