DROP TABLE webhooks;
DROP INDEX deliveries_task;
ALTER TABLE deliveries DROP COLUMN platform_task_id;
