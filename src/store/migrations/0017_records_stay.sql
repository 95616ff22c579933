-- A record goes from its node only to the one above it, when its node is deleted.
CREATE TRIGGER audit_record_moves BEFORE UPDATE OF node_id ON instance
WHEN old.model = 'tool/Transaction' AND new.node_id <> old.node_id
    AND new.node_id IS NOT (SELECT parent_id FROM node WHERE id = old.node_id) BEGIN
    SELECT raise(ABORT, 'a record stays at its node');
END;
