//! Connections to Webex, and authorisations that were begun.

use rusqlite::{OptionalExtension, Row, params};
use secrecy::{ExposeSecret, SecretString};

use super::{ReadTx, StoreError, WriteTx};

/// How a Webex customer is connected, as it is kept. Times are Unix seconds but for `since`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionRow {
    pub state: String,
    /// RFC 3339.
    pub since: String,
    pub reason: String,
    /// Separated by spaces; `None` where nobody has said.
    pub scope: Option<String>,
    /// When the tokens came.
    pub refreshed: Option<i64>,
    /// When something has to be done or said next.
    pub due: Option<i64>,
    /// Refreshes that failed since the last that didn't.
    pub failures: u32,
    /// The last failure's words.
    pub failure: Option<String>,
    /// When it was.
    pub failed_at: Option<i64>,
    /// Trying again is of no use.
    pub is_final: bool,
    /// Webex is still to be asked when the access token lapses.
    pub asks_expiry: bool,
    /// Webex doesn't accept the access token.
    pub token_refused: bool,
}

/// An authorisation that was begun.
pub struct BegunAuthorization {
    pub session_hash: Vec<u8>,
    /// The Webex customer.
    pub pkid: String,
    pub verifier: SecretString,
    /// Unix seconds.
    pub expires: i64,
}

/// What a sealed verifier is bound to, beside its customer.
pub(super) const VERIFIER: &str = "verifier";

const COLUMNS: &str = "state, since, reason, scope, refreshed, due, failures, failure, failed_at, \
    is_final, asks_expiry, token_refused";

fn connection_from(row: &Row<'_>) -> rusqlite::Result<ConnectionRow> {
    Ok(ConnectionRow {
        state: row.get(0)?,
        since: row.get(1)?,
        reason: row.get(2)?,
        scope: row.get(3)?,
        refreshed: row.get(4)?,
        due: row.get(5)?,
        failures: row.get(6)?,
        failure: row.get(7)?,
        failed_at: row.get(8)?,
        is_final: row.get(9)?,
        asks_expiry: row.get(10)?,
        token_refused: row.get(11)?,
    })
}

impl ReadTx<'_> {
    /// The connection of a Webex customer; `None` before it was ever looked at.
    pub fn connection(&self, instance_id: i64) -> Result<Option<ConnectionRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM webex_connection WHERE instance_id = ?1");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row([instance_id], connection_from).optional()?)
    }

    /// Customers (by pkid) of whom something is due at a moment, the longest due first.
    pub fn connections_due(&self, now: i64, limit: u32) -> Result<Vec<String>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT i.pkid FROM webex_connection c JOIN instance i ON i.id = c.instance_id \
             WHERE c.due <= ?1 ORDER BY c.due LIMIT ?2",
        )?;
        let rows = statement.query_map(params![now, limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Customers (by pkid) of whose connection nothing is kept: they are from before it was.
    pub fn customers_never_judged(
        &self,
        model: &str,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT i.pkid FROM {} l CROSS JOIN instance i ON i.id = l.id \
             LEFT JOIN webex_connection c ON c.instance_id = l.id \
             WHERE c.instance_id IS NULL LIMIT ?1",
            self.list_of(model)?.sql()
        ))?;
        let rows = statement.query_map([limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the next is due.
    pub fn next_connection_due(&self) -> Result<Option<i64>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT min(due) FROM webex_connection WHERE due IS NOT NULL")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}

impl WriteTx<'_> {
    pub fn put_connection(&self, instance_id: i64, row: &ConnectionRow) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(&format!(
                "INSERT OR REPLACE INTO webex_connection (instance_id, {COLUMNS}) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
            ))?
            .execute(params![
                instance_id,
                row.state,
                row.since,
                row.reason,
                row.scope,
                row.refreshed,
                row.due,
                row.failures,
                row.failure,
                row.failed_at,
                row.is_final,
                row.asks_expiry,
                row.token_refused
            ])?;
        Ok(())
    }

    /// Whatever fails, and may be tried again, is tried from `now` on: its pause is over.
    pub fn hurry_failed_connections(&self, now: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE webex_connection SET due = ?1, failed_at = 0 \
                 WHERE failures > 0 AND NOT is_final AND due > ?1",
            )?
            .execute([now])?;
        Ok(())
    }

    /// What is due by `now` is looked at again at `later`.
    pub fn defer_due_connection(&self, pkid: &str, now: i64, later: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE webex_connection SET due = ?3 \
                 WHERE instance_id = (SELECT id FROM instance WHERE pkid = ?1) AND due <= ?2",
            )?
            .execute(params![pkid, now, later])?;
        Ok(())
    }

    /// Keeps an authorisation under the hash of its state, and forgets those that have expired.
    pub fn begin_authorization(
        &self,
        state_hash: &[u8],
        begun: &BegunAuthorization,
        now: i64,
    ) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM oauth_state WHERE expires <= ?1")?.execute([now])?;
        let verifier =
            self.seal(&begun.pkid, VERIFIER, begun.verifier.expose_secret().as_bytes())?;
        self.conn
            .prepare_cached(
                "INSERT INTO oauth_state (state_hash, session_hash, pkid, verifier, expires) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                state_hash,
                begun.session_hash,
                begun.pkid,
                verifier,
                begun.expires
            ])?;
        Ok(())
    }

    /// Takes an authorisation away: a state is good once, whoever shows it.
    pub fn take_authorization(
        &self,
        state_hash: &[u8],
    ) -> Result<Option<BegunAuthorization>, StoreError> {
        let row: Option<(Vec<u8>, String, Vec<u8>, i64)> = self
            .conn
            .prepare_cached(
                "DELETE FROM oauth_state WHERE state_hash = ?1 \
                 RETURNING session_hash, pkid, verifier, expires",
            )?
            .query_row([state_hash], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .optional()?;
        row.map(|(session_hash, pkid, sealed, expires)| {
            let verifier = self.vault.open_sealed(&pkid, VERIFIER, &sealed)?;
            Ok(BegunAuthorization { session_hash, pkid, verifier, expires })
        })
        .transpose()
    }
}
