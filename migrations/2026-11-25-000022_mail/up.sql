-- Until when a mail is tried, counted from its first try: a server without a mail server keeps it longer.
ALTER TABLE outbox ADD COLUMN give_up_at timestamptz;

-- What is told to contacts, who are no users: gathered into one mail, and gone with it.
CREATE TABLE contact_notices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recipient text NOT NULL,
    client_id uuid NOT NULL REFERENCES clients,
    title text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    mail_at timestamptz NOT NULL
);
CREATE INDEX contact_notices_mail ON contact_notices (mail_at);

-- Whether it shows inside the application, or was only for a mail.
ALTER TABLE notices ADD COLUMN in_app boolean NOT NULL DEFAULT true;
-- Asked for with every look that a page takes.
CREATE INDEX notices_unread ON notices (user_id) WHERE in_app AND read_at IS NULL;

-- When people were last told that a connection ends soon.
ALTER TABLE connections ADD COLUMN expiry_told_at timestamptz;
