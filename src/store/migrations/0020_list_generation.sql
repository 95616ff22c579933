-- A number for each model that goes up with every write of its instances: what was remembered of its
-- lists holds as long as the number stays.
CREATE TABLE list_generation (
    model  TEXT PRIMARY KEY,
    n      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO list_generation (model, n) SELECT DISTINCT model, 1 FROM instance_count;

CREATE TRIGGER instance_generation_added AFTER INSERT ON instance BEGIN
    INSERT INTO list_generation (model, n) VALUES (new.model, 1)
        ON CONFLICT (model) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER instance_generation_changed AFTER UPDATE OF node_id, data ON instance BEGIN
    UPDATE list_generation SET n = n + 1 WHERE model = new.model;
END;
CREATE TRIGGER instance_generation_removed AFTER DELETE ON instance BEGIN
    UPDATE list_generation SET n = n + 1 WHERE model = old.model;
END;
-- The number of a node that was taken away may be another's, and what was remembered of the one isn't the
-- other's.
CREATE TRIGGER node_generation_removed AFTER DELETE ON node BEGIN
    UPDATE list_generation SET n = n + 1;
END;
