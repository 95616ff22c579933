//! The second factors of accounts, and the codes that stand in for a lost one.

use rusqlite::{OptionalExtension, params};
use secrecy::{ExposeSecret, SecretString};

use super::{ReadTx, StoreError, WriteTx};

/// What the sealed secret is bound to, beside the factor's pkid.
pub(super) const FIELD: &str = "/second_factor";

/// The second factor of an account.
pub struct SecondFactorRow {
    /// In base32.
    pub secret: SecretString,
    /// It is asked for.
    pub confirmed: bool,
    /// The last time step whose code was used.
    pub step: i64,
}

impl ReadTx<'_> {
    pub fn second_factor(&self, account_id: i64) -> Result<Option<SecondFactorRow>, StoreError> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT pkid, sealed, confirmed, step FROM second_factor WHERE account_id = ?1",
            )?
            .query_row([account_id], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        let Some((pkid, sealed, confirmed, step)) = found else { return Ok(None) };
        let secret = self.vault.open_sealed(&pkid, FIELD, &sealed)?;
        Ok(Some(SecondFactorRow { secret, confirmed, step }))
    }

    /// Whether the account is asked for a second factor.
    pub fn has_second_factor(&self, account_id: i64) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM second_factor WHERE account_id = ?1 AND confirmed")?
            .exists([account_id])?)
    }

    /// How many recovery codes weren't used yet.
    pub fn recovery_codes(&self, account_id: i64) -> Result<u64, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT count(*) FROM recovery_code WHERE account_id = ?1")?
            .query_row([account_id], |row| row.get(0))?)
    }
}

impl WriteTx<'_> {
    /// Begins a second factor, in the place of one that wasn't confirmed.
    pub fn begin_second_factor(
        &self,
        account_id: i64,
        pkid: &str,
        secret: &SecretString,
    ) -> Result<(), StoreError> {
        let sealed = self.seal(pkid, FIELD, secret.expose_secret().as_bytes())?;
        self.conn
            .prepare_cached(
                "INSERT INTO second_factor (account_id, pkid, sealed) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (account_id) DO UPDATE SET pkid = excluded.pkid, \
                 sealed = excluded.sealed, step = 0 WHERE NOT confirmed",
            )?
            .execute(params![account_id, pkid, sealed])?;
        Ok(())
    }

    /// From now on it is asked for; `codes` are the hashes of its recovery codes.
    pub fn confirm_second_factor(
        &self,
        account_id: i64,
        step: i64,
        codes: &[[u8; 32]],
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE second_factor SET confirmed = 1, step = ?2 WHERE account_id = ?1",
            )?
            .execute(params![account_id, step])?;
        // From now on the password alone isn't enough for anybody who was remembered by it.
        self.access_changes();
        let mut insert = self
            .conn
            .prepare_cached("INSERT INTO recovery_code (account_id, code_hash) VALUES (?1, ?2)")?;
        for code in codes {
            insert.execute(params![account_id, code])?;
        }
        Ok(())
    }

    /// Notes that the code of a step was used; `false` when one as late or later was already.
    pub fn use_second_factor(&self, account_id: i64, step: i64) -> Result<bool, StoreError> {
        let used = self
            .conn
            .prepare_cached(
                "UPDATE second_factor SET step = ?2 WHERE account_id = ?1 AND step < ?2",
            )?
            .execute(params![account_id, step])?;
        Ok(used > 0)
    }

    /// Uses a recovery code up; `false` when there is none of that hash.
    pub fn use_recovery_code(&self, account_id: i64, hash: [u8; 32]) -> Result<bool, StoreError> {
        let used = self
            .conn
            .prepare_cached("DELETE FROM recovery_code WHERE account_id = ?1 AND code_hash = ?2")?
            .execute(params![account_id, hash])?;
        Ok(used > 0)
    }

    /// Takes the second factor and its codes away; says whether there was one.
    pub fn delete_second_factor(&self, account_id: i64) -> Result<bool, StoreError> {
        let gone = self
            .conn
            .prepare_cached("DELETE FROM second_factor WHERE account_id = ?1")?
            .execute([account_id])?;
        Ok(gone > 0)
    }
}
