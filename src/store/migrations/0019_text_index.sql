-- Which instances have a text in their list: its trigrams, under the instances' ids. `text_pending` are
-- those that were added, changed or taken away since the index has looked at them last.
CREATE VIRTUAL TABLE text_index USING fts5 (
    texts,
    content = '',
    contentless_delete = 1,
    detail = none,
    tokenize = 'trigram case_sensitive 1'
);
CREATE TABLE text_pending (
    id  INTEGER PRIMARY KEY
) STRICT;
INSERT INTO text_pending (id) SELECT id FROM instance;

CREATE TRIGGER instance_text_added AFTER INSERT ON instance BEGIN
    INSERT OR IGNORE INTO text_pending (id) VALUES (new.id);
END;
CREATE TRIGGER instance_text_changed AFTER UPDATE OF node_id, data ON instance BEGIN
    INSERT OR IGNORE INTO text_pending (id) VALUES (new.id);
END;
CREATE TRIGGER instance_text_removed AFTER DELETE ON instance BEGIN
    INSERT OR IGNORE INTO text_pending (id) VALUES (old.id);
END;
