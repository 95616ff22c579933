-- What an account sees of its log-ins. `ends` is when one ends however much it is used, `expires` when
-- it does if it isn't used again. Times are Unix seconds.
ALTER TABLE session ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN last_used INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN ends INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
UPDATE session SET created = unixepoch(), last_used = unixepoch(), ends = expires;
CREATE INDEX session_by_account ON session (account_id);

-- The tokens that people make for their programs. Only a hash of each is kept. `scope` is 'all',
-- 'read', or 'profile:' and the pkid of an access profile.
CREATE TABLE api_token (
    pkid        TEXT PRIMARY KEY,
    token_hash  BLOB NOT NULL UNIQUE,
    account_id  INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    scope       TEXT NOT NULL,
    created     INTEGER NOT NULL,
    expires     INTEGER NOT NULL,
    last_used   INTEGER,
    UNIQUE (account_id, name)
) STRICT;

-- The second factor of an account. `sealed` is its secret, bound to `pkid`; `step` is the last time
-- step whose code was used. It isn't asked for until it is confirmed.
CREATE TABLE second_factor (
    account_id  INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    pkid        TEXT NOT NULL UNIQUE,
    sealed      BLOB NOT NULL,
    confirmed   INTEGER NOT NULL DEFAULT 0,
    step        INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What lets in once instead of it, as hashes.
CREATE TABLE recovery_code (
    account_id  INTEGER NOT NULL REFERENCES second_factor (account_id) ON DELETE CASCADE,
    code_hash   BLOB NOT NULL,
    PRIMARY KEY (account_id, code_hash)
) STRICT, WITHOUT ROWID;
