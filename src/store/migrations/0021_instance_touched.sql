-- Which instances were written since their lists and counts were brought up to date, with the node that
-- those have them at; none of what they don't know yet. What is written together is taken in together, at the
-- end of each group of writes or when a list is read before (store/settling.rs): nobody else sees a row here.
CREATE TABLE instance_touched (
    model    TEXT NOT NULL,
    id       INTEGER NOT NULL,
    node_id  INTEGER,
    PRIMARY KEY (model, id)
) STRICT, WITHOUT ROWID;

-- The triggers that kept them row by row. Those of the lists go when the program starts.
DROP TRIGGER instance_counted;
DROP TRIGGER instance_uncounted;
DROP TRIGGER instance_moved;
DROP TRIGGER instance_text_added;
DROP TRIGGER instance_text_changed;
DROP TRIGGER instance_text_removed;
DROP TRIGGER instance_generation_added;
DROP TRIGGER instance_generation_changed;
DROP TRIGGER instance_generation_removed;

-- Of what is written more than once the first counts: it says what lists and counts know.
CREATE TRIGGER instance_added AFTER INSERT ON instance BEGIN
    INSERT OR IGNORE INTO instance_touched (model, id, node_id) VALUES (new.model, new.id, NULL);
END;
CREATE TRIGGER instance_changed AFTER UPDATE OF node_id, data ON instance BEGIN
    INSERT OR IGNORE INTO instance_touched (model, id, node_id) VALUES (old.model, old.id, old.node_id);
END;
CREATE TRIGGER instance_removed AFTER DELETE ON instance BEGIN
    INSERT OR IGNORE INTO instance_touched (model, id, node_id) VALUES (old.model, old.id, old.node_id);
END;
-- Where a node has stood is known as long as it is there.
CREATE TRIGGER node_settled BEFORE DELETE ON node
WHEN EXISTS (SELECT 1 FROM instance_touched WHERE node_id = old.id) BEGIN
    SELECT raise(ABORT, 'what stood at a node is taken into lists and counts before it goes');
END;
