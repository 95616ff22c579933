-- By which API token a task was asked for: it does no more than the token may.
ALTER TABLE task ADD COLUMN api_token TEXT;

-- The number of the latest account. None is ever another's, however many were deleted.
CREATE TABLE account_number (last INTEGER NOT NULL) STRICT;
INSERT INTO account_number (last) SELECT max(
    coalesce((SELECT max(id) FROM account), 0),
    coalesce((SELECT max(account_id) FROM task), 0)
);

-- Goes up with each change of accounts, roles or profiles, so that another process hears of it.
CREATE TABLE access_generation (n INTEGER NOT NULL) STRICT;
INSERT INTO access_generation (n) VALUES (0);
