-- A save names the revision that it started from, so that nobody writes over what somebody else has saved meanwhile.
ALTER TABLE posts ADD COLUMN revision bigint NOT NULL DEFAULT 1;
-- Who saved it last; null where it was moved, or saved before this was kept.
ALTER TABLE posts ADD COLUMN saved_by uuid REFERENCES users;
-- From which opened composer: the same one is never overtaken by itself, and adds a post once although its answer got lost.
ALTER TABLE posts ADD COLUMN saved_in uuid;
CREATE INDEX posts_saved_in ON posts (saved_in) WHERE saved_in IS NOT NULL;
