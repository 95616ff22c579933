//! Cancelling what is queued or runs, and replaying what has ended.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Asked, Manner, Task, end, enqueue, input_of, rows::Step};
use crate::{
    domain::{
        App, Caller,
        access::{Permission, permit_type},
        hierarchy,
        resources::{self, Expected, get_in},
        transactions::{self, Action, FAIL, INFO, SUCCESS},
    },
    fault::{Fault, FaultKind},
    model::MASK,
    store::{ReadTx, Stored, TaskState, WriteTx},
};

/// Changes whose records show less than it takes to make them again.
const NOT_REPLAYED: [Action; 6] = [
    Action::SetUp,
    Action::Move,
    Action::SetLicences,
    Action::SetServicePacks,
    Action::Assign,
    Action::Unassign,
];

/// Cancels a transaction that is queued or runs. What runs ends before its next row.
pub async fn cancel(app: &App, caller: &Caller, id: &str) -> Result<(), Fault> {
    let model = app.model(transactions::MODEL)?;
    let (app_, caller, id) = (app.clone(), caller.clone(), id.to_owned());
    let (from, model_, id_) = (caller.node.id, Arc::clone(&model), id.clone());
    let caller_ = caller.clone();
    app.store
        .read(move |tx| {
            let record = get_in(tx, from, &model_, &id_)?;
            permit_control(tx, &caller_, &record)
        })
        .await?;
    if app.tasks.cancel_held(&id) {
        // It ends itself, before its next row; a write would wait until it has ended anyhow.
        return Ok(());
    }
    let event = app
        .store
        .write(move |tx| {
            let record = get_in(tx, caller.node.id, &model, &id)?;
            let task = tx.task(&id)?.filter(|task| task.state != TaskState::Ended);
            let Some(task) = task else {
                return Err(Fault::new(
                    FaultKind::Conflict,
                    "ended",
                    "This transaction has ended; there is nothing left to cancel.",
                ));
            };
            tx.cancel_task(&id)?;
            if task.state == TaskState::Running {
                // It ends itself, before its next row.
                return Ok(None);
            }
            let data = transactions::data_of(&record)?;
            let total = data.get("progress").and_then(|p| p.get("total")).and_then(Value::as_u64);
            match end::cancelled(&app_, tx, &task, total.unwrap_or(1))? {
                Step::More(event) | Step::Ended(event) => Ok(Some(event)),
            }
        })
        .await?;
    if let Some(event) = event {
        app.tasks.events.tell(event);
        app.tasks.callbacks.notify_one();
    }
    Ok(())
}

/// Cancelling and replaying are for those who asked for it, and for those who may update
/// transactions.
fn permit_control(tx: &ReadTx<'_>, caller: &Caller, record: &Stored) -> Result<(), Fault> {
    let own = match tx.task(&record.pkid)? {
        // An API token controls what it has asked for itself.
        Some(task) => {
            task.account_id == caller.account_id
                && (caller.api_token.is_none()
                    || task.api_token == caller.api_token.as_deref().map(str::to_owned))
        }
        None => {
            let data = transactions::data_of(record)?;
            data.get("username").and_then(Value::as_str) == Some(caller.username.as_str())
        }
    };
    if own {
        return Ok(());
    }
    permit_type(caller, transactions::MODEL, Permission::Update)
}

/// Whether the caller can still cancel a transaction.
pub fn can_cancel(tx: &ReadTx<'_>, caller: &Caller, record: &Stored) -> Result<bool, Fault> {
    let id = &record.pkid;
    if permit_control(tx, caller, record).is_err() {
        return Ok(false);
    }
    Ok(tx.task(id)?.is_some_and(|task| task.state != TaskState::Ended && !task.cancelled))
}

/// Whether the caller can replay a transaction; the refusal says why not.
pub fn can_replay(
    app: &App,
    tx: &ReadTx<'_>,
    caller: &Caller,
    record: &Stored,
) -> Result<(), Fault> {
    let task = asked_again(tx, record)?;
    permit_control(tx, caller, record)?;
    task.permit(caller, task.model(app)?.as_ref())
}

