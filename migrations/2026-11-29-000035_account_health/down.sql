DROP INDEX deliveries_coming;
DROP INDEX deliveries_published;
