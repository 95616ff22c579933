//! The calls that ask for work: each judges what can be judged at once, so that a caller who
//! doesn't wait hears of it all the same, and queues or runs the rest.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Asked, Manner, Selection, Task, ask};
use crate::{
    domain::{
        App, Caller, hierarchy,
        resources::{self, Expected, NewData, Written, get_in, offered, relocate_in},
        transactions::Ticket,
    },
    fault::{Fault, FieldError},
    model::{Model, Operation, validate::validate},
    store::{Node, ReadTx},
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
    let (caller_, model, at) = (caller.clone(), Arc::clone(model), hierarchy.map(str::to_owned));
    ask(app, caller, manner, move |tx| {
        let node = hierarchy::resolve(tx, &caller_, at.as_deref())?;
        let hrefs = selection.resolve(tx, &caller_, &model)?;
        Ok((node, Task::BulkDelete { model_type: model.model_type.clone(), hrefs }))
    })
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
    offered(model, Operation::BulkUpdate)?;
    judge_changes(model, &changes)?;
    let (caller_, model, at) = (caller.clone(), Arc::clone(model), hierarchy.map(str::to_owned));
    ask(app, caller, manner, move |tx| {
        let node = hierarchy::resolve(tx, &caller_, at.as_deref())?;
        let hrefs = selection.resolve(tx, &caller_, &model)?;
        Ok((node, Task::BulkModify { model_type: model.model_type.clone(), hrefs, changes }))
    })
    .await
}

/// Refuses changes that no instance could take.
fn judge_changes(model: &Model, changes: &Map<String, Value>) -> Result<(), Fault> {
    if changes.is_empty() {
        return Err(Fault::new(
            crate::fault::FaultKind::BadInput,
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
    let (caller_, model, at) = (caller.clone(), Arc::clone(model), hierarchy.map(str::to_owned));
    let target = target.map(str::to_owned);
    ask(app, caller, manner, move |tx| {
        let node = hierarchy::resolve(tx, &caller_, at.as_deref())?;
        let target = target_of(tx, &caller_, &model, target.as_deref())?.pkid;
        let hrefs = selection.resolve(tx, &caller_, &model)?;
        Ok((node, Task::BulkMove { model_type: model.model_type.clone(), hrefs, target }))
    })
    .await
}

/// Moves one instance to a node.
pub async fn move_one(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
    pkid: &str,
    target: Option<&str>,
    manner: Manner,
) -> Result<Asked, Fault> {
    offered(model, Operation::Move)?;
    let (caller_, model, at) = (caller.clone(), Arc::clone(model), hierarchy.map(str::to_owned));
    let (pkid, target) = (pkid.to_owned(), target.map(str::to_owned));
    ask(app, caller, manner, move |tx| {
        hierarchy::resolve(tx, &caller_, at.as_deref())?;
        let stored = get_in(tx, caller_.node.id, &model, &pkid)?;
        let target = target_of(tx, &caller_, &model, target.as_deref())?.pkid;
        Ok((stored.node, Task::Move { model_type: model.model_type.clone(), pkid, target }))
    })
    .await
}

/// [`move_one`], while the caller waits.
pub async fn move_now(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
    pkid: &str,
    target: Option<&str>,
) -> Result<Written, Fault> {
    offered(model, Operation::Move)?;
    let (app_, caller, model) = (app.clone(), caller.clone(), Arc::clone(model));
    let (at, pkid) = (hierarchy.map(str::to_owned), pkid.to_owned());
    let target = target.map(str::to_owned);
    app.store
        .write(move |tx| {
            hierarchy::resolve(tx, &caller, at.as_deref())?;
            // What can't be seen is said before what can't be done.
            get_in(tx, caller.node.id, &model, &pkid)?;
            let target = target_of(tx, &caller, &model, target.as_deref())?;
            relocate_in(&app_, tx, &caller, &model, &pkid, &target, &Ticket::new(&app_))
        })
        .await
}

/// The node to move to: one that was named, that the caller sees, and where the model is allowed.
fn target_of(
    tx: &ReadTx<'_>,
    caller: &Caller,
    model: &Model,
    named: Option<&str>,
) -> Result<Node, Fault> {
    const PARAMETER: &str = "context_hierarchy";
    let Some(named) = named.filter(|n| !n.is_empty()) else {
        return Err(Fault::field(
            PARAMETER,
            "required",
            "Name the node to move to in context_hierarchy, by its pkid or dot path; nothing was \
             moved.",
        ));
    };
    let target = hierarchy::resolve(tx, caller, Some(named)).map_err(|mut fault| {
        for error in &mut fault.errors {
            PARAMETER.clone_into(&mut error.field);
        }
        fault
    })?;
    match hierarchy::refusal_to_add(model, &target) {
        None => Ok(target),
        Some(reason) => Err(Fault::field(PARAMETER, "wrong_place", reason)),
    }
}

/// Queues an addition.
pub async fn queue_create(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
    data: Map<String, Value>,
    manner: Manner,
) -> Result<Asked, Fault> {
    NewData::judge(app, model, data.clone())?;
    let place = resources::place_to_add(app, caller, model, hierarchy).await?;
    let model_type = model.model_type.clone();
    ask(app, caller, manner, move |_| {
        let task = Task::Create { model_type, place: place.pkid.clone(), data };
        Ok((place, task))
    })
    .await
}

/// Queues a modification.
pub async fn queue_modify(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkid: &str,
    expected: Expected,
    data: Map<String, Value>,
    manner: Manner,
) -> Result<Asked, Fault> {
    offered(model, Operation::Update)?;
    let errors = validate(model, &data);
    let (caller_, model, pkid) = (caller.clone(), Arc::clone(model), pkid.to_owned());
    ask(app, caller, manner, move |tx| {
        let stored = get_in(tx, caller_.node.id, &model, &pkid)?;
        resources::expect_version(&stored, &expected)?;
        // The root's own type is none that can be given; the write itself judges it.
        if !errors.is_empty() && stored.node.pkid != stored.pkid {
            return Err(Fault::invalid(errors));
        }
        let model_type = model.model_type.clone();
        Ok((stored.node, Task::Modify { model_type, pkid, expected, data }))
    })
    .await
}

/// Queues a deletion.
pub async fn queue_remove(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkid: &str,
    expected: Expected,
    manner: Manner,
) -> Result<Asked, Fault> {
    offered(model, Operation::Remove)?;
    let (caller_, model, pkid) = (caller.clone(), Arc::clone(model), pkid.to_owned());
    ask(app, caller, manner, move |tx| {
        let stored = get_in(tx, caller_.node.id, &model, &pkid)?;
        resources::expect_version(&stored, &expected)?;
        let model_type = model.model_type.clone();
        Ok((stored.node, Task::Delete { model_type, pkid, expected }))
    })
    .await
}
