-- An account belongs to an instance of data/SystemUser, and goes with it.
ALTER TABLE account ADD COLUMN instance_id INTEGER REFERENCES instance (id) ON DELETE CASCADE;
CREATE UNIQUE INDEX account_by_instance ON account (instance_id);
CREATE INDEX account_by_node ON account (node_id);
