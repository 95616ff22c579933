-- What was taken over from Webex of a customer: which instance stands for which of Webex's entries.
-- `pass` is the number of the sync that saw it last; what the latest complete one didn't see is gone
-- at Webex.
CREATE TABLE webex_synced (
    instance_id  INTEGER PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
    customer_id  INTEGER NOT NULL,
    model        TEXT NOT NULL,
    external_id  TEXT NOT NULL,
    pass         INTEGER NOT NULL,
    UNIQUE (customer_id, model, external_id)
) STRICT;

-- What may be open only once, such as a sync of a customer; absent for most.
ALTER TABLE task ADD COLUMN alone TEXT;
CREATE UNIQUE INDEX task_alone ON task (alone) WHERE state <> 'ended' AND alone IS NOT NULL;
