//! The tokens that people make for their programs.

use rusqlite::{OptionalExtension, Row, params};

use super::{Account, ReadTx, StoreError, WriteTx};

/// One of them. Times are Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiTokenRow {
    pub pkid: String,
    pub account_id: i64,
    pub name: String,
    /// What it may do, in the words of the domain.
    pub scope: String,
    pub created: i64,
    pub expires: i64,
    pub last_used: Option<i64>,
}

const TOKEN: &str =
    "SELECT pkid, account_id, name, scope, created, expires, last_used FROM api_token ";

fn token_from(row: &Row<'_>) -> rusqlite::Result<ApiTokenRow> {
    Ok(ApiTokenRow {
        pkid: row.get(0)?,
        account_id: row.get(1)?,
        name: row.get(2)?,
        scope: row.get(3)?,
        created: row.get(4)?,
        expires: row.get(5)?,
        last_used: row.get(6)?,
    })
}

impl ReadTx<'_> {
    /// The token of that hash and its account, unless it ended before `now`.
    pub fn api_token(
        &self,
        token_hash: [u8; 32],
        now: i64,
    ) -> Result<Option<(ApiTokenRow, Account)>, StoreError> {
        let found = self
            .conn
            .prepare_cached(&format!("{TOKEN} WHERE token_hash = ?1 AND expires > ?2"))?
            .query_row(params![token_hash, now], token_from)
            .optional()?;
        let Some(token) = found else { return Ok(None) };
        Ok(self.account_by_id(token.account_id)?.map(|account| (token, account)))
    }

    /// Those of an account by their names, expired ones among them.
    pub fn api_tokens(&self, account_id: i64) -> Result<Vec<ApiTokenRow>, StoreError> {
        let mut statement =
            self.conn.prepare_cached(&format!("{TOKEN} WHERE account_id = ?1 ORDER BY name"))?;
        let rows = statement.query_map([account_id], token_from)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl WriteTx<'_> {
    pub fn insert_api_token(
        &self,
        token: &ApiTokenRow,
        token_hash: [u8; 32],
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO api_token (pkid, token_hash, account_id, name, scope, created, \
                 expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                token.pkid,
                token_hash,
                token.account_id,
                token.name,
                token.scope,
                token.created,
                token.expires
            ])?;
        Ok(())
    }

    /// Notes that a token is in use; `false` where it is gone.
    pub fn use_api_token(&self, pkid: &str, now: i64) -> Result<bool, StoreError> {
        let noted = self
            .conn
            .prepare_cached("UPDATE api_token SET last_used = ?2 WHERE pkid = ?1")?
            .execute(params![pkid, now])?;
        Ok(noted > 0)
    }

    /// Takes away a token of that account, and answers it.
    pub fn delete_api_token(
        &self,
        account_id: i64,
        pkid: &str,
    ) -> Result<Option<ApiTokenRow>, StoreError> {
        self.access_changes();
        Ok(self
            .conn
            .prepare_cached(
                "DELETE FROM api_token WHERE account_id = ?1 AND pkid = ?2 RETURNING pkid, \
                 account_id, name, scope, created, expires, last_used",
            )?
            .query_row(params![account_id, pkid], token_from)
            .optional()?)
    }
}
