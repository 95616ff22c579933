//! The one writing connection, on a thread of its own. Work that waits while a commit is being
//! synced to the disk is committed together afterwards: one sync serves the whole group.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
};

use rusqlite::Connection;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::{Beside, StoreError, WriteTx, settling::settle};

/// Work that may wait before callers are held back.
const QUEUE: usize = 1024;
/// Work that is committed together at most, so that no answer waits for an endless group.
const GROUP: usize = 256;

/// Told whether the group's commit reached the disk; answers the caller.
type Finish = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Does its work inside the open transaction, or hears why there is none; says whether to keep it,
/// and how to answer.
type Work = Box<dyn FnOnce(Result<&WriteTx<'_>, StoreError>) -> (bool, Finish) + Send>;

/// Where in a group work may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Any,
    /// Begins one. What it may undo is the whole transaction, so no savepoint stands around its own.
    First,
}

struct Job {
    place: Place,
    work: Work,
}

#[derive(Clone)]
pub struct Writer {
    jobs: Arc<Mutex<Option<mpsc::Sender<Job>>>>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
    access_generation: Arc<AtomicU64>,
    /// The changes of accounts that the database tells of, as far as they were heard of.
    heard: Arc<AtomicU64>,
}

impl Writer {
    pub fn start(conn: Connection, beside: Beside) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let access_generation = Arc::new(AtomicU64::new(0));
        let generation = Arc::clone(&access_generation);
        // Work may hold the last hold on the program, and with it the pool of readers, which is let
        // go by the runtime.
        let runtime = Handle::current();
        let thread = std::thread::spawn(move || {
            let _inside = runtime.enter();
            serve(&conn, &beside, receiver, &generation);
        });
        Self {
            jobs: Arc::new(Mutex::new(Some(sender))),
            thread: Arc::new(Mutex::new(Some(thread))),
            access_generation,
            heard: Arc::default(),
        }
    }

    pub fn access_generation(&self) -> u64 {
        self.access_generation.load(Ordering::Acquire)
    }

    /// Hears of the changes of accounts that there have been in all, also by other processes.
    pub fn hear(&self, changes: u64) {
        if self.heard.swap(changes, Ordering::AcqRel) != changes {
            self.access_generation.fetch_add(1, Ordering::Release);
        }
    }

    pub async fn run<T, E, F>(&self, place: Place, work: F) -> Result<T, E>
    where
        F: FnOnce(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel::<Result<T, E>>();
        let work: Work = Box::new(move |tx| {
            let result = tx.map_err(E::from).and_then(work);
            let keep = result.is_ok();
            let finish: Finish = Box::new(move |committed| {
                let outcome = match (result, committed) {
                    // A refusal wrote nothing: it stands whatever became of the group.
                    (Err(refusal), _) => Err(refusal),
                    (Ok(_), Err(error)) => Err(error.into()),
                    (Ok(value), Ok(())) => Ok(value),
                };
                // The caller may have gone away; the work stands all the same.
                drop(answer.send(outcome));
            });
            (keep, finish)
        });
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let closed = || StoreError::Unavailable("closed".to_owned());
        jobs.ok_or_else(closed)?.send(Job { place, work }).await.map_err(|_| closed())?;
        answered.await.map_err(|_| StoreError::Unavailable("work failed".to_owned()))?
    }

    /// Lets what was queued finish, then closes the connection.
    pub async fn stop(&self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the writer ended abnormally");
            }
        }
    }
}

fn serve(
    conn: &Connection,
    beside: &Beside,
    mut jobs: mpsc::Receiver<Job>,
    generation: &AtomicU64,
) {
    let mut left = None;
    while let Some(first) = left.take().or_else(|| jobs.blocking_recv()) {
        let mut finishes = Vec::new();
        let mut changes_access = false;
        let committed =
            group(conn, beside, first, &mut jobs, &mut left, &mut finishes, &mut changes_access);
        if changes_access {
            // Before anybody hears of it: whoever does finds it in force.
            generation.fetch_add(1, Ordering::Release);
        }
        if let Err(error) = &committed {
            tracing::error!(%error, "a group of writes was not committed");
            if !conn.is_autocommit()
                && let Err(error) = conn.execute_batch("ROLLBACK")
            {
                tracing::error!(%error, "rollback");
            }
        }
        for finish in finishes {
            finish(committed.as_ref().copied().map_err(told));
        }
    }
}

/// What each of those is told whose work a failure has undone.
fn told(error: &StoreError) -> StoreError {
    match error.trouble() {
        Some(trouble) => StoreError::Troubled(trouble),
        None => StoreError::Unavailable(format!("the commit failed: {error}")),
    }
}

