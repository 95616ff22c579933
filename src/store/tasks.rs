//! Queued work: its sealed input, its progress, the outcome of its rows, uploaded files, and
//! outcomes that are to be posted to somebody.

use rusqlite::{OptionalExtension, Row, params};
use secrecy::{ExposeSecret, SecretString};

use super::{ReadTx, StoreError, WriteTx};

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    Queued,
    Running,
    Ended,
}

impl TaskState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Ended => "ended",
        }
    }
}

/// A task, without its input.
#[derive(Clone, Debug)]
pub struct TaskRow {
    pub transaction_id: String,
    pub state: TaskState,
    /// As whom it runs.
    pub account_id: i64,
    /// By which of its API tokens it was asked for.
    pub api_token: Option<String>,
    pub rows_done: u64,
    pub rows_failed: u64,
    pub cancelled: bool,
    pub interruptions: u64,
}

const TASK: &str = "SELECT transaction_id, state, account_id, rows_done, rows_failed, \
    cancelled, interruptions, api_token FROM task ";

/// What sealed texts of a task are bound to beside its id.
pub(super) const INPUT: &str = "/task/input";
pub(super) const CALLBACK: &str = "/task/callback";
pub(super) const FILE: &str = "/task/file";

fn task_from(row: &Row<'_>) -> rusqlite::Result<TaskRow> {
    let state: String = row.get(1)?;
    Ok(TaskRow {
        transaction_id: row.get(0)?,
        state: match state.as_str() {
            "queued" => TaskState::Queued,
            "running" => TaskState::Running,
            _ => TaskState::Ended,
        },
        account_id: row.get(2)?,
        rows_done: row.get(3)?,
        rows_failed: row.get(4)?,
        cancelled: row.get(5)?,
        interruptions: row.get(6)?,
        api_token: row.get(7)?,
    })
}

