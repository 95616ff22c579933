-- When an uploaded file came, in Unix seconds: it isn't kept for ever.
ALTER TABLE task_file ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
