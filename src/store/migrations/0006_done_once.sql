-- What the program does once in a database's life, however often it starts.
CREATE TABLE done_once (
    name  TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
