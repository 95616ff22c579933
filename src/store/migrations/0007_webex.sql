-- How each Webex customer is connected. Times are Unix seconds but for `since`, which is answered as
-- it stands. `due` is when something has to be done or said next; absent, nothing is.
CREATE TABLE webex_connection (
    instance_id  INTEGER PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
    state        TEXT NOT NULL CHECK (
        state IN ('not_authorised', 'healthy', 'expiring', 'failed', 'lapsed')),
    since        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    -- Granted scopes, separated by spaces; absent where nobody has said.
    scope        TEXT,
    -- When the tokens came.
    refreshed    INTEGER,
    due          INTEGER,
    -- Refreshes that failed since the last that didn't.
    failures     INTEGER NOT NULL DEFAULT 0,
    -- The last failure's words, and whether trying again is of no use.
    failure      TEXT,
    failed_at    INTEGER,
    is_final     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX webex_connection_due ON webex_connection (due) WHERE due IS NOT NULL;

-- Authorisations that were begun: only hashes of the state and of the session that began it, and the
-- sealed verifier of PKCE.
CREATE TABLE oauth_state (
    state_hash    BLOB PRIMARY KEY,
    session_hash  BLOB NOT NULL,
    pkid          TEXT NOT NULL,
    verifier      BLOB NOT NULL,
    expires       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_state_by_expiry ON oauth_state (expires);

-- Customers of earlier versions have no authorise link yet; the schema's order comes with their next
-- save.
UPDATE instance
    SET data = json_set(data, '$.token_link', '/oauth/webex/authorize/' || pkid)
    WHERE model = 'relation/SparkCustomer';
