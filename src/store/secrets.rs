//! Secret values, sealed, apart from the plain JSON of their instance.

use rusqlite::{OptionalExtension, params};
use secrecy::{ExposeSecret, SecretString};

use super::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    /// The secret of one field (a JSON Pointer), if one is set.
    pub fn secret(
        &self,
        instance_id: i64,
        pkid: &str,
        field: &str,
    ) -> Result<Option<SecretString>, StoreError> {
        let sealed: Option<Vec<u8>> = self
            .conn
            .prepare_cached("SELECT sealed FROM secret WHERE instance_id = ?1 AND field = ?2")?
            .query_row(params![instance_id, field], |row| row.get(0))
            .optional()?;
        sealed.map(|sealed| self.vault.open_sealed(pkid, field, &sealed)).transpose()
    }
}

impl WriteTx<'_> {
    pub fn put_secret(
        &self,
        instance_id: i64,
        pkid: &str,
        field: &str,
        value: &SecretString,
    ) -> Result<(), StoreError> {
        let sealed = self.seal(pkid, field, value.expose_secret().as_bytes())?;
        self.conn
            .prepare_cached(
                "INSERT INTO secret (instance_id, field, sealed) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (instance_id, field) DO UPDATE SET sealed = excluded.sealed",
            )?
            .execute(params![instance_id, field, sealed])?;
        Ok(())
    }

    pub fn clear_secret(&self, instance_id: i64, field: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM secret WHERE instance_id = ?1 AND field = ?2")?
            .execute(params![instance_id, field])?;
        Ok(())
    }
}
