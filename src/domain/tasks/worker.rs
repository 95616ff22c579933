//! The worker: takes queued tasks in the order in which they were asked for, a few at a time.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::{
    callback, end,
    events::{Event, Events},
    run::run,
};
use crate::{
    domain::{
        App,
        transactions::{self, IN_PROGRESS, INFO, QUEUED},
    },
    fault::{Fault, FaultKind},
    store::{TaskState, WriteTx},
};

/// Tasks of the queue that run side by side, so that a long one doesn't hold up a short one.
const SIDE_BY_SIDE: usize = 4;
/// Syncs among them, which would keep everything else waiting.
const SYNCS: u32 = 2;
/// More than can ever run at once; all of them free means that nothing runs.
const RUNS: u32 = 1 << 20;
/// A task that was cut off this often without getting any further is given up.
const INTERRUPTIONS: u64 = 3;
/// Pause after the store has failed to give the next task.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// What the running program keeps of its tasks.
pub struct Tasks {
    pub events: Events,
    queued: Notify,
    pub(super) callbacks: Notify,
    runs: Arc<Semaphore>,
    stopping: AtomicBool,
    stopped: Notify,
    held: Mutex<BTreeMap<String, Arc<AtomicBool>>>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self {
            events: Events::default(),
            queued: Notify::new(),
            callbacks: Notify::new(),
            runs: Arc::new(Semaphore::new(RUNS as usize)),
            stopping: AtomicBool::new(false),
            stopped: Notify::new(),
            held: Mutex::default(),
        }
    }
}

impl Tasks {
    /// Something was queued.
    pub fn wake(&self) {
        self.queued.notify_one();
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Answers when the program is told to end.
    pub async fn told_to_stop(&self) {
        let stopped = self.stopped.notified();
        if !self.is_stopping() {
            stopped.await;
        }
    }

    /// Lets each task that runs finish the rows it is at; they go on at the next start.
    pub async fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.stopped.notify_waiters();
        // Closed never: answering is all this can do.
        drop(self.runs.acquire_many(RUNS).await);
    }

    /// Notes that a task holds the writing connection to its end: only so can it be cancelled.
    pub(super) fn hold(&self, id: &str) -> Held {
        let cancelled = Arc::new(AtomicBool::new(false));
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        // What has ended is nobody's any more.
        held.retain(|_, flag| Arc::strong_count(flag) > 1);
        held.insert(id.to_owned(), Arc::clone(&cancelled));
        Held { cancelled }
    }

    /// Cancels a task that holds the writing connection; `false` where none of that id does.
    pub(super) fn cancel_held(&self, id: &str) -> bool {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let flag = held.get(id).filter(|flag| Arc::strong_count(flag) > 1);
        flag.inspect(|flag| flag.store(true, Ordering::SeqCst)).is_some()
    }

    /// [`Self::begin`], without a wait: `None` once the program is told to end. For work that may be
    /// a part of a task, for whose end the end waits already.
    pub fn begin_now(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.runs).try_acquire_owned().ok()
    }

    /// Held while a task runs.
    pub(super) async fn begin(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.runs).acquire_owned().await.ok()
    }
}

/// The hold of a task on the writing connection.
pub(super) struct Held {
    cancelled: Arc<AtomicBool>,
}

impl Held {
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }
}

/// Puts what a former run of the program left unfinished back into the queue, and begins to work.
pub async fn start(app: &App) -> Result<(), Fault> {
    let app_ = app.clone();
    app.store.write(move |tx| take_up_again(&app_, tx)).await?;
    tokio::spawn(work(app.clone()));
    tokio::spawn(callback::deliver(app.clone()));
    Ok(())
}

fn take_up_again(app: &App, tx: &WriteTx<'_>) -> Result<(), Fault> {
    let now = app.env.now_text();
    for task in tx.requeue_tasks()? {
        let id = &task.transaction_id;
        if end::as_recorded(app, tx, id)?.is_some() {
            continue;
        }
        if task.interruptions >= INTERRUPTIONS {
            let fault = Fault::new(
                FaultKind::Internal,
                "interrupted",
                format!(
                    "The program ended {INTERRUPTIONS} times while this was under way, after {} \
                     rows. It wasn't tried again; replay it if you think it is safe.",
                    task.rows_done
                ),
            );
            end::failed(app, tx, id, &fault)?;
            continue;
        }
        transactions::amend(tx, id, &now, |data| {
            data.insert("status".to_owned(), json!(QUEUED));
            let line = format!(
                "The program was started again after {} rows; the rest follows.",
                task.rows_done
            );
            transactions::note(data, &now, INFO, &line);
        })?;
    }
    Ok(())
}

async fn work(app: App) {
    let slots = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    loop {
        // Never closed.
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
        let Some(id) = next(&app).await else { return };
        let Some(running) = app.tasks.begin().await else { return };
        let app = app.clone();
        tokio::spawn(async move {
            run(&app, &id).await;
            app.tasks.callbacks.notify_one();
            drop((slot, running));
            // A sync may have waited for this one.
            app.tasks.wake();
        });
    }
}

/// The next queued task, marked as running; `None` when the program is told to end.
async fn next(app: &App) -> Option<String> {
    loop {
        if app.tasks.is_stopping() {
            return None;
        }
        let app_ = app.clone();
        let claimed = app.store.write(move |tx| claim(&app_, tx)).await;
        match claimed {
            Ok(Some(event)) => {
                let id = event.transaction_id.clone();
                app.tasks.events.tell(event);
                return Some(id);
            }
            Ok(None) => tokio::select! {
                () = app.tasks.queued.notified() => {}
                () = app.tasks.told_to_stop() => {}
            },
            Err(fault) => {
                tracing::error!(%fault, "the next task can't be read");
                tokio::select! {
                    // Nothing tells when the store is well again: without a pause this would
                    // ask it, and fill the log, as fast as the processor goes.
                    () = tokio::time::sleep(AFTER_FAILURE) => {}
                    () = app.tasks.told_to_stop() => {}
                }
            }
        }
    }
}

fn claim(app: &App, tx: &WriteTx<'_>) -> Result<Option<Event>, Fault> {
    let Some(task) = tx.next_task(SYNCS)? else { return Ok(None) };
    let id = &task.transaction_id;
    let now = app.env.now_text();
    tx.set_task_state(id, TaskState::Running)?;
    let data = transactions::amend(tx, id, &now, |data| {
        data.insert("status".to_owned(), json!(IN_PROGRESS));
        data.entry("started").or_insert_with(|| json!(now));
    })?;
    Ok(Some(Event::of(id, &data)))
}
