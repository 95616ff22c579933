//! Changes of connections that wait to be told.

use rusqlite::params;

use super::{ReadTx, StoreError, WriteTx};

/// How a notice goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Webhook,
    Email,
}

impl Way {
    fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Email => "email",
        }
    }
}

/// A notice that waits.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    pub id: i64,
    /// JSON.
    pub notice: String,
    pub attempts: u32,
}

impl ReadTx<'_> {
    /// Notices that are to go out by `time` (Unix seconds), in the order in which they came.
    pub fn notices_due(
        &self,
        way: Way,
        time: i64,
        limit: u32,
    ) -> Result<Vec<NoticeRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, notice, attempts FROM webex_notice \
             WHERE way = ?1 AND next_attempt <= ?2 ORDER BY id LIMIT ?3",
        )?;
        let rows = statement.query_map(params![way.as_str(), time, limit], |row| {
            Ok(NoticeRow { id: row.get(0)?, notice: row.get(1)?, attempts: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the next is to go out. Unix seconds.
    pub fn next_notice(&self, way: Way) -> Result<Option<i64>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT min(next_attempt) FROM webex_notice WHERE way = ?1")?
            .query_row([way.as_str()], |row| row.get(0))?)
    }
}

impl WriteTx<'_> {
    /// Keeps a notice that goes out at `time` (Unix seconds).
    pub fn put_notice(&self, way: Way, notice: &str, time: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO webex_notice (way, notice, next_attempt) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![way.as_str(), notice, time])?;
        Ok(())
    }

    /// It couldn't go out: again at `time` (Unix seconds).
    pub fn defer_notice(&self, id: i64, time: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE webex_notice SET attempts = attempts + 1, next_attempt = ?2 WHERE id = ?1",
            )?
            .execute(params![id, time])?;
        Ok(())
    }

    pub fn delete_notice(&self, id: i64) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM webex_notice WHERE id = ?1")?.execute([id])?;
        Ok(())
    }
}