impl ReadTx<'_> {
    pub fn task(&self, transaction_id: &str) -> Result<Option<TaskRow>, StoreError> {
        let mut statement =
            self.conn.prepare_cached(&format!("{TASK} WHERE transaction_id = ?1"))?;
        Ok(statement.query_row([transaction_id], task_from).optional()?)
    }

    /// The queued task that was asked for first. Of those that are alone of their name, which take
    /// long, so many run side by side at most.
    pub fn next_task(&self, most_alone: u32) -> Result<Option<TaskRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "{TASK} WHERE state = 'queued' AND (alone IS NULL OR ?1 > (SELECT count(*) FROM task \
                 WHERE state = 'running' AND alone IS NOT NULL)) ORDER BY id LIMIT 1"
        ))?;
        Ok(statement.query_row([most_alone], task_from).optional()?)
    }

    /// Tasks that are queued or running, the latest first; at most `limit`.
    pub fn open_tasks(&self, limit: u32) -> Result<Vec<TaskRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{TASK} WHERE state <> 'ended' ORDER BY id DESC LIMIT ?1"))?;
        let rows = statement.query_map([limit], task_from)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The queued or running task that was put in as the only one of this name.
    pub fn open_task_alone(&self, alone: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT transaction_id FROM task WHERE alone = ?1 AND state <> 'ended'",
        )?;
        Ok(statement.query_row([alone], |row| row.get(0)).optional()?)
    }

    /// The account's latest tasks, the newest first; at most `limit`, and none from before the last
    /// thousand of all accounts.
    pub fn latest_tasks(&self, account_id: i64, limit: u32) -> Result<Vec<TaskRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "{TASK} WHERE account_id = ?1 AND id > (SELECT max(id) FROM task) - 1000 \
             ORDER BY id DESC LIMIT ?2"
        ))?;
        let rows = statement.query_map(params![account_id, limit], task_from)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What a task was asked to do, if that is still kept.
    pub fn task_input(&self, transaction_id: &str) -> Result<Option<SecretString>, StoreError> {
        let sealed: Option<Vec<u8>> = self
            .conn
            .prepare_cached("SELECT input FROM task WHERE transaction_id = ?1")?
            .query_row([transaction_id], |row| row.get(0))
            .optional()?
            .flatten();
        sealed.map(|s| self.vault.open_sealed(transaction_id, INPUT, &s)).transpose()
    }

    /// Outcomes of rows, as JSON: `failed` alone or all, in their order.
    pub fn task_rows(
        &self,
        transaction_id: &str,
        failed: bool,
        skip: u64,
        limit: u64,
    ) -> Result<Vec<String>, StoreError> {
        let only = if failed { "AND failed" } else { "" };
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT data FROM task_row WHERE transaction_id = ?1 {only} \
             ORDER BY position LIMIT ?2 OFFSET ?3"
        ))?;
        let rows = statement
            .query_map(params![transaction_id, limit.min(i64::MAX as u64), skip], |row| {
                row.get(0)
            })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Outcomes of rows, as JSON: those that failed before the others, each in their order.
    pub fn task_rows_failed_first(
        &self,
        transaction_id: &str,
        skip: u64,
        limit: u64,
    ) -> Result<Vec<String>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT data FROM task_row WHERE transaction_id = ?1 \
             ORDER BY failed DESC, position LIMIT ?2 OFFSET ?3",
        )?;
        let rows = statement.query_map(params![transaction_id, limit, skip], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a file is kept under this id.
    pub fn has_task_file(&self, id: &str) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM task_file WHERE transaction_id = ?1")?
            .exists([id])?)
    }

    /// A file's name and bytes, by its own id.
    pub fn task_file(&self, transaction_id: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let found: Option<(String, Vec<u8>)> = self
            .conn
            .prepare_cached("SELECT name, sealed FROM task_file WHERE transaction_id = ?1")?
            .query_row([transaction_id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        found
            .map(|(name, sealed)| {
                Ok((name, self.vault.open_sealed_bytes(transaction_id, FILE, &sealed)?))
            })
            .transpose()
    }

    /// Transactions whose outcome is to be posted by `now` (Unix seconds), with how often it was
    /// tried before.
    pub fn due_callbacks(&self, now: i64) -> Result<Vec<(String, u32)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT transaction_id, attempts FROM callback WHERE next_attempt <= ?1 \
             ORDER BY next_attempt LIMIT 100",
        )?;
        let rows = statement.query_map([now], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the next outcome is to be posted. Unix seconds.
    pub fn next_callback(&self) -> Result<Option<i64>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT min(next_attempt) FROM callback WHERE next_attempt IS NOT NULL",
            )?
            .query_row([], |row| row.get(0))?)
    }

    /// Where an outcome is to be posted, as JSON.
    pub fn callback(&self, transaction_id: &str) -> Result<Option<SecretString>, StoreError> {
        let sealed: Option<Vec<u8>> = self
            .conn
            .prepare_cached("SELECT sealed FROM callback WHERE transaction_id = ?1")?
            .query_row([transaction_id], |row| row.get(0))
            .optional()?;
        sealed.map(|s| self.vault.open_sealed(transaction_id, CALLBACK, &s)).transpose()
    }
}

