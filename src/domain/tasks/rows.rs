//! The rows of a bulk call: each is tried by itself, and its outcome kept with it, in the same
//! database transaction. A few at a time, so that others get at the database in between, and a
//! restart goes on at the very next row.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{end, events::Event};
use crate::{
    domain::{
        App,
        transactions::{self, Counts, FAIL, SUCCESS},
    },
    fault::Fault,
    store::{TaskRow, TaskState, WriteTx},
};

/// Rows that are committed together: as many as let others wait for some hundredths of a second.
pub const CHUNK: usize = 200;

/// What is wrong with a cell of a loaded sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellError {
    /// The column's title, as the sheet has it.
    pub column: String,
    /// JSON Pointer of the attribute; empty for what concerns the row as a whole.
    pub field: String,
    pub message: String,
}

/// What became of one row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RowOutcome {
    /// Of a loaded sheet: its row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Of a loaded sheet: `add`, `modify` or `delete`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    pub href: String,
    /// `Success` or `Fail`; of a loaded row that was as it should be already, `Unchanged`.
    pub status: String,
    pub message: String,
    /// The row's own record, when it changed something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// Of a loaded sheet: what is wrong, cell by cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<CellError>>,
}

impl RowOutcome {
    /// A row of a call that names instances.
    pub fn named(href: &str, outcome: Result<(String, String), Fault>) -> Result<Self, Fault> {
        let (status, message, transaction_id) = match outcome {
            Ok((message, id)) => (SUCCESS, message, Some(id)),
            // Ours: the whole call fails and nothing of these rows stays.
            Err(fault) if fault.is_ours() => return Err(fault),
            Err(fault) => (FAIL, told(&fault), None),
        };
        Ok(Self {
            row: None,
            action: None,
            href: href.to_owned(),
            status: status.to_owned(),
            message,
            transaction_id,
            errors: None,
        })
    }

    /// An item of a call on one instance.
    pub fn item(href: &str, status: &str, message: &str) -> Self {
        Self {
            row: None,
            action: None,
            href: href.to_owned(),
            status: status.to_owned(),
            message: message.to_owned(),
            transaction_id: None,
            errors: None,
        }
    }

    pub fn failed(&self) -> bool {
        self.status == FAIL
    }
}

/// A fault as one sentence for a row: what it says, and each field's own words where they are more.
pub fn told(fault: &Fault) -> String {
    match fault.errors.as_slice() {
        [] | [_] => fault.message.clone(),
        many => many.iter().map(|e| e.message.as_str()).collect::<Vec<_>>().join(" "),
    }
}

/// Whether there is more to do.
pub enum Step {
    More(Event),
    Ended(Event),
}

/// Tries the next rows of a running task and keeps their outcomes. `rows` begins at the task's
/// first row that isn't done yet; `summary` says the outcome of all in a sentence.
pub fn advance<R>(
    app: &App,
    tx: &WriteTx<'_>,
    task: &TaskRow,
    total: u64,
    rows: impl Iterator<Item = R>,
    mut each: impl FnMut(&WriteTx<'_>, R) -> Result<RowOutcome, Fault>,
    summary: impl FnOnce(Counts) -> String,
) -> Result<Step, Fault> {
    let id = &task.transaction_id;
    let now = app.env.now_text();
    if task.state != TaskState::Running || task.cancelled {
        return end::cancelled(app, tx, task, total);
    }
    let (mut done, mut failed) = (0, 0);
    for row in rows.take(CHUNK) {
        let outcome = each(tx, row)?;
        keep(tx, id, task.rows_done + done, &outcome)?;
        done += 1;
        failed += u64::from(outcome.failed());
    }
    tx.advance_task(id, done, failed)?;
    let all_done = task.rows_done + done;
    let counts = Counts {
        total,
        succeeded: all_done - (task.rows_failed + failed),
        failed: task.rows_failed + failed,
    };
    if all_done >= total {
        let message = summary(counts);
        return end::with_counts(app, tx, id, counts, &message);
    }
    let data = transactions::amend(tx, id, &now, |data| {
        data.insert("progress".to_owned(), json!({ "done": all_done, "total": total }));
        data.insert("counts".to_owned(), json!(counts));
    })?;
    Ok(Step::More(Event::of(id, &data)))
}

/// Keeps the outcome of a row.
pub fn keep(tx: &WriteTx<'_>, id: &str, position: u64, outcome: &RowOutcome) -> Result<(), Fault> {
    let text = serde_json::to_string(outcome).map_err(|error| {
        tracing::error!(%error, "a row's outcome can't be written");
        Fault::internal()
    })?;
    tx.insert_task_row(id, position, outcome.failed(), &text)?;
    Ok(())
}