/// Asks for what an ended transaction asked for once more, as a new transaction of the caller's.
pub async fn replay(app: &App, caller: &Caller, id: &str) -> Result<Asked, Fault> {
    let model = app.model(transactions::MODEL)?;
    let new = app.env.transaction_id();
    let (app_, caller, id, new_) = (app.clone(), caller.clone(), id.to_owned(), new.clone());
    app.store
        .write(move |tx| {
            let record = get_in(tx, caller.node.id, &model, &id)?;
            permit_control(tx, &caller, &record)?;
            let mut task = asked_again(tx, &record)?;
            let model_type = task.model_type().to_owned();
            if let Task::Create { data, .. } | Task::Modify { data, .. } = &mut task {
                // The record shows what the server set too, as it was then.
                let model = app_.model(&model_type)?;
                resources::leave_server_fields(&model, data);
            }
            replay_in(&app_, tx, &caller, &id, &new_, &record, &task)
        })
        .await?;
    app.tasks.wake();
    Ok(Asked { transaction_id: new, ended: false, fault: None })
}

fn replay_in(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    id: &str,
    new: &str,
    record: &Stored,
    task: &Task,
) -> Result<(), Fault> {
    // The place may have gone since, or never have been the caller's.
    let node = hierarchy::resolve(tx, caller, Some(&record.node.pkid))?;
    task.permit(caller, task.model(app)?.as_ref())?;
    enqueue(app, tx, caller, new, &node, task, Manner::queued(None))?;
    let now = app.env.now_text();
    transactions::amend(tx, new, &now, |data| {
        transactions::note(data, &now, INFO, &format!("Replay of the transaction {id}."));
    })?;
    Ok(())
}

/// What an ended transaction was asked to do: its own input, or what its record shows.
fn asked_again(tx: &ReadTx<'_>, record: &Stored) -> Result<Task, Fault> {
    let refuse = |code: &str, message: &str| Err(Fault::new(FaultKind::Conflict, code, message));
    let data = transactions::data_of(record)?;
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    if ![SUCCESS, FAIL].contains(&text("status")) {
        return refuse("not_ended", "This transaction hasn't ended yet; cancel it, or wait.");
    }
    if let Some(task) = input_of(tx, &record.pkid)? {
        return Ok(task);
    }
    if data.contains_key("parent") {
        return refuse(
            "row",
            "This was a row of a bulk transaction; replay that one, or change the instance itself.",
        );
    }
    if Action::only_happened(text("action"))
        || NOT_REPLAYED.iter().any(|action| action.as_str() == text("action"))
    {
        return refuse(
            "not_replayed",
            "A change of this kind isn't replayed; make it again where it was made.",
        );
    }
    from_record(&data, &record.node.pkid).map_or_else(
        || {
            refuse(
                "input_not_kept",
                "What this transaction was given isn't kept, since it held secrets; ask for it \
                 again.",
            )
        },
        Ok,
    )
}

/// The task that a record of a single write shows; `None` where it shows less than was asked.
fn from_record(data: &Map<String, Value>, place: &str) -> Option<Task> {
    let text = |name: &str| data.get(name).and_then(Value::as_str);
    let model_type = text("model_type")?.to_owned();
    let pkid = text("href")?.trim_end_matches('/').rsplit('/').next()?.to_owned();
    let after = || data.get("after").and_then(Value::as_object).cloned();
    match text("action")? {
        // The mask stands for a secret that was given then.
        "Create" => after()
            .filter(|data| !json!(data).to_string().contains(MASK))
            .map(|data| Task::Create { model_type, place: place.to_owned(), data }),
        // Here it keeps the secret that is set.
        "Modify" | "Restore" => {
            after().map(|data| Task::Modify { model_type, pkid, expected: Expected::Any, data })
        }
        "Delete" => Some(Task::Delete { model_type, pkid, expected: Expected::Any }),
        _ => None,
    }
}
