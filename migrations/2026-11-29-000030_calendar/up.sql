-- A number that moves with every event that can be seen, of a client or of all. Ids are given out before their
-- transactions end, so one may come into sight after a higher one: those near the newest are counted, too.
CREATE FUNCTION state_version(of_client uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(id), 0) * 1024
           + (SELECT count(*) FROM events
              WHERE client_id = of_client
                AND id > (SELECT max(id) FROM events WHERE client_id = of_client) - 1000)
    FROM events WHERE client_id = of_client
$$;
CREATE FUNCTION state_version() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(id), 0) * 1024
           + (SELECT count(*) FROM events WHERE id > (SELECT max(id) FROM events) - 1000)
    FROM events
$$;

-- Which posts a calendar has is told by this index alone.
DROP INDEX posts_calendar;
CREATE INDEX posts_calendar ON posts (client_id, due_at, id);
