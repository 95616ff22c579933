//! The calls on many instances: each judges what can be judged at once, and asks for the rest, a
//! row for each instance.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Asked, Manner, Selection, Task, ask, single::target_of};
use crate::{
    domain::{
        App, Caller,
        access::{offered, permit},
        hierarchy,
        licences::Wanted,
        resources,
    },
    fault::{Fault, FaultKind, FieldError},
    model::{Model, Operation, validate::validate},
    store::WriteTx,
};

/// Deletes several instances, each for itself: one that can't go leaves the others deleted. An
/// href of another model, or out of sight, fails as not found.
pub async fn bulk_remove(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
    selection: Selection,
    manner: Manner,
) -> Result<Asked, Fault> {
    offered(model, Operation::Remove)?;
    many(
        app,
        caller,
        model,
        hierarchy,
        selection,
        manner,
        Operation::Remove,
        |_, model_type, hrefs| Ok(Task::BulkDelete { model_type, hrefs }),
    )
    .await
}

/// Changes some attributes of several instances, each for itself. A null takes an attribute away.
pub async fn bulk_modify(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
    selection: Selection,
    changes: Map<String, Value>,
    manner: Manner,
) -> Result<Asked, Fault> {
    resources::permit_at(app, caller, model, Operation::BulkUpdate, hierarchy)?;
    if let Err(fault) = judge_changes(model, &changes) {
        // Whether there is such a place is said before what is wrong with the changes.
        resources::place(app, caller, hierarchy)?;
        return Err(fault);
    }
    many(
        app,
        caller,
        model,
        hierarchy,
        selection,
        manner,
        Operation::BulkUpdate,
        |_, model_type, hrefs| Ok(Task::BulkModify { model_type, hrefs, changes }),
    )
    .await
}

/// Moves several instances to a node, each for itself.
pub async fn bulk_move(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
    selection: Selection,
    target: Option<&str>,
    manner: Manner,
) -> Result<Asked, Fault> {
    offered(model, Operation::Move)?;
    let (caller_, model_) = (caller.clone(), Arc::clone(model));
    let target = target.map(str::to_owned);
    many(
        app,
        caller,
        model,
        hierarchy,
        selection,
        manner,
        Operation::Move,
        move |tx, model_type, hrefs| {
            let target = target_of(tx, &caller_, &model_, target.as_deref())?.pkid;
            Ok(Task::BulkMove { model_type, hrefs, target })
        },
    )
    .await
}

/// Gives services and packs to several users, or takes them back: to each all of them or none.
#[expect(clippy::too_many_arguments, reason = "those of its siblings, and what is given")]
pub async fn bulk_assign(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
    selection: Selection,
    wanted: Wanted,
    remove: bool,
    manner: Manner,
) -> Result<Asked, Fault> {
    many(
        app,
        caller,
        model,
        hierarchy,
        selection,
        manner,
        Operation::Update,
        move |_, model_type, hrefs| Ok(Task::BulkAssign { model_type, hrefs, wanted, remove }),
    )
    .await
}

/// Asks for a task on all that the selection means, filed at the node of the call. `task` makes it
/// of the model's type and their hrefs.
#[expect(clippy::too_many_arguments, reason = "those of its callers, and what they ask for")]
async fn many(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
    selection: Selection,
    manner: Manner,
    operation: Operation,
    task: impl FnOnce(&WriteTx<'_>, String, Vec<String>) -> Result<Task, Fault> + Send + 'static,
) -> Result<Asked, Fault> {
    let (caller_, model, at) = (caller.clone(), Arc::clone(model), hierarchy.map(str::to_owned));
    ask(app, caller, manner, move |tx| {
        let node = hierarchy::resolve(tx, &caller_, at.as_deref())?;
        // Before the count that a filter is held to: it would tell how many there are.
        permit(&caller_, &model, operation)?;
        let hrefs = selection.resolve(tx, &caller_, &model)?;
        Ok((node, task(tx, model.model_type.clone(), hrefs)?))
    })
    .await
}

/// Refuses changes that no instance could take.
fn judge_changes(model: &Model, changes: &Map<String, Value>) -> Result<(), Fault> {
    if changes.is_empty() {
        return Err(Fault::new(
            FaultKind::BadInput,
            "nothing_to_change",
            "Name at least one attribute and its new value beside the selection; nothing was done.",
        ));
    }
    let mut set = changes.clone();
    set.retain(|_, value| !value.is_null());
    let mut errors = validate(model, &set);
    // What isn't named stays as it is.
    errors.retain(|e| changes.contains_key(top_level(&e.field)));
    for (name, _) in changes.iter().filter(|(_, value)| value.is_null()) {
        if model.root.property(name).is_none() {
            errors.push(FieldError::new(
                format!("/{name}"),
                "unknown_field",
                format!("{} has no attribute {name:?}.", model.model_type),
            ));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Fault::invalid(errors)) }
}

fn top_level(pointer: &str) -> &str {
    pointer.trim_start_matches('/').split('/').next().unwrap_or_default()
}
