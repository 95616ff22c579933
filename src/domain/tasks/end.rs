//! How a task ends: with its outcome in its record, its input forgotten unless it may be run
//! again, and whoever wanted to be told released to be told. All in one database transaction.

use serde_json::{Value, json};

use super::{Task, events::Event, input_of, rows::Step};
use crate::{
    domain::{
        App,
        transactions::{self, Action, Counts, ERROR, FAIL, INFO, SUCCESS},
        webex::Outcome,
    },
    fault::Fault,
    store::{TaskRow, TaskState, WriteTx},
};

/// The message of what was cancelled.
pub const CANCELED: &str = "Transaction canceled.";

/// Ends a bulk task whose rows have all been tried.
pub fn with_counts(
    app: &App,
    tx: &WriteTx<'_>,
    id: &str,
    counts: Counts,
    message: &str,
) -> Result<Step, Fault> {
    let now = app.env.now_text();
    let status = if counts.failed > 0 { FAIL } else { SUCCESS };
    let data = transactions::amend(tx, id, &now, |data| {
        data.insert("status".to_owned(), json!(status));
        data.insert("completed".to_owned(), json!(now));
        data.insert("message".to_owned(), json!(message));
        data.insert("progress".to_owned(), json!({ "done": counts.total, "total": counts.total }));
        data.insert("counts".to_owned(), json!(counts));
    })?;
    close(app, tx, id, status == SUCCESS)?;
    Ok(Step::Ended(Event::of(id, &data)))
}

/// Ends a task whose record has ended before it: the work itself has completed it, and the program
/// was cut off before this. `None` where the record is still open.
pub fn as_recorded(app: &App, tx: &WriteTx<'_>, id: &str) -> Result<Option<Event>, Fault> {
    let data = transactions::data_of(&transactions::stored(tx, id)?)?;
    if !transactions::has_ended(&data) {
        return Ok(None);
    }
    close(app, tx, id, data.get("status").and_then(Value::as_str) == Some(SUCCESS))?;
    Ok(Some(Event::of(id, &data)))
}

/// Ends what a workflow of a model's own came to.
pub fn with_outcome(
    app: &App,
    tx: &WriteTx<'_>,
    id: &str,
    outcome: Outcome,
) -> Result<Event, Fault> {
    if let Some(event) = as_recorded(app, tx, id)? {
        return Ok(event);
    }
    let now = app.env.now_text();
    let data = transactions::amend(tx, id, &now, |data| {
        data.insert("status".to_owned(), json!(SUCCESS));
        data.insert("completed".to_owned(), json!(now));
        for line in &outcome.log {
            transactions::note(data, &now, INFO, line);
        }
        outcome.tell(data);
    })?;
    close(app, tx, id, true)?;
    Ok(Event::of(id, &data))
}

/// Ends a task that was cancelled: rows that are done stay done, and the counts say which.
pub fn cancelled(app: &App, tx: &WriteTx<'_>, task: &TaskRow, total: u64) -> Result<Step, Fault> {
    let id = &task.transaction_id;
    let now = app.env.now_text();
    let data = transactions::amend(tx, id, &now, |data| {
        if task.state == TaskState::Ended {
            return;
        }
        let left = total.saturating_sub(task.rows_done);
        let message = match task.rows_done {
            0 => CANCELED.to_owned(),
            done => format!("{CANCELED} {done} of {total} rows were done before; {left} were not."),
        };
        data.insert("status".to_owned(), json!(FAIL));
        data.insert("completed".to_owned(), json!(now));
        data.insert("message".to_owned(), json!(message));
        if Action::is_bulk(data.get("action").and_then(Value::as_str).unwrap_or_default()) {
            data.insert("counts".to_owned(), json!(so_far(task, total)));
        }
    })?;
    close(app, tx, id, false)?;
    Ok(Step::Ended(Event::of(id, &data)))
}

/// The counts of a bulk task that ends before its last row.
fn so_far(task: &TaskRow, total: u64) -> Counts {
    let succeeded = task.rows_done.saturating_sub(task.rows_failed);
    Counts { total, succeeded, failed: task.rows_failed }
}

/// Ends a task that a fault stopped.
pub fn failed(app: &App, tx: &WriteTx<'_>, id: &str, fault: &Fault) -> Result<Event, Fault> {
    if let Some(event) = as_recorded(app, tx, id)? {
        return Ok(event);
    }
    let now = app.env.now_text();
    let task = tx.task(id)?;
    let message = match task.as_ref().map_or(0, |task| task.rows_done) {
        0 => fault.message.clone(),
        done => format!("It stopped after {done} rows, which stay as they are: {}", fault.message),
    };
    let data = transactions::amend(tx, id, &now, |data| {
        data.insert("status".to_owned(), json!(FAIL));
        data.insert("completed".to_owned(), json!(now));
        data.insert("message".to_owned(), json!(message));
        let total = data.get("progress").and_then(|p| p.get("total")).and_then(Value::as_u64);
        if Action::is_bulk(data.get("action").and_then(Value::as_str).unwrap_or_default())
            && let (Some(task), Some(total)) = (&task, total)
        {
            data.insert("counts".to_owned(), json!(so_far(task, total)));
        }
        for error in &fault.errors {
            let line = format!("{}: {}", error.field, error.message);
            transactions::note(data, &now, ERROR, &line);
        }
    })?;
    close(app, tx, id, false)?;
    Ok(Event::of(id, &data))
}

/// Ends the task itself. What it was asked to do stays for a replay, but secrets stay only where
/// it failed: then they were never put in their place.
pub fn close(app: &App, tx: &WriteTx<'_>, id: &str, succeeded: bool) -> Result<(), Fault> {
    tx.set_task_state(id, TaskState::Ended)?;
    tx.release_callback(id, app.env.now_seconds())?;
    if succeeded && holds_secrets(app, input_of(tx, id)?.as_ref()) {
        tx.forget_task_input(id)?;
    }
    Ok(())
}

fn holds_secrets(app: &App, task: Option<&Task>) -> bool {
    task.is_some_and(|task| task.model(app).is_ok_and(|model| task.holds_secrets(&model)))
}
