DROP INDEX audit_entries_at;
DROP INDEX audit_entries_actor;
