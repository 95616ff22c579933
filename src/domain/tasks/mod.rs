//! Work that is asked for: queued and run by the worker, or run at once while the caller waits.
//! Either way its progress and outcome are in its transaction, it can be cancelled and replayed,
//! and a restart of the program carries it on.

mod bulk;
pub mod callback;
mod control;
mod end;
pub mod events;
mod load;
mod rows;
mod run;
mod selection;
mod single;
mod task;
mod worker;

use std::{collections::HashSet, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::{
    App, Caller,
    transactions::{self, Counts, IN_PROGRESS, Opening, SUCCESS},
    webex::Act,
};
use crate::{
    fault::{Fault, FaultKind},
    store::{Node, ReadTx, TaskState, WriteTx},
};
pub use bulk::{bulk_assign, bulk_modify, bulk_move, bulk_remove};
use callback::Callback;
pub use control::{can_cancel, can_replay, cancel, replay};
pub(super) use end::CANCELED;
pub use end::failed;
pub use load::{Load, Mode, load, not_kept};
pub use rows::{CellError, RowOutcome, keep as keep_row};
use run::Run;
pub use selection::Selection;
pub use single::{move_now, move_one, queue_create, queue_modify, queue_remove};
pub use task::Task;
pub use worker::{Tasks, start};

/// A caller who waits for a task waits this long at most; then it goes on without it. It is less
/// than any request may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The same of one that calls on another system; proxies in front of the program commonly give up
/// after a minute.
const PATIENCE_WITH_OTHERS: Duration = Duration::from_secs(50);

/// How a call is to be carried out.
#[derive(Debug, Default)]
pub struct Manner {
    /// Queued, and answered at once with the transaction (`nowait=true`).
    pub nowait: bool,
    /// Where the outcome of a queued one is to be posted.
    pub callback: Option<Callback>,
    /// The transaction's id, where the caller has chosen it and waits however long it takes.
    pub to_the_end: Option<String>,
}

impl Manner {
    /// The caller waits.
    pub fn at_once() -> Self {
        Self::default()
    }

    /// The caller waits for the end of the transaction of this id.
    pub fn to_the_end(id: String) -> Self {
        Self { to_the_end: Some(id), ..Self::default() }
    }

    pub fn queued(callback: Option<Callback>) -> Self {
        Self { nowait: true, callback, ..Self::default() }
    }
}

/// A task that was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub transaction_id: String,
    /// False when it is queued, or still runs.
    pub ended: bool,
    /// What stopped it, where the caller has waited for its end.
    pub fault: Option<Fault>,
}

/// Queues what `prepare` asks for, or runs it while the caller waits. `prepare` judges the
/// request and answers its place and task, in the database transaction that queues it.
pub(super) async fn ask(
    app: &App,
    caller: &Caller,
    manner: Manner,
    prepare: impl FnOnce(&WriteTx<'_>) -> Result<(Node, Task), Fault> + Send + 'static,
) -> Result<Asked, Fault> {
    let waits = manner.to_the_end.is_some();
    let id = manner.to_the_end.clone().unwrap_or_else(|| app.env.transaction_id());
    let (app_, caller, id_) = (app.clone(), caller.clone(), id.clone());
    let nowait = manner.nowait;
    let patience = app
        .store
        .write(move |tx| {
            let (node, task) = prepare(tx)?;
            task.permit(&caller, task.model(&app_)?.as_ref())?;
            enqueue(&app_, tx, &caller, &id_, &node, &task, manner)?;
            let with_others = matches!(task, Task::Act { .. });
            Ok::<_, Fault>(if with_others { PATIENCE_WITH_OTHERS } else { PATIENCE })
        })
        .await?;
    if nowait {
        app.tasks.wake();
        return Ok(Asked { transaction_id: id, ended: false, fault: None });
    }
    let Some(running) = app.tasks.begin().await else { return Err(Fault::internal()) };
    let (app_, id_) = (app.clone(), id.clone());
    // In a task of its own: a caller that goes away doesn't stop it.
    let run = tokio::spawn(async move {
        let run = run::run(&app_, &id_).await;
        drop(running);
        run
    });
    let patience = if waits { Duration::MAX } else { patience };
    let (ended, fault) = match tokio::time::timeout(patience, run).await {
        Ok(Ok(Run::Ended)) => (true, None),
        Ok(Ok(Run::Failed(fault))) => (true, Some(fault)),
        Ok(Ok(Run::CutOff) | Err(_)) | Err(_) => (false, None),
    };
    Ok(Asked { transaction_id: id, ended, fault })
}

/// Refuses a task that may not run beside itself while it is queued or runs.
fn refuse_second(tx: &ReadTx<'_>, task: &Task) -> Result<(), Fault> {
    match under_way(tx, task)? {
        None => Ok(()),
        Some(id) => Err(Fault::new(
            FaultKind::Conflict,
            "busy",
            format!(
                "The same is under way already, as the transaction {id}. Wait for its end, or cancel \
                 it."
            ),
        )),
    }
}

/// The transaction in which a task that may not run beside itself is queued or runs.
pub(super) fn under_way(tx: &ReadTx<'_>, task: &Task) -> Result<Option<String>, Fault> {
    Ok(match task.alone() {
        Some(alone) => tx.open_task_alone(&alone)?,
        None => None,
    })
}

/// Writes a task and its record.
pub(super) fn enqueue(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    id: &str,
    node: &Node,
    task: &Task,
    manner: Manner,
) -> Result<(), Fault> {
    refuse_second(tx, task)?;
    let now = app.env.now_text();
    let opening = Opening {
        action: task.action(),
        model_type: task.model_type(),
        href: &task.href(),
        node,
        message: "Waiting to be run.",
        total: task.total(),
        log: Vec::new(),
    };
    transactions::open(tx, caller, id, &now, &opening)?;
    if let Task::Load(load) = task {
        transactions::amend(tx, id, &now, |data| data.extend(load.details()))?;
    }
    let text = written(task)?;
    let state = if manner.nowait { TaskState::Queued } else { TaskState::Running };
    if state == TaskState::Running {
        transactions::amend(tx, id, &now, |data| {
            data.insert("status".to_owned(), serde_json::json!(IN_PROGRESS));
            data.insert("started".to_owned(), serde_json::json!(now));
        })?;
    }
    let (text, alone) = (SecretString::from(text), task.alone());
    let by = (caller.account_id, caller.api_token.as_deref());
    tx.insert_task(id, state, by, &text, alone.as_deref())?;
    if let Some(callback) = manner.callback.filter(|_| manner.nowait) {
        callback.keep(tx, id)?;
    }
    Ok(())
}

/// A task as JSON, in as much memory as it takes: there may be very many instances in it.
fn written(task: &Task) -> Result<String, Fault> {
    let unwritten = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "a task can't be written");
        Fault::internal()
    };
    // Each in quotation marks, and a comma.
    let hrefs = task.hrefs().unwrap_or_default().iter().map(|href| href.len() + 3).sum::<usize>();
    let mut text = Vec::with_capacity(hrefs + 256);
    serde_json::to_writer(&mut text, task).map_err(|error| unwritten(&error))?;
    String::from_utf8(text).map_err(|error| unwritten(&error.utf8_error()))
}

