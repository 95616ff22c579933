-- Which account somebody has who logs in at an OpenID provider. The subject is the provider's own name for
-- a person, which never becomes another's.
CREATE TABLE openid_account (
    account_id  INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    issuer      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    UNIQUE (issuer, subject)
) STRICT;
