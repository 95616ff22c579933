-- The hierarchy. `path` is the dot path from `sys`; names never change, so neither does it.
CREATE TABLE node (
    id         INTEGER PRIMARY KEY,
    pkid       TEXT NOT NULL UNIQUE,
    parent_id  INTEGER REFERENCES node (id),
    name       TEXT NOT NULL,
    node_type  TEXT NOT NULL,
    path       TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX node_by_parent ON node (parent_id, name COLLATE NOCASE);

-- Every node with each of its ancestors, itself included: "at or below" is one range of this.
CREATE TABLE node_closure (
    ancestor_id  INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    node_id      INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    PRIMARY KEY (ancestor_id, node_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX node_closure_by_node ON node_closure (node_id, ancestor_id);

-- Instances of every model. `data` is the plain JSON as it is answered: where a secret is set it
-- holds the mask, the secret itself is in `secret`. Per-model indexes on the attributes of the
-- lists are made at start-up (store/indexes.rs).
CREATE TABLE instance (
    id        INTEGER PRIMARY KEY,
    pkid      TEXT NOT NULL UNIQUE,
    model     TEXT NOT NULL,
    node_id   INTEGER NOT NULL REFERENCES node (id),
    version   INTEGER NOT NULL,
    created   TEXT NOT NULL,
    modified  TEXT NOT NULL,
    data      TEXT NOT NULL
) STRICT;
CREATE INDEX instance_by_node ON instance (node_id, model);

CREATE TABLE secret (
    instance_id  INTEGER NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    field        TEXT NOT NULL,
    sealed       BLOB NOT NULL,
    PRIMARY KEY (instance_id, field)
) STRICT, WITHOUT ROWID;

-- Business keys. `scope` is the node for keys that are unique at a node, 0 for the whole hierarchy.
CREATE TABLE unique_key (
    model        TEXT NOT NULL,
    scope        INTEGER NOT NULL,
    field        TEXT NOT NULL,
    value        TEXT NOT NULL,
    instance_id  INTEGER NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    PRIMARY KEY (model, scope, field, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX unique_key_by_instance ON unique_key (instance_id);

-- How many instances of a model stand at a node, so that totals are sums and never counts.
CREATE TABLE instance_count (
    model    TEXT NOT NULL,
    node_id  INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    n        INTEGER NOT NULL,
    PRIMARY KEY (model, node_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER instance_counted AFTER INSERT ON instance BEGIN
    INSERT INTO instance_count (model, node_id, n) VALUES (new.model, new.node_id, 1)
        ON CONFLICT (model, node_id) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER instance_uncounted AFTER DELETE ON instance BEGIN
    UPDATE instance_count SET n = n - 1 WHERE model = old.model AND node_id = old.node_id;
END;
CREATE TRIGGER instance_moved AFTER UPDATE OF node_id ON instance
WHEN new.node_id <> old.node_id BEGIN
    UPDATE instance_count SET n = n - 1 WHERE model = old.model AND node_id = old.node_id;
    INSERT INTO instance_count (model, node_id, n) VALUES (new.model, new.node_id, 1)
        ON CONFLICT (model, node_id) DO UPDATE SET n = n + 1;
END;

CREATE TABLE account (
    id             INTEGER PRIMARY KEY,
    username       TEXT NOT NULL UNIQUE,
    password_hash  TEXT NOT NULL,
    node_id        INTEGER NOT NULL REFERENCES node (id)
) STRICT;

-- Log-ins: browser sessions, and the access and refresh tokens of scripts. Only a hash of each
-- token is kept. `family` ties the tokens of one log-in together. Times are Unix seconds.
CREATE TABLE session (
    token_hash  BLOB PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('cookie', 'access', 'refresh')),
    family      TEXT NOT NULL,
    account_id  INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    csrf        TEXT NOT NULL,
    expires     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_family ON session (family);
CREATE INDEX session_by_expiry ON session (expires);
