-- Lists as somebody wants to find them again: the parameters of a list under a name. A shared one
-- is seen by everyone who sees `node_id`, the node of its author.
CREATE TABLE saved_view (
    id          INTEGER PRIMARY KEY,
    pkid        TEXT NOT NULL UNIQUE,
    account_id  INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    node_id     INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    model       TEXT NOT NULL,
    name        TEXT NOT NULL,
    query       TEXT NOT NULL,
    shared      INTEGER NOT NULL,
    UNIQUE (account_id, model, name)
) STRICT;
CREATE INDEX saved_view_shared ON saved_view (model, node_id) WHERE shared;

-- The columns that somebody keeps for a model's list, separated by commas.
CREATE TABLE list_columns (
    account_id  INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    model       TEXT NOT NULL,
    columns     TEXT NOT NULL,
    PRIMARY KEY (account_id, model)
) STRICT, WITHOUT ROWID;
