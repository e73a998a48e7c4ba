DROP TABLE calendar_feeds;
DROP TABLE account_slots;
DROP TABLE post_saves;
DROP TABLE post_notes;
DROP TABLE snippets;
DROP TABLE post_tags;
DROP TABLE tags;
