ALTER TABLE posts DROP COLUMN saved_in;
ALTER TABLE posts DROP COLUMN saved_by;
ALTER TABLE posts DROP COLUMN revision;
