-- Work that was asked for: its input, sealed since it may hold secrets, and how far it has come.
-- It runs as `account_id`. The record people read is the instance of
-- tool/Transaction with the pkid `transaction_id`.
CREATE TABLE task (
    id              INTEGER PRIMARY KEY,
    transaction_id  TEXT NOT NULL UNIQUE,
    state           TEXT NOT NULL CHECK (state IN ('queued', 'running', 'ended')),
    account_id      INTEGER NOT NULL,
    -- Absent once it has ended and is not to be run again.
    input           BLOB,
    rows_done       INTEGER NOT NULL DEFAULT 0,
    rows_failed     INTEGER NOT NULL DEFAULT 0,
    cancelled       INTEGER NOT NULL DEFAULT 0,
    -- How often a start of the program has found it unfinished.
    interruptions   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX task_by_state ON task (state, id) WHERE state <> 'ended';

-- The outcome of each row of a bulk call, as JSON.
CREATE TABLE task_row (
    transaction_id  TEXT NOT NULL,
    position        INTEGER NOT NULL,
    failed          INTEGER NOT NULL,
    data            TEXT NOT NULL,
    PRIMARY KEY (transaction_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_row_failed ON task_row (transaction_id, position) WHERE failed;

-- Files that were uploaded to be loaded, sealed.
CREATE TABLE task_file (
    transaction_id  TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    sealed          BLOB NOT NULL
) STRICT;

-- Outcomes that are to be posted to a caller's URL. `next_attempt` is in Unix seconds.
CREATE TABLE callback (
    transaction_id  TEXT PRIMARY KEY,
    sealed          BLOB NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    -- Absent until the transaction has ended.
    next_attempt    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX callback_due ON callback (next_attempt) WHERE next_attempt IS NOT NULL;
