//! The only SQL. The interface is asynchronous and shows no type of the database: work is handed
//! in as a closure over a [`ReadTx`] or a [`WriteTx`] and runs in one database transaction.
//!
//! One connection writes, on a thread of its own, and commits waiting work in groups
//! ([`writer`]); others read ([`readers`]).

mod accounts;
mod api_tokens;
mod audit;
mod audit_check;
pub mod backup;
mod figures;
pub mod inspection;
mod instances;
mod key_file;
mod licences;
mod list;
mod listed;
mod marks;
mod migrations;
mod nodes;
mod openid;
mod readers;
pub mod rotation;
mod sealing;
mod second_factors;
mod secrets;
mod sessions;
mod settling;
mod tasks;
mod texts;
mod trouble;
mod users;
mod vault;
mod views;
mod webex;
mod webex_notices;
mod webex_schedules;
mod webex_synced;
mod webex_views;
mod writer;

use std::{cell::Cell, path::Path, sync::Arc};

use rusqlite::{Connection, config::DbConfig, functions::FunctionFlags};

use crate::model::Model;
pub use accounts::Account;
pub use api_tokens::ApiTokenRow;
pub use audit::{Link, Pruned, REMOVAL};
pub use figures::{Figures, LicenceFigure};
pub use instances::{NewInstance, Stored};
pub use licences::{
    Family, NearFull, NodeRow, NodesOfType, PackSet, SiteLicence, TenantLicence, TenantPack,
};
use list::Memory;
pub use list::{Attr, Cover, ListFilter, ListRow, ListSpec, Order};
use listed::Listed;
pub use nodes::{Node, NodeContents};
use readers::Readers;
pub use second_factors::SecondFactorRow;
pub use sessions::{LogInRow, SessionKind, SessionRow};
pub use tasks::{TaskRow, TaskState};
pub use trouble::Trouble;
pub use users::NewAccount;
use vault::Vault;
pub use views::{NewView, SavedView};
pub use webex::{BegunAuthorization, ConnectionRow};
pub use webex_notices::{NoticeRow, Way};
pub use webex_synced::Synced;
pub use webex_views::{ConnectionAt, NearLicence, Standing, UserFilter};
use writer::{Place, Writer};

/// The database's file below the data folder.
const DATABASE_FILE: &str = "tenantry.db";

/// Memory that the writing connection keeps pages in at most: KiB, which SQLite tells from pages
/// by the sign.
const WRITER_CACHE: i64 = -16 * 1024;

/// Pages of the log of writes that are put into the database at once. Most are written more than once
/// meanwhile, and put in but once.
const LOG_PAGES: u32 = 4000;

/// A failure of the database itself, never of what the caller asked for. Its text goes to the
/// log, not to a caller.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    #[error("database file: {0}")]
    File(#[from] std::io::Error),
    #[error("migration: {0}")]
    Migration(#[from] rusqlite_migration::Error),
    #[error(
        "the database was made by a newer version of the program (its tables have version {found}, \
         this program knows {known}); start that version, or restore a backup of this one"
    )]
    Newer { found: u32, known: u32 },
    #[error("encryption: {0}")]
    Encryption(String),
    #[error("stored JSON of {pkid}: {source}")]
    Json { pkid: String, source: serde_json::Error },
    #[error("the store is shutting down or its writer has failed: {0}")]
    Unavailable(String),
    /// A group of writes that wasn't committed.
    #[error("the database couldn't write: {0:?}")]
    Troubled(Trouble),
}

impl From<StoreError> for crate::fault::Fault {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "store");
        match error.trouble() {
            Some(trouble) => Self::unavailable(trouble.code(), trouble.sentence()),
            None if matches!(error, StoreError::Unavailable(_)) => {
                Self::unavailable("unavailable", "The database doesn't take this at the moment")
            }
            None => Self::internal(),
        }
    }
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    readers: Readers,
    writer: Writer,
    folder: Arc<Path>,
}

/// A consistent view of the database.
pub struct ReadTx<'c> {
    conn: &'c Connection,
    vault: &'c Vault,
    listed: &'c Listed,
    /// What is remembered of lists; nothing in a write, which may be undone.
    memory: Option<&'c Memory>,
}