/// Runs the first job and those that wait, and commits them together. A job that begins a group is
/// `left` for the next.
fn group(
    conn: &Connection,
    beside: &Beside,
    first: Job,
    jobs: &mut mpsc::Receiver<Job>,
    left: &mut Option<Job>,
    finishes: &mut Vec<Finish>,
    changes_access: &mut bool,
) -> Result<(), StoreError> {
    let sql = |text: &str| -> Result<(), StoreError> {
        conn.prepare_cached(text)?.execute([])?;
        Ok(())
    };
    if let Err(error) = sql("BEGIN IMMEDIATE") {
        finishes.push((first.work)(Err(told(&error))).1);
        return Err(error);
    }
    let mut next = Some(first);
    while let Some(job) = next {
        // The first has the whole transaction to itself.
        let is_first = finishes.is_empty() && job.place == Place::First;
        if !is_first {
            sql("SAVEPOINT job")?;
        }
        let tx = WriteTx::new(beside.within_write(conn));
        // A panic loses this job alone; its caller hears that the work failed.
        let keep = match catch_unwind(AssertUnwindSafe(|| (job.work)(Ok(&tx)))) {
            Ok((keep, finish)) => {
                finishes.push(finish);
                keep
            }
            Err(_) => false,
        };
        if conn.is_autocommit() || tx.is_lost.get() {
            // A full disk or the like: SQLite has undone the whole transaction by itself, or can't tell the
            // job's part from it.
            return Err(StoreError::Unavailable("the transaction was rolled back".to_owned()));
        }
        if keep {
            *changes_access |= tx.changes_access.get();
        }
        match (is_first, keep) {
            (true, true) => {}
            (true, false) => return sql("ROLLBACK"),
            (false, true) => sql("RELEASE job")?,
            (false, false) => {
                sql("ROLLBACK TO job")?;
                sql("RELEASE job")?;
            }
        }
        next = if finishes.len() < GROUP { jobs.try_recv().ok() } else { None };
        if next.as_ref().is_some_and(|job| job.place == Place::First) {
            *left = next.take();
        }
    }
    if *changes_access {
        sql("UPDATE access_generation SET n = n + 1")?;
    }
    settle(conn, &beside.listed)?;
    sql("COMMIT")
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::runtime::Runtime;

    use crate::store::{Store, StoreError, WriteTx};

    #[test]
    fn work_may_be_the_last_to_hold_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let (begun, beginning) = mpsc::channel();
        let (go_on, going_on) = mpsc::channel::<()>();
        let (gone, going) = mpsc::channel();
        let runtime = Runtime::new().unwrap();
        let store = runtime.block_on(Store::open(folder.path(), &[])).unwrap();
        let held = store.clone();
        runtime.spawn(async move {
            let work = move |_: &crate::store::WriteTx<'_>| {
                begun.send(()).unwrap();
                going_on.recv().unwrap();
                drop(held);
                gone.send(()).unwrap();
                Ok::<_, StoreError>(())
            };
            store.write(work).await
        });
        beginning.recv().unwrap();
        // Whoever asked for it goes, the runtime too.
        runtime.shutdown_background();
        go_on.send(()).unwrap();
        going.recv().unwrap();
    }

    #[test]
    fn each_work_and_each_part_is_undone_alone_wherever_it_stands_in_a_group() {
        fn fail<T>() -> Result<T, StoreError> {
            Err(StoreError::Unavailable("meant".to_owned()))
        }
        fn parts(tx: &WriteTx<'_>, name: &str) -> Result<(), StoreError> {
            tx.mark_done(name)?;
            let undone = tx.attempt(|tx| {
                tx.mark_done(&format!("{name}, undone"))?;
                fail::<()>()
            });
            assert!(undone.is_err());
            tx.attempt(|tx| tx.mark_done(&format!("{name}, kept")))
        }
        let folder = tempfile::tempdir().unwrap();
        Runtime::new().unwrap().block_on(async {
            let store = Store::open(folder.path(), &[]).await.unwrap();
            // All are queued while the first holds the connection.
            let (go_on, going_on) = mpsc::channel::<()>();
            let (first, plain, failing, parted, undone, last) = tokio::join!(
                store.write(move |_| {
                    going_on.recv().unwrap();
                    Ok::<_, StoreError>(())
                }),
                store.write(|tx| tx.mark_done("plain")),
                store.write(|tx| {
                    tx.mark_done("failing")?;
                    fail::<()>()
                }),
                store.write_parts(|tx| parts(tx, "parted")),
                store.write_parts(|tx| {
                    parts(tx, "undone")?;
                    fail::<()>()
                }),
                async {
                    go_on.send(()).unwrap();
                    store.write(|tx| parts(tx, "last")).await
                },
            );
            assert!(first.is_ok() && plain.is_ok() && parted.is_ok() && last.is_ok());
            assert!(failing.is_err() && undone.is_err());
            let names = [
                ("plain", true),
                ("failing", false),
                ("parted", true),
                ("parted, undone", false),
                ("parted, kept", true),
                ("undone", false),
                ("undone, kept", false),
                ("last", true),
                ("last, undone", false),
                ("last, kept", true),
            ];
            for (name, done) in names {
                let found = store.read_now(|tx| tx.is_done(name)).unwrap();
                assert_eq!(found, done, "{name}");
            }
            store.close().await;
        });
    }
}