/// What a task was asked to do, if that is still kept.
fn input_of(tx: &ReadTx<'_>, id: &str) -> Result<Option<Task>, Fault> {
    let Some(text) = tx.task_input(id)? else { return Ok(None) };
    serde_json::from_str(text.expose_secret()).map(Some).map_err(|error| {
        // Only its place: the text may hold secrets.
        tracing::error!(line = error.line(), column = error.column(), id, "a task can't be read");
        Fault::internal()
    })
}

/// The workflows of Webex customers that are queued or run: the customer's pkid, and which.
pub fn acts_under_way(tx: &ReadTx<'_>) -> Result<HashSet<(String, Act)>, Fault> {
    let mut acts = HashSet::new();
    for task in tx.open_tasks(u32::MAX)? {
        if let Some(Task::Act { pkid, act }) = input_of(tx, &task.transaction_id)? {
            acts.insert((pkid, act));
        }
    }
    Ok(acts)
}

/// What a transaction was asked to load, if that is still kept.
pub fn load_of(tx: &ReadTx<'_>, id: &str) -> Result<Option<Load>, Fault> {
    Ok(match input_of(tx, id)? {
        Some(Task::Load(load)) => Some(load),
        _ => None,
    })
}

/// The rows of a bulk transaction: all or the failed ones, in order.
pub fn rows_of(
    tx: &ReadTx<'_>,
    id: &str,
    failed: bool,
    skip: u64,
    limit: u64,
) -> Result<Vec<RowOutcome>, Fault> {
    tx.task_rows(id, failed, skip, limit)?.iter().map(|text| row_from(id, text)).collect()
}

/// The rows of a bulk transaction, those that failed first.
pub fn rows_failed_first(
    tx: &ReadTx<'_>,
    id: &str,
    skip: u64,
    limit: u64,
) -> Result<Vec<RowOutcome>, Fault> {
    tx.task_rows_failed_first(id, skip, limit)?.iter().map(|text| row_from(id, text)).collect()
}

fn row_from(id: &str, text: &str) -> Result<RowOutcome, Fault> {
    serde_json::from_str(text).map_err(|error| {
        tracing::error!(%error, id, "a row's outcome can't be read");
        Fault::internal()
    })
}

/// How a bulk call went.
pub struct BulkOutcome {
    pub transaction_id: String,
    /// Every row was done, and well.
    pub success: bool,
    pub counts: Counts,
    pub rows: Vec<RowOutcome>,
}

/// The outcome of a bulk call that has ended.
pub async fn outcome(app: &App, transaction_id: &str) -> Result<BulkOutcome, Fault> {
    let id = transaction_id.to_owned();
    app.store
        .read(move |tx| {
            let record = transactions::data_of(&transactions::stored(tx, &id)?)?;
            let counts = record
                .get("counts")
                .and_then(|counts| Counts::deserialize(counts).ok())
                // It was stopped before its first row, by a failure that is in the log.
                .ok_or_else(Fault::internal)?;
            Ok(BulkOutcome {
                success: record.get("status").and_then(Value::as_str) == Some(SUCCESS),
                counts,
                rows: rows_of(tx, &id, false, 0, u64::MAX)?,
                transaction_id: id,
            })
        })
        .await
}

/// The account's transactions that are queued or running, as far as the caller sees them.
pub async fn running(app: &App, caller: &Caller, limit: u32) -> Result<Vec<String>, Fault> {
    let caller = caller.clone();
    app.store
        .read(move |tx| {
            Ok(tx
                .open_tasks(limit)?
                .into_iter()
                .filter(|task| task.account_id == caller.account_id)
                .map(|task| task.transaction_id)
                .collect())
        })
        .await
}