/// What the store knows beside its connections.
#[derive(Clone)]
struct Beside {
    vault: Vault,
    listed: Listed,
    memory: Memory,
}

impl Beside {
    fn read<'c>(&'c self, conn: &'c Connection) -> ReadTx<'c> {
        ReadTx { memory: Some(&self.memory), ..self.within_write(conn) }
    }

    fn within_write<'c>(&'c self, conn: &'c Connection) -> ReadTx<'c> {
        ReadTx { conn, vault: &self.vault, listed: &self.listed, memory: None }
    }
}

/// A transaction that will be committed, together with others that were waiting, when the work
/// answers `Ok`; what it wrote is undone when it answers `Err`.
pub struct WriteTx<'c> {
    read: ReadTx<'c>,
    /// Whether who may do what will be another after it.
    changes_access: Cell<bool>,
    /// Parts that were done since lists and counts were brought up to date.
    parts: Cell<u32>,
    /// Whether nothing of the group may stay: something failed that no part of it could be blamed for.
    is_lost: Cell<bool>,
}

impl<'c> std::ops::Deref for WriteTx<'c> {
    type Target = ReadTx<'c>;

    fn deref(&self) -> &Self::Target {
        &self.read
    }
}

impl Store {
    /// Opens the database below `data_dir`, making both and the key file where they are missing,
    /// brings the tables up to date, and makes those that the models' lists need.
    pub async fn open(data_dir: &Path, models: &[Model]) -> Result<Self, StoreError> {
        Self::at(data_dir, models, false).await
    }

    async fn at(data_dir: &Path, models: &[Model], keep: bool) -> Result<Self, StoreError> {
        std::fs::create_dir_all(data_dir)?;
        let vault = Vault::open(data_dir)?;
        if rotation::is_unfinished(data_dir)? {
            tracing::warn!(
                "a change of the key was begun and has not ended; if it was cut off, run \
                 `tenantry rotate-key` again"
            );
        }
        let path = data_dir.join(DATABASE_FILE);
        let mut conn = Connection::open(&path)?;
        prepare(&conn)?;
        // Acknowledged means on the disk: FULL syncs the log at each commit.
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        // The indexes of what bulk work adds are written all over; a page that is put out of the
        // cache in the middle of a transaction is written twice.
        conn.pragma_update(None, "cache_size", WRITER_CACHE)?;
        conn.pragma_update_and_check(None, "wal_autocheckpoint", LOG_PAGES, |_| Ok(()))?;
        migrations::run(&mut conn, data_dir)?;
        audit::adopt(&mut conn)?;
        let listed = Listed::create(&mut conn, models, keep)?;
        settling::at_start(&mut conn, &listed)?;
        sealing::ensure(&conn, &vault)?;
        let beside = Beside { vault, listed, memory: Memory::default() };
        let readers = Readers::new(&path, beside.clone());
        let folder = Arc::from(data_dir);
        let store = Self { readers, writer: Writer::start(conn, beside), folder };
        // Fails here, at the start, when the file can't be read.
        store.read(|tx: &ReadTx<'_>| -> Result<(), StoreError> { tx.check() }).await?;
        Ok(store)
    }

    /// Opens the database of a folder that has one, with the tables of lists that it has.
    pub async fn open_existing(data_dir: &Path, models: &[Model]) -> Result<Self, StoreError> {
        if !data_dir.join(DATABASE_FILE).is_file() {
            let message = format!("there is no {DATABASE_FILE} in {}", data_dir.display());
            return Err(std::io::Error::new(std::io::ErrorKind::NotFound, message).into());
        }
        Self::at(data_dir, models, true).await
    }

    /// Runs `work` over one consistent view, on a thread of its own: for what may take long, such as
    /// what looks at every instance of a model.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&ReadTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.readers.run_long(work).await
    }

