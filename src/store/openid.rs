//! The accounts of those who log in at an `OpenID` provider.

use rusqlite::{OptionalExtension, params};

use super::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    /// The user (by pkid) whom the provider knows by that name.
    pub fn user_by_openid(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<String>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT i.pkid FROM openid_account o JOIN account a ON a.id = o.account_id \
             JOIN instance i ON i.id = a.instance_id WHERE o.issuer = ?1 AND o.subject = ?2",
        )?;
        Ok(statement.query_row([issuer, subject], |row| row.get(0)).optional()?)
    }
}

impl WriteTx<'_> {
    /// Ties an account to the provider's name for a person.
    pub fn tie_to_openid(
        &self,
        account_id: i64,
        issuer: &str,
        subject: &str,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO openid_account (account_id, issuer, subject) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![account_id, issuer, subject])?;
        Ok(())
    }
}
