-- Goes up with each change of the catalogue of services, in whatever transaction it comes: what was read of the
-- catalogue holds as long as it stays.
CREATE TABLE catalogue_generation (n INTEGER NOT NULL) STRICT;
INSERT INTO catalogue_generation (n) VALUES (0);

CREATE TRIGGER catalogue_added AFTER INSERT ON instance
WHEN new.model IN ('data/Service', 'data/ServicePack', 'data/UserService') BEGIN
    UPDATE catalogue_generation SET n = n + 1;
END;
CREATE TRIGGER catalogue_changed AFTER UPDATE OF node_id, data ON instance
WHEN new.model IN ('data/Service', 'data/ServicePack', 'data/UserService') BEGIN
    UPDATE catalogue_generation SET n = n + 1;
END;
CREATE TRIGGER catalogue_removed AFTER DELETE ON instance
WHEN old.model IN ('data/Service', 'data/ServicePack', 'data/UserService') BEGIN
    UPDATE catalogue_generation SET n = n + 1;
END;
