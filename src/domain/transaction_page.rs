//! What a transaction's page shows: its record, some of its rows, and what can be done with it.

use serde_json::{Map, Value};

use super::{
    App, Caller,
    access::permit,
    console::shown,
    resources::{from_json, get_in, pkid_of},
    shown::{TransactionPage, TransactionRow},
    tasks::{self, RowOutcome},
    transactions::{self, Action},
};
use crate::{
    fault::{Fault, FaultKind},
    model::{Model, Operation},
    store::ReadTx,
};

/// Rows of a page.
pub const ROWS_SHOWN: u64 = 100;

/// `failed` leaves the other rows out; `skip` rows go before those that are shown.
pub async fn transaction_page(
    app: &App,
    caller: &Caller,
    pkid: &str,
    failed: bool,
    skip: u64,
) -> Result<TransactionPage, Fault> {
    let model = app.model(transactions::MODEL)?;
    let (app_, caller, pkid) = (app.clone(), caller.clone(), pkid.to_owned());
    app.store
        .read(move |tx| {
            let mut stored = get_in(tx, caller.node.id, &model, &pkid)?;
            permit(&caller, &model, Operation::Get)?;
            transactions::with_notes(tx, &mut stored)?;
            let record = shown(&model, &stored)?;
            let changed = record.data.get("model_type").and_then(Value::as_str);
            let changed_model = changed.and_then(|name| app_.models.get(name));
            let task = tx.task(&pkid)?;
            let (rows_done, rows_failed) = match task {
                Some(task) => (task.rows_done, task.rows_failed),
                // What is done in one go has its rows as well.
                None => (count(&record.data, "total"), count(&record.data, "failed")),
            };
            let rows = if failed {
                tasks::rows_of(tx, &pkid, true, skip, ROWS_SHOWN)?
            } else {
                tasks::rows_failed_first(tx, &pkid, skip, ROWS_SHOWN)?
            };
            let rows = rows
                .into_iter()
                .map(|outcome| row(tx, &caller, changed_model.as_deref(), &model, outcome))
                .collect::<Result<_, _>>()?;
            let can_replay = match tasks::can_replay(&app_, tx, &caller, &stored) {
                Err(fault) if fault.kind == FaultKind::Internal => return Err(fault),
                other => other.map_err(|fault| fault.message),
            };
            // Its input is kept only while something can be made of it.
            let load = if is_load(&record.data) { tasks::load_of(tx, &pkid)? } else { None };
            let can_apply = match load {
                Some(load) if can_replay.is_ok() => tx.has_task_file(&load.file)?,
                _ => false,
            };
            Ok(TransactionPage {
                can_apply,
                can_cancel: tasks::can_cancel(tx, &caller, &stored)?,
                can_replay,
                rows,
                rows_done,
                rows_failed,
                changed_model,
                record,
                model,
            })
        })
        .await
}

/// One of a record's counts; 0 where it has none.
fn count(data: &Map<String, Value>, name: &str) -> u64 {
    let counts = data.get("counts");
    counts.and_then(|counts| counts.get(name)).and_then(Value::as_u64).unwrap_or(0)
}

/// Whether the record is that of a load.
pub fn is_load(data: &Map<String, Value>) -> bool {
    data.get("action").and_then(Value::as_str) == Some(Action::DataImport.as_str())
}

/// The instance of a row is named as it is now, or as its own record last saw it.
fn row(
    tx: &ReadTx<'_>,
    caller: &Caller,
    model: Option<&Model>,
    log: &Model,
    outcome: RowOutcome,
) -> Result<TransactionRow, Fault> {
    let named = model.and_then(|model| Some((model, pkid_of(model, &outcome.href)?)));
    if let Some((model, pkid)) = named
        && let Some(stored) = tx.instance(&model.model_type, pkid, caller.node.id)?
    {
        let label = model.label_of(&from_json(&stored)?, pkid).to_owned();
        return Ok(TransactionRow { outcome, label: Some(label), pkid: Some(stored.pkid) });
    }
    let record = match &outcome.transaction_id {
        Some(id) => tx.instance(&log.model_type, id, caller.node.id)?,
        None => None,
    };
    let record = record.map(|record| from_json(&record)).transpose()?;
    let last = record.as_ref().and_then(|r| r.get("after").or(r.get("before"))?.as_object());
    let label = model.zip(last).map(|(model, data)| model.label_of(data, "").to_owned());
    Ok(TransactionRow { outcome, label: label.filter(|l| !l.is_empty()), pkid: None })
}
