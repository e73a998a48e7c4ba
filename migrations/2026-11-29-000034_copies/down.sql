DROP TABLE copies;
DROP INDEX assets_derived;
ALTER TABLE assets DROP COLUMN derived_from, DROP COLUMN derived_name, DROP COLUMN derived_how;
