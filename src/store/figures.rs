//! Figures for who watches the program: how much there is, and how much waits.

use rusqlite::Params;

use super::{ReadTx, StoreError, WriteTx};

/// What was counted at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Tasks that are queued or running, by state.
    pub tasks: Vec<(String, u64)>,
    /// Outcomes that are still to be posted.
    pub callbacks: u64,
    /// Webex customers by the state of their connection.
    pub connections: Vec<(String, u64)>,
    /// Instances by model.
    pub instances: Vec<(String, u64)>,
    pub licences: Vec<LicenceFigure>,
    /// Limits of tenants of which nine tenths or more are taken.
    pub near_limit: u64,
    /// Instances that the index of texts hasn't taken in yet.
    pub texts_pending: u64,
    /// The last entry of the log's chain.
    pub log_entries: u64,
    pub database_bytes: u64,
    /// Of it, what is free for reuse.
    pub free_bytes: u64,
    /// The file beside it that writes go to first.
    pub wal_bytes: u64,
}

/// A service or group of all tenants together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenceFigure {
    pub family: String,
    pub name: String,
    /// Taken of limits: given to sites and held through packs.
    pub taken: u64,
    /// The sum of the limits there are.
    pub maximum: u64,
    /// Tenants without a limit.
    pub unlimited: u64,
}

impl ReadTx<'_> {
    /// Counts them. Nothing here reads instances; licences are a row for each tenant and service.
    pub fn figures(&self) -> Result<Figures, StoreError> {
        self.settled(None)?;
        let mut statement = self.conn.prepare_cached(
            "SELECT family, name, sum(given + packed), coalesce(sum(maximum), 0), \
             sum(maximum IS NULL) FROM tenant_licence GROUP BY family, name",
        )?;
        let licences = statement
            .query_map([], |row| {
                Ok(LicenceFigure {
                    family: row.get(0)?,
                    name: row.get(1)?,
                    taken: row.get(2)?,
                    maximum: row.get(3)?,
                    unlimited: row.get(4)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        let page = self.count("PRAGMA page_size", [])?;
        let wal = self.conn.path().map(|path| format!("{path}-wal"));
        Ok(Figures {
            tasks: self
                .by("SELECT state, count(*) FROM task WHERE state <> 'ended' GROUP BY state")?,
            callbacks: self.count("SELECT count(*) FROM callback", [])?,
            connections: self.by("SELECT state, count(*) FROM webex_connection GROUP BY state")?,
            instances: self.by("SELECT model, sum(n) FROM instance_count GROUP BY model")?,
            licences,
            near_limit: self.count(
                "SELECT count(*) FROM tenant_licence \
                 WHERE maximum > 0 AND (given + packed) * 10 >= maximum * 9",
                [],
            )?,
            texts_pending: self.count("SELECT count(*) FROM text_pending", [])?,
            log_entries: self.count("SELECT coalesce(max(seq), 0) FROM audit_chain", [])?,
            database_bytes: page * self.count("PRAGMA page_count", [])?,
            free_bytes: page * self.count("PRAGMA freelist_count", [])?,
            // Without it nothing was written since the last start.
            wal_bytes: wal.and_then(|path| std::fs::metadata(path).ok()).map_or(0, |m| m.len()),
        })
    }

    fn count(&self, sql: &str, values: impl Params) -> Result<u64, StoreError> {
        Ok(self.conn.prepare_cached(sql)?.query_row(values, |row| row.get(0))?)
    }

    fn by(&self, sql: &str) -> Result<Vec<(String, u64)>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl WriteTx<'_> {
    /// Writes something that means nothing: whether it gets to the disk says whether writes do.
    pub fn probe(&self) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT OR REPLACE INTO done_once (name) VALUES ('probe')")?
            .execute([])?;
        Ok(())
    }
}