    /// Runs `work` over one consistent view, right here: for what is found by its key, or along an
    /// index. It holds up its thread, and with it other requests, for as long as it takes; going to
    /// another thread would take longer than such a read does.
    pub fn read_now<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&ReadTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.readers.run(work)
    }

    /// Runs `work` on the writing connection and answers once what it wrote is on the disk.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer.run(Place::Any, work).await
    }

    /// [`Self::write`] of work that undoes parts of itself over and over ([`WriteTx::attempt`]): it
    /// begins a transaction, so that what it may undo is kept for one part at a time. Within
    /// others' work SQLite would keep it for all parts until the end.
    pub async fn write_parts<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer.run(Place::First, work).await
    }

    /// A number that goes up whenever an account, or what one may do, has changed. What is
    /// remembered of accounts holds as long as it stays.
    pub fn access_generation(&self) -> u64 {
        self.writer.access_generation()
    }

    /// Hears of what another process has changed of accounts, such as the command line.
    pub async fn hear_of_others(&self) -> Result<(), StoreError> {
        let changes = self
            .read(|tx: &ReadTx<'_>| -> Result<u64, StoreError> {
                let mut statement =
                    tx.conn.prepare_cached("SELECT n FROM access_generation LIMIT 1")?;
                Ok(statement.query_row([], |row| row.get(0))?)
            })
            .await?;
        self.writer.hear(changes);
        Ok(())
    }

    /// Whether the disk has room for what is written next, which small writes alone don't show: they
    /// go into what the log of writes has had before.
    pub fn has_room(&self) -> Result<(), StoreError> {
        trouble::room(&self.folder)
    }

    /// Waits for what is under way, then closes the writing connection.
    pub async fn close(&self) {
        self.writer.stop().await;
    }
}

impl<'c> WriteTx<'c> {
    fn new(read: ReadTx<'c>) -> Self {
        Self {
            read,
            changes_access: Cell::default(),
            parts: Cell::default(),
            is_lost: Cell::default(),
        }
    }

    /// Says that an account, or what one may do, is changed here: once this is committed, nothing
    /// that was remembered of accounts holds any more.
    pub fn access_changes(&self) {
        self.changes_access.set(true);
    }

    /// Runs `work` so that its failure undoes what it wrote, and nothing before it.
    pub fn attempt<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let sql = |text| -> Result<(), StoreError> {
            self.conn.prepare_cached(text)?.execute([])?;
            Ok(())
        };
        sql("SAVEPOINT attempt")?;
        match work(self) {
            Ok(value) => {
                sql("RELEASE attempt")
                    .and_then(|()| self.part_is_done())
                    .inspect_err(|_| self.lose())?;
                Ok(value)
            }
            Err(error) => {
                sql("ROLLBACK TO attempt")
                    .and_then(|()| sql("RELEASE attempt"))
                    .inspect_err(|_| self.lose())?;
                Err(error)
            }
        }
    }

    /// Has all of the group undone at its end, whatever the work makes of it.
    fn lose(&self) {
        self.is_lost.set(true);
        // A full disk or the like may have ended the transaction, and each statement after it would be one
        // by itself that stays.
        if self.conn.is_autocommit()
            && let Err(error) = self.conn.execute_batch("BEGIN")
        {
            tracing::error!(%error, "no transaction to undo what follows");
        }
    }
}

impl ReadTx<'_> {
    /// Whether the tables answer.
    pub fn check(&self) -> Result<(), StoreError> {
        Ok(self.conn.query_row("SELECT 1 FROM node LIMIT 1", [], |_| Ok(())).or_else(|e| {
            // An empty table is an answer too.
            if e == rusqlite::Error::QueryReturnedNoRows { Ok(()) } else { Err(e) }
        })?)
    }
}

/// What every connection needs.
fn prepare(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(std::time::Duration::from_secs(10))?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.set_prepared_statement_cache_capacity(256);
    // The plan of a statement depends on nothing that is bound to it. Without this SQLite makes it anew
    // for each value of a limit.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // SQLite folds ASCII only; filters fold every alphabet.
    conn.create_scalar_function(
        "fold",
        1,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
        |context| Ok(context.get::<Option<String>>(0)?.map(|text| text.to_lowercase())),
    )
}
