-- Which key of the key file new secrets are sealed with. It stands here and not in the file, so that it
-- changes for all processes at the same point of the order of writes.
CREATE TABLE sealing_key (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    id    BLOB NOT NULL
) STRICT;
