//! Which Webex customer a schedule belongs to, and when it runs.

use rusqlite::params;

use super::{ReadTx, StoreError, Stored, WriteTx};

impl ReadTx<'_> {
    /// The customer of a schedule.
    pub fn schedule_customer(&self, instance_id: i64) -> Result<Option<Stored>, StoreError> {
        let tail = "JOIN webex_schedule s ON s.customer_id = i.id WHERE s.instance_id = ?1";
        Ok(self.stored_where(tail, [instance_id])?.pop())
    }

    /// The schedules of a customer.
    pub fn schedules_of(&self, customer_id: i64) -> Result<Vec<Stored>, StoreError> {
        self.stored_where(
            "JOIN webex_schedule s ON s.instance_id = i.id WHERE s.customer_id = ?1 ORDER BY i.id",
            [customer_id],
        )
    }

    /// Schedules that are due by `now`, those that are due longest first.
    pub fn schedules_due(&self, now: i64, limit: u32) -> Result<Vec<Stored>, StoreError> {
        self.stored_where(
            "JOIN webex_schedule s ON s.instance_id = i.id WHERE s.next_run <= ?1 \
             ORDER BY s.next_run LIMIT ?2",
            params![now, limit],
        )
    }

    /// When the next is due. Unix seconds.
    pub fn next_schedule_due(&self) -> Result<Option<i64>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT min(next_run) FROM webex_schedule WHERE next_run IS NOT NULL")?
            .query_row([], |row| row.get(0))?)
    }
}

impl WriteTx<'_> {
    /// `next_run` is in Unix seconds.
    pub fn set_schedule_run(&self, instance_id: i64, next_run: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE webex_schedule SET next_run = ?2 WHERE instance_id = ?1")?
            .execute(params![instance_id, next_run])?;
        Ok(())
    }

    /// Ties a schedule to its customer. `next_run` is in Unix seconds, `None` while it rests.
    pub fn put_schedule(
        &self,
        instance_id: i64,
        customer_id: i64,
        next_run: Option<i64>,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR REPLACE INTO webex_schedule (instance_id, customer_id, next_run) \
                 VALUES (?1, ?2, ?3)",
            )?
            .execute(params![instance_id, customer_id, next_run])?;
        Ok(())
    }
}