impl WriteTx<'_> {
    /// Puts work into the queue, or straight to those that run. Of tasks with the same `alone` only one
    /// may be open: ask [`ReadTx::open_task_alone`] before.
    pub fn insert_task(
        &self,
        transaction_id: &str,
        state: TaskState,
        (account_id, api_token): (i64, Option<&str>),
        input: &SecretString,
        alone: Option<&str>,
    ) -> Result<(), StoreError> {
        let sealed = self.seal(transaction_id, INPUT, input.expose_secret().as_bytes())?;
        self.conn
            .prepare_cached(
                "INSERT INTO task (transaction_id, state, account_id, input, alone, api_token) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                transaction_id,
                state.as_str(),
                account_id,
                sealed,
                alone,
                api_token
            ])?;
        Ok(())
    }

    pub fn set_task_state(&self, transaction_id: &str, state: TaskState) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE task SET state = ?2 WHERE transaction_id = ?1")?
            .execute(params![transaction_id, state.as_str()])?;
        Ok(())
    }

    /// Counts rows that were done since the last time.
    pub fn advance_task(
        &self,
        transaction_id: &str,
        done: u64,
        failed: u64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE task SET rows_done = rows_done + ?2, rows_failed = rows_failed + ?3, \
                 interruptions = 0 WHERE transaction_id = ?1",
            )?
            .execute(params![transaction_id, done, failed])?;
        Ok(())
    }

    pub fn cancel_task(&self, transaction_id: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE task SET cancelled = 1 WHERE transaction_id = ?1")?
            .execute([transaction_id])?;
        Ok(())
    }

    /// Forgets what a task was asked to do.
    pub fn forget_task_input(&self, transaction_id: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE task SET input = NULL WHERE transaction_id = ?1")?
            .execute([transaction_id])?;
        Ok(())
    }

    /// Puts what was running when the program ended back into the queue, and answers it.
    pub fn requeue_tasks(&self) -> Result<Vec<TaskRow>, StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE task SET state = 'queued', interruptions = interruptions + 1 \
                 WHERE state = 'running'",
            )?
            .execute([])?;
        let mut statement = self.conn.prepare_cached(&format!(
            "{TASK} WHERE state = 'queued' AND interruptions > 0 ORDER BY id"
        ))?;
        let rows = statement.query_map([], task_from)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub fn insert_task_row(
        &self,
        transaction_id: &str,
        position: u64,
        failed: bool,
        data: &str,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO task_row (transaction_id, position, failed, data) \
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![transaction_id, position, failed, data])?;
        Ok(())
    }

    /// Keeps an uploaded file under an id of its own. `now` is in Unix seconds.
    pub fn put_task_file(
        &self,
        id: &str,
        name: &str,
        bytes: &[u8],
        now: i64,
    ) -> Result<(), StoreError> {
        let sealed = self.seal(id, FILE, bytes)?;
        self.conn
            .prepare_cached(
                "INSERT INTO task_file (transaction_id, name, sealed, created) \
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![id, name, sealed, now])?;
        Ok(())
    }

    pub fn delete_task_file(&self, id: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM task_file WHERE transaction_id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// Takes away the files that came before `time` (Unix seconds).
    pub fn delete_task_files_before(&self, time: i64) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM task_file WHERE created < ?1")?.execute([time])?;
        Ok(())
    }

    /// Keeps where a transaction's outcome is to be posted once it has ended.
    pub fn put_callback(
        &self,
        transaction_id: &str,
        callback: &SecretString,
    ) -> Result<(), StoreError> {
        let sealed = self.seal(transaction_id, CALLBACK, callback.expose_secret().as_bytes())?;
        self.conn
            .prepare_cached("INSERT INTO callback (transaction_id, sealed) VALUES (?1, ?2)")?
            .execute(params![transaction_id, sealed])?;
        Ok(())
    }

    /// The outcome is known: it can be posted from `now` on. Does nothing where nobody asked.
    pub fn release_callback(&self, transaction_id: &str, now: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE callback SET next_attempt = ?2 WHERE transaction_id = ?1")?
            .execute(params![transaction_id, now])?;
        Ok(())
    }

    /// It couldn't be posted: again at `next` (Unix seconds).
    pub fn defer_callback(&self, transaction_id: &str, next: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE callback SET attempts = attempts + 1, next_attempt = ?2 \
                 WHERE transaction_id = ?1",
            )?
            .execute(params![transaction_id, next])?;
        Ok(())
    }

    pub fn delete_callback(&self, transaction_id: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM callback WHERE transaction_id = ?1")?
            .execute([transaction_id])?;
        Ok(())
    }
}
