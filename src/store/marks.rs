//! What the program has done in this database once and for all.

use super::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    pub fn is_done(&self, name: &str) -> Result<bool, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT 1 FROM done_once WHERE name = ?1")?;
        Ok(statement.exists([name])?)
    }
}

impl WriteTx<'_> {
    pub fn mark_done(&self, name: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT OR IGNORE INTO done_once (name) VALUES (?1)")?
            .execute([name])?;
        Ok(())
    }
}
