//! The sessions and tokens of log-ins.

use rusqlite::{OptionalExtension, Row, params};

use super::{Account, ReadTx, StoreError, WriteTx};

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

/// One session or token. Times are Unix seconds.
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
    pub created: i64,
    pub last_used: i64,
    /// When it ends if it isn't used again.
    pub expires: i64,
    /// When it ends however much it is used.
    pub ends: i64,
    /// Where it was begun, as far as that is known.
    pub address: String,
    /// What the browser or script calls itself.
    pub agent: String,
}

/// A log-in that holds: a browser's session, or a script's tokens together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogInRow {
    pub family: String,
    pub is_browser: bool,
    pub created: i64,
    pub last_used: i64,
    pub expires: i64,
    pub address: String,
    pub agent: String,
}

const SESSION: &str = "SELECT token_hash, family, account_id, csrf, created, last_used, expires, \
    ends, address, agent FROM session ";

fn session_from(row: &Row<'_>, kind: SessionKind) -> rusqlite::Result<SessionRow> {
    Ok(SessionRow {
        token_hash: row.get(0)?,
        kind,
        family: row.get(1)?,
        account_id: row.get(2)?,
        csrf: row.get(3)?,
        created: row.get(4)?,
        last_used: row.get(5)?,
        expires: row.get(6)?,
        ends: row.get(7)?,
        address: row.get(8)?,
        agent: row.get(9)?,
    })
}

impl ReadTx<'_> {
    /// The session of that token and its account, unless it ended before `now`.
    pub fn session(
        &self,
        token_hash: [u8; 32],
        kind: SessionKind,
        now: i64,
    ) -> Result<Option<(SessionRow, Account)>, StoreError> {
        let found = self
            .conn
            .prepare_cached(&format!(
                "{SESSION} WHERE token_hash = ?1 AND kind = ?2 AND expires > ?3"
            ))?
            .query_row(params![token_hash, kind.as_str(), now], |row| session_from(row, kind))
            .optional()?;
        let Some(session) = found else { return Ok(None) };
        Ok(self.account_by_id(session.account_id)?.map(|account| (session, account)))
    }

    /// Whether a log-in of that account holds at `now`.
    pub fn has_log_in(&self, account_id: i64, family: &str, now: i64) -> Result<bool, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT 1 FROM session WHERE account_id = ?1 AND family = ?2 AND expires > ?3",
        )?;
        Ok(statement.exists(params![account_id, family, now])?)
    }

    /// The log-ins of an account that hold at `now`, the latest used first.
    pub fn log_ins(&self, account_id: i64, now: i64) -> Result<Vec<LogInRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT family, max(kind = 'cookie'), min(created), max(last_used), max(expires), \
             max(address), max(agent) FROM session WHERE account_id = ?1 AND expires > ?2 \
             GROUP BY family ORDER BY max(last_used) DESC, min(created) DESC, family",
        )?;
        let rows = statement.query_map(params![account_id, now], |row| {
            Ok(LogInRow {
                family: row.get(0)?,
                is_browser: row.get(1)?,
                created: row.get(2)?,
                last_used: row.get(3)?,
                expires: row.get(4)?,
                address: row.get(5)?,
                agent: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl WriteTx<'_> {
    /// Stores a session, and forgets those that ended before `now`.
    pub fn insert_session(&self, session: &SessionRow, now: i64) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM session WHERE expires <= ?1")?.execute([now])?;
        self.conn
            .prepare_cached(
                "INSERT INTO session (token_hash, kind, family, account_id, csrf, created, \
                 last_used, expires, ends, address, agent) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                session.token_hash,
                session.kind.as_str(),
                session.family,
                session.account_id,
                session.csrf,
                session.created,
                session.last_used,
                session.expires,
                session.ends,
                session.address,
                session.agent
            ])?;
        Ok(())
    }

    /// Notes that a session is in use; `false` where it has ended.
    pub fn use_session(
        &self,
        token_hash: [u8; 32],
        now: i64,
        expires: i64,
    ) -> Result<bool, StoreError> {
        let noted = self
            .conn
            .prepare_cached(
                "UPDATE session SET last_used = ?2, expires = ?3 WHERE token_hash = ?1",
            )?
            .execute(params![token_hash, now, expires])?;
        Ok(noted > 0)
    }

    /// Ends the log-ins of the account of `kept`, by browsers or by scripts as that is, which are more
    /// than `most` together: all but `kept` and the others used latest.
    pub fn end_oldest_log_ins(&self, kept: &SessionRow, most: u64) -> Result<(), StoreError> {
        let by_browser = kept.kind == SessionKind::Cookie;
        let ended = self
            .conn
            .prepare_cached(
                "DELETE FROM session WHERE account_id = ?1 AND family IN (SELECT family \
                 FROM session WHERE account_id = ?1 AND family <> ?2 AND (kind = 'cookie') = ?4 \
                 GROUP BY family ORDER BY max(last_used) DESC, max(created) DESC \
                 LIMIT -1 OFFSET ?3)",
            )?
            .execute(params![kept.account_id, kept.family, most.saturating_sub(1), by_browser])?;
        if ended > 0 {
            self.access_changes();
        }
        Ok(())
    }

    /// Ends the access tokens of a log-in, but those made last, that are more than `most`.
    pub fn end_oldest_access_tokens(&self, family: &str, most: u64) -> Result<(), StoreError> {
        let ended = self
            .conn
            .prepare_cached(
                "DELETE FROM session WHERE token_hash IN (SELECT token_hash FROM session \
                 WHERE family = ?1 AND kind = 'access' ORDER BY created DESC LIMIT -1 OFFSET ?2)",
            )?
            .execute(params![family, most])?;
        if ended > 0 {
            self.access_changes();
        }
        Ok(())
    }

    /// Ends all tokens of one log-in.
    pub fn delete_sessions(&self, family: &str) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM session WHERE family = ?1")?.execute([family])?;
        self.access_changes();
        Ok(())
    }

    /// Ends a log-in of that account; says whether there was one.
    pub fn delete_log_in(&self, account_id: i64, family: &str) -> Result<bool, StoreError> {
        let ended = self
            .conn
            .prepare_cached("DELETE FROM session WHERE account_id = ?1 AND family = ?2")?
            .execute(params![account_id, family])?;
        self.access_changes();
        Ok(ended > 0)
    }

    /// Ends all log-ins of an account but `kept`; answers how many tokens that were.
    pub fn delete_log_ins(&self, account_id: i64, kept: Option<&str>) -> Result<usize, StoreError> {
        let ended = self
            .conn
            .prepare_cached("DELETE FROM session WHERE account_id = ?1 AND family IS NOT ?2")?
            .execute(params![account_id, kept])?;
        self.access_changes();
        Ok(ended)
    }
}
