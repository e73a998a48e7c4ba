-- Reading the audit by person and by period. What the publisher did is most of it, and has no person; the time
-- grows with the rows, which a small index of ranges is enough for.
CREATE INDEX audit_entries_actor ON audit_entries (actor, id) WHERE actor IS NOT NULL;
CREATE INDEX audit_entries_at ON audit_entries USING brin (at);
