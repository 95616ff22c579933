//! What was taken over from Webex: instances that belong to a Webex customer, by Webex's ids.

use rusqlite::{OptionalExtension, params};

use super::{NewInstance, ReadTx, StoreError, WriteTx};

/// An instance that stands for an entry of Webex's.
pub struct Synced {
    pub instance_id: i64,
    /// Its JSON.
    pub data: String,
}

impl ReadTx<'_> {
    /// How many instances a customer has of each model.
    pub fn synced_counts(&self, customer_id: i64) -> Result<Vec<(String, u64)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT model, count(*) FROM webex_synced WHERE customer_id = ?1 \
             GROUP BY model ORDER BY model",
        )?;
        let rows = statement.query_map([customer_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The number of the next pass over a customer's instances of a model: none of them has it.
    pub fn next_pass(&self, customer_id: i64, model: &str) -> Result<i64, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT coalesce(max(pass), 0) + 1 FROM webex_synced \
             WHERE customer_id = ?1 AND model = ?2",
        )?;
        Ok(statement.query_row(params![customer_id, model], |row| row.get(0))?)
    }

    /// The instance that stands for an entry.
    pub fn synced(
        &self,
        customer_id: i64,
        model: &str,
        external_id: &str,
    ) -> Result<Option<Synced>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT i.id, i.data FROM webex_synced s JOIN instance i ON i.id = s.instance_id \
             WHERE s.customer_id = ?1 AND s.model = ?2 AND s.external_id = ?3",
        )?;
        let found = statement.query_row(params![customer_id, model, external_id], |row| {
            Ok(Synced { instance_id: row.get(0)?, data: row.get(1)? })
        });
        Ok(found.optional()?)
    }

    /// Instances that a pass hasn't seen, by instance and entry; at most `limit`, in the order of
    /// their entries, from the one behind `after` on.
    pub fn unseen(
        &self,
        customer_id: i64,
        model: &str,
        pass: i64,
        after: &str,
        limit: u32,
    ) -> Result<Vec<(i64, String)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT instance_id, external_id FROM webex_synced \
             WHERE customer_id = ?1 AND model = ?2 AND external_id > ?4 AND pass <> ?3 \
             ORDER BY external_id LIMIT ?5",
        )?;
        let rows = statement.query_map(params![customer_id, model, pass, after, limit], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl WriteTx<'_> {
    /// Stores an instance for an entry that a pass has seen for the first time.
    pub fn insert_synced(
        &self,
        new: &NewInstance<'_>,
        customer_id: i64,
        external_id: &str,
        pass: i64,
    ) -> Result<(), StoreError> {
        let instance_id = self.insert_instance(new)?;
        self.conn
            .prepare_cached(
                "INSERT INTO webex_synced (instance_id, customer_id, model, external_id, pass) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![instance_id, customer_id, new.model, external_id, pass])?;
        Ok(())
    }

    /// Notes that a pass has seen an entry.
    pub fn mark_seen(&self, instance_id: i64, pass: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE webex_synced SET pass = ?2 WHERE instance_id = ?1")?
            .execute(params![instance_id, pass])?;
        Ok(())
    }

    /// Replaces an instance's JSON by one that says the same of another moment: it counts as another
    /// version, not as a modification.
    pub fn refresh_instance(&self, id: i64, data: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE instance SET data = ?2, version = version + 1 WHERE id = ?1")?
            .execute(params![id, data])?;
        Ok(())
    }

    /// Takes an instance away unless a pass has seen it meanwhile; says whether it went.
    pub fn delete_unseen(
        &self,
        customer_id: i64,
        instance_id: i64,
        pass: i64,
    ) -> Result<bool, StoreError> {
        let gone = self
            .conn
            .prepare_cached(
                "DELETE FROM instance WHERE id = (SELECT instance_id FROM webex_synced \
                 WHERE instance_id = ?1 AND pass <> ?2 AND customer_id = ?3)",
            )?
            .execute(params![instance_id, pass, customer_id])?;
        Ok(gone > 0)
    }

    /// Takes all away that was taken over for a customer.
    pub fn delete_synced(&self, customer_id: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "DELETE FROM instance WHERE id IN \
                 (SELECT instance_id FROM webex_synced WHERE customer_id = ?1)",
            )?
            .execute([customer_id])?;
        Ok(())
    }

    /// Puts all that was taken over for a customer where the customer has been moved to.
    pub fn move_synced(&self, customer_id: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE instance SET (node_id, modified) = \
                 (SELECT node_id, modified FROM instance WHERE id = ?1), version = version + 1 \
                 WHERE id IN (SELECT instance_id FROM webex_synced WHERE customer_id = ?1)",
            )?
            .execute([customer_id])?;
        Ok(())
    }

    /// Sets an attribute of all that was taken over for a customer, which has been changed.
    pub fn set_in_synced(
        &self,
        customer_id: i64,
        attr: &str,
        value: &str,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE instance SET data = json_set(data, '$.\"' || ?2 || '\"', ?3), \
                 modified = (SELECT modified FROM instance WHERE id = ?1), version = version + 1 \
                 WHERE id IN (SELECT instance_id FROM webex_synced WHERE customer_id = ?1)",
            )?
            .execute(params![customer_id, attr, value])?;
        Ok(())
    }
}
