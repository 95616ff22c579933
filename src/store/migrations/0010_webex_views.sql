-- The customers in need, those first that have been so longest, and how many are in each state.
CREATE INDEX webex_connection_by_state ON webex_connection (state, since);
