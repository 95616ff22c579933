//! The calls on one instance that ask for work: each judges what can be judged at once, so that a
//! caller who doesn't wait hears of it all the same.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Asked, Manner, Task, ask};
use crate::{
    domain::{
        App, Caller,
        access::offered,
        hierarchy,
        resources::{
            self, Expected, Revision, Written, from_json, get_to_change, judge_at, judge_revision,
            relocate_in,
        },
        transactions::Ticket,
    },
    fault::Fault,
    model::{Model, Operation},
    store::{Node, ReadTx},
};

/// Queues an addition.
pub async fn queue_create(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
    data: Map<String, Value>,
    manner: Manner,
) -> Result<Asked, Fault> {
    judge_at(app, caller, model, hierarchy, data.clone()).await?;
    let place = resources::place_to_add(app, caller, model, hierarchy)?;
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
    let (app_, caller_, model, pkid) =
        (app.clone(), caller.clone(), Arc::clone(model), pkid.to_owned());
    ask(app, caller, manner, move |tx| {
        let stored = get_to_change(tx, &caller_, &model, &pkid, Operation::Update)?;
        resources::expect_version(&stored, &expected)?;
        let revision = Revision::replace(data.clone());
        judge_revision(&app_, &model, &stored, &from_json(&stored)?, revision)?;
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
        let stored = get_to_change(tx, &caller_, &model, &pkid, Operation::Remove)?;
        resources::expect_version(&stored, &expected)?;
        let model_type = model.model_type.clone();
        Ok((stored.node, Task::Delete { model_type, pkid, expected }))
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
        let stored = get_to_change(tx, &caller_, &model, &pkid, Operation::Move)?;
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
            get_to_change(tx, &caller, &model, &pkid, Operation::Move)?;
            let target = target_of(tx, &caller, &model, target.as_deref())?;
            relocate_in(&app_, tx, &caller, &model, &pkid, &target, &Ticket::new(&app_))
        })
        .await
}

/// The node to move to: one that was named, that the caller sees, and where the model is allowed.
pub(super) fn target_of(
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
