-- How many instances of a model stand at a node and below it, so that a total is one row.
CREATE TABLE subtree_count (
    model    TEXT NOT NULL,
    node_id  INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    n        INTEGER NOT NULL,
    PRIMARY KEY (node_id, model)
) STRICT, WITHOUT ROWID;
INSERT INTO subtree_count (model, node_id, n)
    SELECT i.model, c.ancestor_id, sum(i.n)
    FROM instance_count i JOIN node_closure c ON c.node_id = i.node_id
    GROUP BY i.model, c.ancestor_id;

DROP TRIGGER instance_counted;
DROP TRIGGER instance_uncounted;
DROP TRIGGER instance_moved;
CREATE TRIGGER instance_counted AFTER INSERT ON instance BEGIN
    INSERT INTO instance_count (model, node_id, n) VALUES (new.model, new.node_id, 1)
        ON CONFLICT (model, node_id) DO UPDATE SET n = n + 1;
    INSERT INTO subtree_count (model, node_id, n)
        SELECT new.model, ancestor_id, 1 FROM node_closure WHERE node_id = new.node_id
        ON CONFLICT (model, node_id) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER instance_uncounted AFTER DELETE ON instance BEGIN
    UPDATE instance_count SET n = n - 1 WHERE model = old.model AND node_id = old.node_id;
    UPDATE subtree_count SET n = n - 1 WHERE model = old.model
        AND node_id IN (SELECT ancestor_id FROM node_closure WHERE node_id = old.node_id);
END;
CREATE TRIGGER instance_moved AFTER UPDATE OF node_id ON instance
WHEN new.node_id <> old.node_id BEGIN
    UPDATE instance_count SET n = n - 1 WHERE model = old.model AND node_id = old.node_id;
    UPDATE subtree_count SET n = n - 1 WHERE model = old.model
        AND node_id IN (SELECT ancestor_id FROM node_closure WHERE node_id = old.node_id);
    INSERT INTO instance_count (model, node_id, n) VALUES (new.model, new.node_id, 1)
        ON CONFLICT (model, node_id) DO UPDATE SET n = n + 1;
    INSERT INTO subtree_count (model, node_id, n)
        SELECT new.model, ancestor_id, 1 FROM node_closure WHERE node_id = new.node_id
        ON CONFLICT (model, node_id) DO UPDATE SET n = n + 1;
END;
