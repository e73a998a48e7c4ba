-- What the agency sorts a client's posts by. Its own: no tag reaches the portal, and none is part of a version.
CREATE TABLE tags (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES clients,
    name text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX tags_name ON tags (client_id, lower(name));
CREATE TABLE post_tags (
    post_id uuid NOT NULL REFERENCES posts ON DELETE CASCADE,
    tag_id uuid NOT NULL REFERENCES tags ON DELETE CASCADE,
    PRIMARY KEY (post_id, tag_id)
);
CREATE INDEX post_tags_tag ON post_tags (tag_id);

-- Pieces of captions that are used again: of one client, or of all.
CREATE TABLE snippets (
    id uuid PRIMARY KEY,
    client_id uuid REFERENCES clients,
    name text NOT NULL,
    body text NOT NULL,
    created_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX snippets_name ON snippets (client_id, lower(name)) NULLS NOT DISTINCT;

-- What the agency notes about a post for itself. It never leaves the desk.
CREATE TABLE post_notes (
    post_id uuid PRIMARY KEY REFERENCES posts ON DELETE CASCADE,
    body text NOT NULL,
    -- Moves with every change, so that nobody overwrites what they have not seen.
    revision integer NOT NULL,
    updated_by uuid NOT NULL REFERENCES users,
    updated_at timestamptz NOT NULL
);

-- What a post said after it was saved: one row for all that a person saved within a few minutes.
CREATE TABLE post_saves (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    post_id uuid NOT NULL REFERENCES posts ON DELETE CASCADE,
    version bytea NOT NULL,
    content jsonb NOT NULL,
    saved_by uuid NOT NULL REFERENCES users,
    -- Of the first of them, and of the last.
    began_at timestamptz NOT NULL,
    saved_at timestamptz NOT NULL
);
CREATE INDEX post_saves_post ON post_saves (post_id, id);

-- When posts of an account usually go out: a weekday (0 is Monday) and a time on the client's wall.
CREATE TABLE account_slots (
    account_id uuid NOT NULL REFERENCES accounts,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    wall_time time NOT NULL,
    PRIMARY KEY (account_id, weekday, wall_time)
);

-- The secret address of a client's calendar, of which only the hash is stored.
CREATE TABLE calendar_feeds (
    client_id uuid PRIMARY KEY REFERENCES clients,
    token_hash bytea NOT NULL UNIQUE,
    created_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL
);
