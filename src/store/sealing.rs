//! Which key a value is sealed with: the one that the database names, whichever process writes.

use rusqlite::{Connection, OptionalExtension, params};

use super::{StoreError, WriteTx, key_file::KeyId, vault::Vault};

impl WriteTx<'_> {
    /// Encrypts the value of one field of one instance. In the transaction that stores it: a rotation
    /// of the key comes wholly before it or wholly after.
    pub(super) fn seal(
        &self,
        pkid: &str,
        field: &str,
        value: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let key = match current(self.conn)? {
            Some(key) => key,
            None => self.vault.newest()?,
        };
        self.vault.seal(key, pkid, field, value)
    }
}

/// The key that is sealed with now.
pub(super) fn current(conn: &Connection) -> Result<Option<KeyId>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT id FROM sealing_key")?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?)
}

pub(super) fn set_current(conn: &Connection, key: KeyId) -> Result<(), StoreError> {
    conn.execute("INSERT OR REPLACE INTO sealing_key (only, id) VALUES (1, ?1)", params![key])?;
    Ok(())
}

/// A database that was made before keys were told apart, or just now, has one.
pub(super) fn ensure(conn: &Connection, vault: &Vault) -> Result<(), StoreError> {
    if current(conn)?.is_none() {
        set_current(conn, vault.newest()?)?;
    }
    Ok(())
}
