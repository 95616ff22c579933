-- The log as a chain. Each record (an instance of tool/Transaction) has an entry when it is asked for,
-- one when it ends, and one for each line that is added to it afterwards. `digest` is that of what is
-- recorded, `hash` that of the entry with the hash of the one before it (store/audit.rs).
CREATE TABLE audit_chain (
    seq     INTEGER PRIMARY KEY,
    record  TEXT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('asked', 'ended', 'noted')),
    time    TEXT NOT NULL,
    digest  BLOB NOT NULL,
    hash    BLOB NOT NULL
) STRICT;
CREATE INDEX audit_chain_by_record ON audit_chain (record);

-- Lines that were added to a record after its end, under the entries of the chain.
CREATE TABLE audit_note (
    seq     INTEGER PRIMARY KEY,
    record  TEXT NOT NULL,
    data    TEXT NOT NULL
) STRICT;
CREATE INDEX audit_note_by_record ON audit_note (record);

-- What was removed from the chain's beginning: the last entry, its hash, how many entries and records
-- in all, and when.
CREATE TABLE audit_checkpoint (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    seq      INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    entries  INTEGER NOT NULL,
    records  INTEGER NOT NULL,
    time     TEXT NOT NULL
) STRICT;

-- Nothing in the log is changed, and nothing taken away but behind a checkpoint.
CREATE TRIGGER audit_chain_stays BEFORE UPDATE ON audit_chain BEGIN
    SELECT raise(ABORT, 'an entry of the audit chain is not changed');
END;
CREATE TRIGGER audit_chain_goes BEFORE DELETE ON audit_chain
WHEN NOT EXISTS (SELECT 1 FROM audit_checkpoint WHERE seq >= old.seq) BEGIN
    SELECT raise(ABORT, 'an entry of the audit chain is removed behind a checkpoint only');
END;
CREATE TRIGGER audit_checkpoint_advances BEFORE UPDATE ON audit_checkpoint
WHEN new.seq <= old.seq OR new.entries < old.entries OR new.records < old.records BEGIN
    SELECT raise(ABORT, 'a checkpoint of the audit chain only advances');
END;
CREATE TRIGGER audit_checkpoint_goes BEFORE DELETE ON audit_checkpoint BEGIN
    SELECT raise(ABORT, 'the checkpoint of the audit chain stays');
END;
CREATE TRIGGER audit_record_stays BEFORE UPDATE OF pkid, model, data ON instance
WHEN old.model = 'tool/Transaction' AND EXISTS (
    SELECT 1 FROM audit_chain WHERE record = old.pkid AND kind = 'ended') BEGIN
    SELECT raise(ABORT, 'a record that has ended is not changed');
END;
CREATE TRIGGER audit_record_goes BEFORE DELETE ON instance
WHEN old.model = 'tool/Transaction' AND EXISTS (
    SELECT 1 FROM audit_chain WHERE record = old.pkid AND kind <> 'noted') BEGIN
    SELECT raise(ABORT, 'a record is removed with its entries of the audit chain only');
END;
CREATE TRIGGER audit_row_comes BEFORE INSERT ON task_row
WHEN EXISTS (SELECT 1 FROM audit_chain WHERE record = new.transaction_id AND kind = 'ended') BEGIN
    SELECT raise(ABORT, 'a record that has ended gets no more rows');
END;
CREATE TRIGGER audit_row_stays BEFORE UPDATE ON task_row BEGIN
    SELECT raise(ABORT, 'the outcome of a row is not changed');
END;
CREATE TRIGGER audit_row_goes BEFORE DELETE ON task_row
WHEN EXISTS (SELECT 1 FROM audit_chain WHERE record = old.transaction_id AND kind = 'ended') BEGIN
    SELECT raise(ABORT, 'the rows of a record are removed with it only');
END;
CREATE TRIGGER audit_note_stays BEFORE UPDATE ON audit_note BEGIN
    SELECT raise(ABORT, 'a note of the log is not changed');
END;
CREATE TRIGGER audit_note_goes BEFORE DELETE ON audit_note
WHEN EXISTS (SELECT 1 FROM audit_chain WHERE seq = old.seq) BEGIN
    SELECT raise(ABORT, 'a note of the log is removed with its entry of the audit chain only');
END;
