//! Accounts, and the sessions and tokens of their log-ins.

use rusqlite::{OptionalExtension, params};

use super::{Node, ReadTx, StoreError, WriteTx, nodes::node_from};

/// Who can log in.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: i64,
    pub username: String,
    /// In PHC form, parameters and salt included.
    pub password_hash: String,
    /// The account sees this node and what stands below it.
    pub node: Node,
}

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser's session, in a cookie.
    Cookie,
    /// A script's bearer token.
    Access,
    /// Good for a new access token and nothing else.
    Refresh,
}

impl SessionKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }
}

/// One session or token.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// SHA-256 of the token; the token itself is kept nowhere.
    pub token_hash: [u8; 32],
    pub kind: SessionKind,
    /// The same for all tokens of one log-in.
    pub family: String,
    pub account_id: i64,
    /// What a browser's writes must send back. Empty for tokens.
    pub csrf: String,
    /// Unix seconds.
    pub expires: i64,
}

const ACCOUNT: &str = "SELECT a.id, a.username, a.password_hash, n.id, n.pkid, n.parent_id, \
    n.name, n.node_type, n.path FROM account a JOIN node n ON n.id = a.node_id ";

fn account_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        username: row.get(1)?,
        password_hash: row.get(2)?,
        node: node_from(row, 3)?,
    })
}

impl ReadTx<'_> {
    pub fn account_by_name(&self, username: &str) -> Result<Option<Account>, StoreError> {
        let mut statement =
            self.conn.prepare_cached(&format!("{ACCOUNT} WHERE a.username = ?1"))?;
        Ok(statement.query_row([username], account_from).optional()?)
    }

    pub fn account_by_id(&self, id: i64) -> Result<Option<Account>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{ACCOUNT} WHERE a.id = ?1"))?;
        Ok(statement.query_row([id], account_from).optional()?)
    }

    pub fn has_accounts(&self) -> Result<bool, StoreError> {
        Ok(self.conn.prepare_cached("SELECT 1 FROM account LIMIT 1")?.exists([])?)
    }

    /// The session of that token and its account, unless it ended before `now`.
    pub fn session(
        &self,
        token_hash: [u8; 32],
        kind: SessionKind,
        now: i64,
    ) -> Result<Option<(SessionRow, Account)>, StoreError> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT family, account_id, csrf, expires FROM session \
                 WHERE token_hash = ?1 AND kind = ?2 AND expires > ?3",
            )?
            .query_row(params![token_hash, kind.as_str(), now], |row| {
                Ok(SessionRow {
                    token_hash,
                    kind,
                    family: row.get(0)?,
                    account_id: row.get(1)?,
                    csrf: row.get(2)?,
                    expires: row.get(3)?,
                })
            })
            .optional()?;
        let Some(session) = found else { return Ok(None) };
        let mut statement = self.conn.prepare_cached(&format!("{ACCOUNT} WHERE a.id = ?1"))?;
        let account = statement.query_row([session.account_id], account_from).optional()?;
        Ok(account.map(|account| (session, account)))
    }
}

impl WriteTx<'_> {
    pub fn insert_account(
        &self,
        username: &str,
        password_hash: &str,
        node_id: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO account (username, password_hash, node_id) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![username, password_hash, node_id])?;
        self.access_changes();
        Ok(())
    }

    /// Stores a session, and forgets those that ended before `now`.
    pub fn insert_session(&self, session: &SessionRow, now: i64) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM session WHERE expires <= ?1")?.execute([now])?;
        self.conn
            .prepare_cached(
                "INSERT INTO session (token_hash, kind, family, account_id, csrf, expires) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                session.token_hash,
                session.kind.as_str(),
                session.family,
                session.account_id,
                session.csrf,
                session.expires
            ])?;
        Ok(())
    }

    pub fn extend_session(&self, token_hash: [u8; 32], expires: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE session SET expires = ?2 WHERE token_hash = ?1")?
            .execute(params![token_hash, expires])?;
        Ok(())
    }

    /// Ends all tokens of one log-in.
    pub fn delete_sessions(&self, family: &str) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM session WHERE family = ?1")?.execute([family])?;
        Ok(())
    }
}
