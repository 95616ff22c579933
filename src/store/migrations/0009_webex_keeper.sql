-- What is still to be asked of Webex about an access token that was typed in, and that it was refused.
ALTER TABLE webex_connection ADD COLUMN asks_expiry INTEGER NOT NULL DEFAULT 0;
ALTER TABLE webex_connection ADD COLUMN token_refused INTEGER NOT NULL DEFAULT 0;

-- Schedules of Webex customers: to which instance each belongs, and when it runs next (Unix seconds;
-- absent while it rests). A customer's schedules are taken away by those who take away the customer.
CREATE TABLE webex_schedule (
    instance_id  INTEGER PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
    customer_id  INTEGER NOT NULL,
    next_run     INTEGER
) STRICT;
CREATE INDEX webex_schedule_by_customer ON webex_schedule (customer_id);
CREATE INDEX webex_schedule_due ON webex_schedule (next_run) WHERE next_run IS NOT NULL;

-- Changes of connections that are to be told: the notice as JSON, and by which way. Unix seconds.
CREATE TABLE webex_notice (
    id            INTEGER PRIMARY KEY,
    way           TEXT NOT NULL CHECK (way IN ('webhook', 'email')),
    notice        TEXT NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_attempt  INTEGER NOT NULL
) STRICT;
CREATE INDEX webex_notice_due ON webex_notice (way, next_attempt);
