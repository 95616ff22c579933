//! The connections that read. Each read gets one for itself and sees one state of the database from
//! beginning to end; a read never waits for a write.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use super::{Beside, ReadTx, StoreError, prepare};

/// Long reads at a time. More than the processor has cores wins nothing.
const LONG: usize = 8;
/// Connections that are kept for the next.
const KEPT: usize = 16;
/// Memory that each keeps pages in at most: KiB, which SQLite tells from pages by the sign. Not mapped
/// into memory: a disk that fails then would end the program.
const CACHE: i64 = -8 * 1024;
/// A read that took longer has read much, such as an export or what a bulk call is to do.
const MUCH: Duration = Duration::from_millis(20);

#[derive(Clone)]
pub struct Readers(Arc<Inner>);

struct Inner {
    path: Box<Path>,
    beside: Beside,
    /// Those that nobody reads with at the moment: as many as have ever been needed at once.
    idle: Mutex<Vec<Connection>>,
    long: Arc<Semaphore>,
}

impl Readers {
    pub fn new(path: &Path, beside: Beside) -> Self {
        let (idle, long) = (Mutex::default(), Arc::new(Semaphore::new(LONG)));
        Self(Arc::new(Inner { path: path.into(), beside, idle, long }))
    }

    /// Runs `work` on the thread that calls.
    pub fn run<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&ReadTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let idle = self.idle().pop();
        let conn = match idle {
            Some(conn) => conn,
            None => self.open()?,
        };
        // A panic in between, or a failure of the database, loses this connection alone.
        begin(&conn)?;
        let began = Instant::now();
        let result = work(&self.0.beside.read(&conn));
        end(&conn)?;
        if began.elapsed() > MUCH {
            // The memory is full of pages that hardly anybody asks for next.
            conn.execute_batch("PRAGMA shrink_memory").map_err(StoreError::from)?;
        }
        let mut idle = self.idle();
        if idle.len() < KEPT {
            idle.push(conn);
        }
        result
    }

    /// Runs `work` on a thread of its own, when few others do the same.
    pub async fn run_long<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&ReadTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let closed = |error: &dyn std::fmt::Display| StoreError::Unavailable(error.to_string());
        let turn = Arc::clone(&self.0.long).acquire_owned().await.map_err(|e| closed(&e))?;
        let readers = self.clone();
        // Whoever asked may go away; the turn ends with the work.
        tokio::task::spawn_blocking(move || {
            let result = readers.run(work);
            drop(turn);
            result
        })
        .await
        .map_err(|e| closed(&e))?
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        // Only whole connections are put in.
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<Connection, StoreError> {
        // Written to by nobody; yet a reader may have to make the index of the log of writes.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(&self.0.path, flags)?;
        prepare(&conn)?;
        conn.pragma_update(None, "cache_size", CACHE)?;
        conn.pragma_update(None, "query_only", true)?;
        Ok(conn)
    }
}

fn begin(conn: &Connection) -> Result<(), StoreError> {
    conn.prepare_cached("BEGIN")?.execute([])?;
    Ok(())
}

fn end(conn: &Connection) -> Result<(), StoreError> {
    // Nothing was written: ending it loses nothing. SQLite may have ended it itself.
    if !conn.is_autocommit() {
        conn.prepare_cached("COMMIT")?.execute([])?;
    }
    Ok(())
}
